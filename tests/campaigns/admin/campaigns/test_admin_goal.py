"""A campaign's goal, as its form asks for it and its pages say it."""

from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign
from campaigns.planning.goal_document import NO_CURRENCY, NO_TIME
from providers.models import AuditEntry, Project
from tests.campaigns.drafts import ADD, page, ready, written
from tests.campaigns.goals import amount, event, goal
from tests.factories import CampaignFactory, ProviderFactory, TemplateFactory

PART = "/campaigns/campaign/parts/goal/"
PUBLISH = "publish/reach"
TYPED: dict[str, Any] = {
    "goal_event": "Charged",
    "goal_within": "2",
    "goal_unit": "hours",
    "goal_value": "Amount",
    "goal_currency": "inr",
    "goal_currency_property": "Currency",
    "goal_where-0:subject": "number:Amount",
    "goal_where-0:is": "at_least",
    "goal_where-0:value": "500",
    "goal_where-1:subject": "",
}
SAVED = goal(
    minutes=120,
    where=[amount(500)],
    value="Amount",
    currency="INR",
    currency_property="Currency",
)


@pytest.fixture
def shop(project: Project) -> Project:
    ProviderFactory.create(project=project)
    TemplateFactory.create(project=project)
    event(project)
    return project


def typed(**changes: Any) -> dict[str, Any]:
    return written() | TYPED | changes


def shown(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_a_goal_is_saved_and_shown_again(shop: Project, marketer: Client) -> None:
    marketer.post(ADD, typed())
    campaign = Campaign.objects.get()
    assert campaign.goal == SAVED

    form = marketer.get(page(campaign)).context["form"]
    assert {
        name: form[name].value()
        for name in TYPED
        if name in form.fields and name.startswith("goal_")
    } == {
        "goal_event": "Charged",
        "goal_within": 2,
        "goal_unit": "hours",
        "goal_value": "Amount",
        "goal_currency": "INR",
        "goal_currency_property": "Currency",
    }
    rows = [(row.subject, [one.value for one in row.inputs]) for row in form.goal_rows.rows]
    assert rows == [("number:Amount", ["at_least", "500"]), ("", [])]


def test_without_an_event_nothing_else_of_it_is_kept_or_wrong(
    shop: Project, marketer: Client
) -> None:
    marketer.post(ADD, typed(goal_event="", goal_within="many", goal_unit="years"))
    assert Campaign.objects.get().goal is None


def test_a_goal_that_is_taken_away_is_gone_and_told_in_the_audit_log(
    shop: Project, marketer: Client
) -> None:
    campaign = CampaignFactory.create(project=shop, goal=SAVED)
    marketer.post(page(campaign), typed(goal_event=""))
    campaign.refresh_from_db()
    assert campaign.goal is None
    fields = {change["field"] for change in AuditEntry.objects.get().changes}
    assert "Event to bring about" in fields


def test_a_draft_without_a_goal_that_is_saved_as_it_was_is_no_change(
    shop: Project, marketer: Client
) -> None:
    campaign = CampaignFactory.create(project=shop, name="Summer sale")
    marketer.post(page(campaign), written())
    assert not AuditEntry.objects.filter(changes__icontains="goal").exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"goal_within": ""}, "goal_within", NO_TIME),
        ({"goal_within": "0"}, "goal_within", NO_TIME),
        ({"goal_within": "9" * 40}, "goal_within", NO_TIME),
        ({"goal_within": "151", "goal_unit": "days"}, "goal_within", NO_TIME),
        (
            {"goal_within": "many"},
            "goal_within",
            "“Within” has to be a whole number, like 20.",
        ),
        (
            {"goal_event": "Nothing of ours"},
            "goal_event",
            "“Event to bring about”: what was chosen is not there (any more). Choose again.",
        ),
        ({"goal_currency": "R$"}, "goal_currency", NO_CURRENCY),
        ({"goal_where-0:value": "a lot"}, "goal_where", "This must be a number."),
        ({"goal_where-0:value": ""}, "goal_where", "This must be a number."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    shop: Project, marketer: Client, changes: dict[str, Any], field: str, words: str
) -> None:
    response = marketer.post(ADD, typed(**changes))
    assert response.context["form"].errors[field] == [words]
    assert not Campaign.objects.exists()


def test_what_was_asked_of_another_event_before_is_gone(shop: Project, marketer: Client) -> None:
    event(shop, "Signed up", Plan="text")
    part = shown(marketer.post(PART, typed(goal_event="Signed up")))
    assert "Plan" in part
    assert "Amount" not in part
    marketer.post(ADD, typed(goal_event="Signed up", goal_value="", goal_unit="days"))
    assert Campaign.objects.get().goal == goal("Signed up", minutes=2 * 1440)


def test_as_soon_as_an_event_is_chosen_it_has_the_usual_time_and_nothing_is_wrong_yet(
    shop: Project, marketer: Client
) -> None:
    typed_so_far = written() | {
        "goal_event": "Charged",
        "goal_where-0:subject": "number:Amount",
    }
    response = marketer.post(PART, typed_so_far)
    form = response.context["form"]
    assert (form["goal_within"].value(), form["goal_unit"].value()) == ("3", "days")
    assert "This must be a number." not in shown(response)
    assert 'id="goal-name" hx-swap-oob="true">Charged</span>' in shown(response)


def test_a_project_without_events_says_where_they_come_from(
    project: Project, marketer: Client
) -> None:
    ProviderFactory.create(project=project)
    TemplateFactory.create(project=project)
    assert "None has come yet" in shown(marketer.get(ADD))


def test_the_last_page_and_the_campaigns_own_say_the_goal(
    project: Project, marketer: Client
) -> None:
    event(project)
    campaign = ready(project, goal=SAVED, control_percent=10)
    words = "“Charged” where Amount is at least 500, within 2 hours of the message"
    said = shown(marketer.get(page(campaign, PUBLISH)))
    assert f"Goal: {words}. Whoever reaches it is compared with the control group." in said
    Campaign.objects.update(status="running", control_percent=None)
    assert words in shown(marketer.get(page(campaign)))


def test_a_goal_that_can_not_be_read_any_more_does_not_break_its_page(
    shop: Project, marketer: Client
) -> None:
    campaign = CampaignFactory.create(project=shop, goal={"event": 5, "where": "x", "minutes": []})
    response = marketer.get(page(campaign))
    assert response.status_code == 200
    assert "This must be a text." in shown(response)
