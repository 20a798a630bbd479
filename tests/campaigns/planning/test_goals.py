"""A campaign's goal: what may be one, what is wrong with it, and its words."""

from typing import Any

import pytest
from django.test.utils import override_settings

from campaigns.models import Campaign, EventKind, VariantsBy
from campaigns.planning.drafting import clone
from campaigns.planning.goal_document import NO_CURRENCY, NO_TIME, UNREADABLE, GoalError
from campaigns.planning.goals import TEST_WITHOUT_GOAL, goal_in_words, goal_of
from campaigns.planning.preflight import Section, findings, variants_of
from campaigns.running.publishing import fingerprint
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.drafts import ready
from tests.campaigns.goals import amount, event, goal
from tests.factories import ProjectFactory

pytestmark = pytest.mark.django_db


def campaign_with(project: Project, document: Any) -> Campaign:
    return Campaign(project=project, name="Sale", goal=document)


def told(campaign: Campaign, *, blocks: bool) -> list[tuple[str, str]]:
    found = findings(campaign, variants_of(campaign))
    return [(one.section, one.message) for one in found if one.blocks is blocks]


@pytest.mark.parametrize(
    ("minutes", "more", "words"),
    [
        (1, {}, "“Charged”, within 1 minute of the message"),
        (90, {}, "“Charged”, within 90 minutes of the message"),
        (60, {}, "“Charged”, within 1 hour of the message"),
        (150 * 1440, {}, "“Charged”, within 150 days of the message"),
        (
            4320,
            {"where": [amount(500)]},
            "“Charged” where Amount is at least 500, within 3 days of the message",
        ),
    ],
)
def test_a_goal_is_said_in_words(
    project: Project, minutes: int, more: dict[str, Any], words: str
) -> None:
    event(project)
    assert goal_in_words(campaign_with(project, goal(minutes=minutes, **more))) == words


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ("Charged", {"event": UNREADABLE}),
        ([], {"event": UNREADABLE}),
        ({**goal(), "surprise": 1}, {"event": UNREADABLE}),
        ({"minutes": 5}, {"event": "This must be a text."}),
        (goal("Bought"), {"event": "There is no event “Bought”."}),
        (goal("a\0b"), {"event": "This text has a character that no text can have."}),
        (goal(minutes=0), {"minutes": NO_TIME}),
        (goal(minutes=-5), {"minutes": NO_TIME}),
        (goal(minutes=150 * 1440 + 1), {"minutes": NO_TIME}),
        ({"event": "Charged"}, {"minutes": NO_TIME}),
        ({"event": "Charged", "minutes": True}, {"minutes": NO_TIME}),
        ({"event": "Charged", "minutes": 1.5}, {"minutes": NO_TIME}),
        (goal(currency="Rupees"), {"currency": NO_CURRENCY}),
        (goal(currency=["INR"]), {"currency": NO_CURRENCY}),
        (goal(value="x" * 121), {"value": UNREADABLE}),
        (goal(where={}), {"where": "This must be a list of at most 5 conditions."}),
        (goal(where=[amount(1)] * 6), {"where": "This must be a list of at most 5 conditions."}),
        (
            goal(where=[{**amount(1), "property": "Colour"}]),
            {"where": "There is no property “Colour”."},
        ),
        (goal(where=[{**amount(1), "value": "many"}]), {"where": "This must be a number."}),
    ],
)
def test_what_is_no_goal_is_refused_at_its_field(
    project: Project, document: Any, fields: dict[str, str]
) -> None:
    event(project)
    with pytest.raises(GoalError) as refused:
        goal_of(campaign_with(project, document))
    assert refused.value.fields == fields


def test_another_projects_event_is_no_goal(project: Project) -> None:
    event(ProjectFactory.create())
    with pytest.raises(GoalError):
        goal_of(campaign_with(project, goal()))


def test_no_goal_is_fine(project: Project) -> None:
    campaign = ready(project)
    assert (goal_of(campaign), goal_in_words(campaign), told(campaign, blocks=True)) == (
        None,
        "",
        [],
    )


@override_settings(CUSTOM_EVENT_KEEP_DAYS=30)
@pytest.mark.parametrize("days", [31, 150])
def test_a_goal_that_waits_longer_than_events_are_kept_blocks(project: Project, days: int) -> None:
    event(project)
    campaign = ready(project, goal=goal(minutes=days * 1440))
    sentence = (
        "Events are kept for 30 days, so the goal can't wait for them longer. Give it 30 days at"
        " the most."
    )
    assert told(campaign, blocks=True) == [(Section.START, sentence)]
    campaign.goal = goal(minutes=30 * 1440)
    assert told(campaign, blocks=True) == []


def test_an_event_that_is_switched_off_blocks(project: Project) -> None:
    kind = event(project)
    campaign = ready(project, goal=goal())
    EventKind.objects.filter(pk=kind.pk).update(ignored=True)
    [(section, sentence)] = told(campaign, blocks=True)
    assert (section, "switched off" in sentence) == (Section.START, True)


def test_a_text_as_value_is_said_and_does_not_block(project: Project) -> None:
    event(project)
    campaign = ready(project, goal=goal(value="Coupon"))
    sentence = (
        "“Coupon” of “Charged” has not come as a number so far. Whoever reaches the goal is"
        " counted, but adds nothing to the sum."
    )
    assert told(campaign, blocks=True) == []
    assert told(campaign, blocks=False) == [(Section.START, sentence)]
    campaign.goal = goal(value="Amount")
    assert told(campaign, blocks=False) == []


def test_a_test_that_the_goal_decides_needs_one(project: Project) -> None:
    event(project)
    campaign = ready(project, variants_by=VariantsBy.TEST, decides_by="converted", test_percent=50)
    assert (Section.WHAT, TEST_WITHOUT_GOAL) in told(campaign, blocks=True)
    campaign.goal = goal()
    assert (Section.WHAT, TEST_WITHOUT_GOAL) not in told(campaign, blocks=True)


def test_a_clone_has_the_goal_and_another_goal_is_another_campaign(project: Project) -> None:
    event(project)
    campaign = ready(project, goal=goal())
    assert clone(campaign, by=SYSTEM).goal == goal()
    seen = fingerprint(campaign, variants_of(campaign))
    campaign.goal = goal(minutes=61)
    assert fingerprint(campaign, variants_of(campaign)) != seen
