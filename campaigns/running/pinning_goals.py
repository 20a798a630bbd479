"""Goals begin with the runs that are opened for them, and end when no event can reach them."""

from typing import Any

from django.db import connection

from campaigns.ledger.counting_once import REPORTS_COME_FOR
from campaigns.models import LIVE, Campaign, Goal
from campaigns.planning.goal_document import GoalError
from campaigns.planning.goals import goal_of

_LIVE = ", ".join(f"'{status}'" for status in LIVE)
# Events are told late, too, and reports that say who was sent a message.
CLOSE = f"""
UPDATE campaigns_goal g SET is_open = false FROM campaigns_campaign c
WHERE g.is_open AND c.id = g.campaign_id AND c.status NOT IN ({_LIVE})
    AND c.finished_at + g.within + %(late)s < statement_timestamp()
"""


def pinned_goal(campaign: Campaign) -> Goal | None:
    """What a run that is opened now is for: the same as the run before, if the campaign says the
    same. Inside a transaction."""
    try:
        said = goal_of(campaign)
    except GoalError:  # seconds ago it could be read; without one the messages leave all the same
        return None
    if said is None:
        return None
    before = Goal.objects.filter(campaign=campaign, document=campaign.goal, is_open=True).first()
    return before or Goal.objects.create(
        campaign=campaign,
        kind_id=said.kind,
        document=campaign.goal,
        within=said.within,
        value=said.value,
        currency=said.currency,
        currency_property=said.currency_property,
    )


def reopen(goal: Goal | None) -> Goal | None:
    """For a second try long after the first."""
    if goal is not None and not goal.is_open:
        Goal.objects.filter(pk=goal.pk).update(is_open=True)
    return goal


def close_goals() -> None:
    """Of campaigns that are over for so long that nothing comes any more."""
    late: dict[str, Any] = {"late": REPORTS_COME_FOR}
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, late)
