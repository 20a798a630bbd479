"""A campaign that recurs may leave out whom it reached not long ago, counted from date to date."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from campaigns.gates.explaining import explain
from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, Profile, Reason, Run, RunStatus, State
from campaigns.planning.drafting import change
from campaigns.planning.targeting import forecast
from campaigns.running.launching import launch
from campaigns.running.standing import decide_due_dates
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.living import messages_of
from tests.campaigns.recurring import came, standing
from tests.factories import MessageFactory, ProfileFactory, RunFactory

pytestmark = pytest.mark.django_db
HAD = Reason.ENTERED_BEFORE.value


def ran(campaign: Campaign, *, days_ago: int, number: int = 1) -> Run:
    """On an earlier date, so many days before the one that has come."""
    today = came(5).astimezone(ZoneInfo(campaign.project.time_zone)).date()
    return RunFactory.create(
        campaign=campaign,
        number=number,
        status=RunStatus.FINISHED,
        due_key=today - timedelta(days=days_ago),
    )


def go_out(campaign: Campaign) -> Run:
    with transaction.atomic():
        decide_due_dates()
    run = campaign.runs.latest("number")
    launch(run.pk)
    return run


@pytest.mark.parametrize(
    ("within", "days_ago", "had"),
    [(7, 6, HAD), (7, 7, ""), (1, 1, ""), (2, 1, HAD), (3650, 3000, HAD), (None, 1, "")],
)
def test_nobody_gets_it_again_within_so_many_days(
    project: Project, within: int | None, days_ago: int, had: str
) -> None:
    campaign = standing(project, again_days=within)
    first, other = Profile.objects.order_by("pk")
    MessageFactory.create(run=ran(campaign, days_ago=days_ago), profile=first, state=State.READ)
    assert forecast(campaign).dropped.get(Reason.ENTERED_BEFORE, 0) == bool(had)

    run = go_out(campaign)

    found = dict(run.messages.values_list("profile", "reason"))
    assert found == {first.pk: had, other.pk: ""}
    assert totals([run.pk]).get(f"suppressed:{HAD}", 0) == bool(had)


@pytest.mark.parametrize(
    ("state", "reason", "had"),
    [
        (State.SENT, "", True),
        (State.IN_DOUBT, "", True),
        (State.UNKNOWN, Reason.UNKNOWN, True),
        (State.SUPPRESSED, Reason.CONTROL_GROUP, True),
        (State.SUPPRESSED, Reason.PROJECT_CONTROL_GROUP, True),
        (State.SUPPRESSED, Reason.CAP_REACHED, True),
        (State.SUPPRESSED, Reason.FREQUENCY_CAP, False),
        (State.FAILED, Reason.REPORTED, False),
    ],
)
def test_what_counts_is_a_message_or_the_lot(
    project: Project, state: State, reason: str, had: bool
) -> None:
    campaign = standing(project, people=1, again_days=7)
    who = Profile.objects.get()
    MessageFactory.create(run=ran(campaign, days_ago=1), profile=who, state=state, reason=reason)
    run = go_out(campaign)
    assert list(run.messages.values_list("reason", flat=True)) == [HAD if had else ""]


def test_people_of_one_phone_are_one_and_another_campaign_is_another(project: Project) -> None:
    campaign = standing(project, people=1, again_days=7)
    who = Profile.objects.get()
    twin = ProfileFactory.create(project=project, phone=who.phone)
    other = standing(project, people=1)
    third = Profile.objects.latest("pk")
    MessageFactory.create(run=ran(campaign, days_ago=3), profile=twin, state=State.SENT)
    MessageFactory.create(run=ran(other, days_ago=3), profile=third, state=State.SENT)
    Campaign.objects.filter(pk=other.pk).update(next_due_at=None)

    run = go_out(campaign)

    assert dict(run.messages.values_list("profile", "reason")) == {
        who.pk: HAD,
        twin.pk: HAD,
        third.pk: "",
    }
    assert explain(HAD, "").meaning == "They had this campaign not long ago"


def test_a_change_of_it_knows_who_had_it(project: Project) -> None:
    campaign = standing(project, again_days=30)
    first, _ = Profile.objects.order_by("pk")
    MessageFactory.create(run=ran(campaign, days_ago=2), profile=first, state=State.SENT)
    version = change(campaign, by=SYSTEM)
    assert forecast(version).dropped == {Reason.ENTERED_BEFORE: 1}
    assert dict(messages_of(campaign)) == {first.pk: ""}
