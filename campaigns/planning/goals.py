"""A campaign's goal: what it says, in words, and what keeps it from being one."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings

from campaigns.audience.segments.given import Known
from campaigns.audience.segments.knowing import known_events
from campaigns.models import Campaign, DecidesBy, EventKind, PropertyType, VariantsBy
from campaigns.planning.goal_document import GoalError, GoalRule, read_goal
from campaigns.planning.units_of_time import span_words

TEST_WITHOUT_GOAL = (
    "The test is decided by who reaches the goal, and there is none. Choose a goal, or something"
    " else that decides."
)


def goal_of(campaign: Campaign) -> GoalRule | None:
    """None where it has none. Raises GoalError."""
    if campaign.goal is None:
        return None
    return read_goal(campaign.goal, known_to(campaign))


def known_to(campaign: Campaign) -> Known:
    """The goal's event, where the project has it."""
    return known_events(campaign.project, [_event_of(campaign)])


def _event_of(campaign: Campaign) -> str:
    name = campaign.goal.get("event") if isinstance(campaign.goal, dict) else ""
    return name if isinstance(name, str) and "\0" not in name else ""


def goal_in_words(campaign: Campaign) -> str:
    """Empty where it has none, or one that can't be read."""
    try:
        goal = goal_of(campaign)
    except GoalError:
        return ""
    return words_of(goal) if goal else ""


def words_of(goal: GoalRule) -> str:
    """Like “Charged” where Amount is at least 100, within 3 days of the message."""
    where = " and ".join(condition.words() for condition in goal.where)
    meant = f"“{goal.event}”{f' where {where}' if where else ''}"
    return f"{meant}, within {span_words(goal.within)} of the message"


def faults_of_goal(campaign: Campaign) -> Iterator[str]:
    """What keeps the campaign from going out, a sentence each."""
    try:
        goal = goal_of(campaign)
    except GoalError as error:
        yield from dict.fromkeys(error.fields.values())
        return
    if goal is None:
        return
    days = settings.CUSTOM_EVENT_KEEP_DAYS
    if goal.within > timedelta(days=days):
        yield (
            f"Events are kept for {days} days, so the goal can't wait for them longer. Give it"
            f" {days} days at the most."
        )
    if EventKind.objects.filter(pk=goal.kind, ignored=True).exists():
        yield (
            f"The event “{goal.event}” is switched off: what comes under this name is not kept."
            " Switch it on under Custom events, or choose another goal."
        )


def decides_by_no_goal(campaign: Campaign) -> bool:
    is_test = campaign.variants_by == VariantsBy.TEST
    return is_test and campaign.decides_by == DecidesBy.CONVERTED and campaign.goal is None


def doubts_about_goal(campaign: Campaign) -> Iterator[str]:
    """What may be meant so, a sentence each."""
    try:
        goal = goal_of(campaign)
    except GoalError:
        return
    if goal is None or not goal.value:
        return
    properties = known_to(campaign).events[goal.event].properties
    types = {kind for name, kind in properties if name == goal.value}
    if PropertyType.NUMBER in types:
        return
    yield (
        f"“{goal.value}” of “{goal.event}” has not come as a number so far. Whoever reaches the"
        " goal is counted, but adds nothing to the sum."
    )
