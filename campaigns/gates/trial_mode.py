"""Trial mode: until a connection has proved itself, its campaigns reach test profiles only.

Who was promised a campaign is not dropped because of it: a campaign that was published for later,
or by an earlier connection, waits until trial mode is over and somebody resumes it. Answers to
people who have written first, and tests that somebody sends by hand, go all the same.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from campaigns.gates.base import CampaignGate, Explanation, Foreseen, PersonGate
from campaigns.models import Campaign, CampaignKind, CampaignStatus, Reason
from providers.models import Provider
from providers.watch import auditing
from providers.watch.actors import SYSTEM

_ON_TRIAL = """EXISTS (SELECT 1 FROM providers_provider tried
    WHERE tried.project_id = %(project)s AND tried.trial_ended_at IS NULL)"""

# Of p. A launch has asked `drops_for_trial` already.
_NO_TEST_PROFILE = "p.is_test IS NOT TRUE"

# Of c. The dates of one that recurs are all later.
_WAS_FOR_LATER = (
    f"(c.kind = '{CampaignKind.RECURRING}' OR COALESCE(c.starts_at > c.published_at, false))"
)
WAITS_FOR_TRIAL = f"""EXISTS (SELECT 1 FROM providers_provider tried
    WHERE tried.project_id = c.project_id AND tried.trial_ended_at IS NULL
        AND (tried.credentials_changed_at > c.published_at OR {_WAS_FOR_LATER}))"""

WAITS = (
    "Gupshup's credentials or the number were changed, so trial mode has started again. Resume the"
    " campaign when trial mode is over."
)
TIME_CAME = (
    "Its time came before trial mode was over. Nobody has got it and nobody is left out. Resume the"
    " campaign when trial mode is over."
)
STILL_ON = "Trial mode is still on. The provider doctor says what is missing; then resume it."
WILL_WAIT = (
    "Trial mode is on. If it is not over by then, the campaign waits until somebody resumes it, and"
    " nobody is left out. To try it with your test profiles, publish it without a time."
)

PAUSE_WAITING = f"""
UPDATE campaigns_campaign c SET status = '{CampaignStatus.PAUSED}',
    status_reason = CASE WHEN {_WAS_FOR_LATER} THEN %s ELSE %s END
WHERE c.status = '{CampaignStatus.RUNNING}' AND {WAITS_FOR_TRIAL}
RETURNING c.id, c.project_id
"""


@transaction.atomic
def pause_waiting() -> int:
    """Says of each campaign that waits why it does."""
    with connection.cursor() as cursor:
        cursor.execute(PAUSE_WAITING, [TIME_CAME, WAITS])
        paused = [Campaign(pk=pk, project_id=project) for pk, project in cursor.fetchall()]
    auditing.record_each("campaign.paused", by=SYSTEM, targets=paused)
    return len(paused)


def drops_for_trial(campaign: Campaign) -> bool:
    """Does a launch now leave out, for good, everybody who is not a test profile?"""
    provider = _on_trial(campaign)
    return provider is not None and not _waits(campaign, provider)


def waits_for_trial(campaign: Campaign) -> bool:
    """Does it wait, or will it at its time, for trial mode to end?"""
    provider = _on_trial(campaign)
    return provider is not None and _waits(campaign, provider)


def _on_trial(campaign: Campaign) -> Provider | None:
    return Provider.objects.filter(project=campaign.project_id, trial_ended_at=None).first()


def _waits(campaign: Campaign, provider: Provider) -> bool:
    """As WAITS_FOR_TRIAL; of a draft, what will be when it is published now."""
    published_at = campaign.published_at or timezone.now()
    has_its_time = campaign.starts_at is not None and campaign.starts_at > published_at
    return campaign.recurs or has_its_time or provider.credentials_changed_at > published_at


def _parameters(campaign: Campaign) -> Mapping[str, object]:
    return {"on_trial": drops_for_trial(campaign)}


def _foresee(campaign: Campaign, starts_at: datetime) -> Iterator[Foreseen]:
    if starts_at > timezone.now() and waits_for_trial(campaign):
        yield Foreseen(WILL_WAIT, blocks=False)


TRIAL_MODE = PersonGate(
    reason=Reason.TRIAL_MODE,
    explanation=Explanation(
        "Trial mode: only test profiles get messages",
        "Wait for the provider doctor to be green, then publish a new campaign.",
    ),
    at_launch=f"%(on_trial)s AND {_NO_TEST_PROFILE}",
    at_claim=f"{_NO_TEST_PROFILE} AND {_ON_TRIAL}",
    parameters=_parameters,
)
WAITING_FOR_TRIAL = CampaignGate(closed=WAITS_FOR_TRIAL, foresee=_foresee)
