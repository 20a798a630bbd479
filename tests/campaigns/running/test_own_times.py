"""A campaign that goes out at one time by each person's own clocks."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    Outbox,
    OwnTime,
    Profile,
    Reason,
    Run,
    RunStatus,
    State,
    VariantsBy,
)
from campaigns.planning.own_times import opens_at
from campaigns.planning.targeting import forecast
from campaigns.running.approving import approve, ask_for_approval
from campaigns.running.deciding import choose_winner
from campaigns.running.launching import launch
from campaigns.running.lifecycle import LifecycleError, publish, start_second_try
from campaigns.sending.claiming import claim_bulk
from campaigns.sending.finding_due import find_due
from campaigns.sending.reconciling import reconcile, start_due_campaigns
from providers.models import Project
from providers.watch.actors import SYSTEM, Actor
from templates_app.keeping.statuses import set_status
from templates_app.models import Status
from tests.campaigns.approvals import team
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.drafts import ready
from tests.campaigns.planning.test_own_times import plain_due
from tests.campaigns.recount import recount
from tests.campaigns.states import count
from tests.factories import (
    CustomListFactory,
    ListMemberFactory,
    ProfileFactory,
    VariantFactory,
    choose,
)

pytestmark = pytest.mark.django_db

ZONES = (
    *("Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati"),
    *("Pacific/Apia", "Pacific/Pago_Pago", "America/New_York", "UTC"),
)
# Nobody knows them: they have the project's.
UNKNOWN = ("", "Mars/Olympus", "asia/kathmandu", " UTC", "'; DROP TABLE", "☃" * 64)


@pytest.fixture
def campaign(project: Project) -> Campaign:
    """In two hours by the project's clocks, with somebody in each zone."""
    for zone in (*ZONES, *UNKNOWN):
        ProfileFactory.create(project=project, identity=zone or "none", time_zone=zone)
    at = timezone.now().replace(second=0, microsecond=0) + timedelta(hours=2)
    return ready(project, people=0, starts_at=at, own_time=OwnTime.NEXT_DAY)


def launched(campaign: Campaign) -> Run:
    publish(campaign, by=SYSTEM)
    run = campaign.runs.get(rest_of=None)
    launch(run.pk)
    run.refresh_from_db()
    return run


def dues(run: Run) -> dict[str, datetime | None]:
    """Whose message waits until when; None: they get none, since it is past."""
    rows = Message.objects.filter(run=run).values_list(
        "profile__time_zone", "state", "reason", "outbox__due_at"
    )
    wanted = {(State.QUEUED, ""), (State.SUPPRESSED, Reason.CUT_OFF)}
    assert {(state, reason) for _, state, reason, _ in rows} <= wanted
    return {zone: due for zone, _, _, due in rows}


def wanted(campaign: Campaign, run: Run) -> dict[str, datetime | None]:
    own = {zone: plain_due(campaign, zone, since=run.started_at) for zone in ZONES}
    projects = plain_due(campaign, campaign.project.time_zone, since=run.started_at)
    return {**own, **dict.fromkeys(UNKNOWN, projects)}


@pytest.mark.parametrize("own_time", [OwnTime.NEXT_DAY, OwnTime.LEAVE_OUT])
@pytest.mark.parametrize("chosen", ["everybody", "some"])
@pytest.mark.parametrize("chunk", [3, 50_000])
def test_everybody_is_due_by_their_own_clocks(
    campaign: Campaign,
    own_time: OwnTime,
    chosen: str,
    chunk: int,
    chunks_of: ChunksOf,
) -> None:
    chunks_of(chunk)
    campaign.own_time = own_time
    if chosen == "some":
        campaign.audience = "some"
        everybody = CustomListFactory.create(project=campaign.project)
        for profile in Profile.objects.filter(project=campaign.project):
            ListMemberFactory.create(custom_list=everybody, profile=profile)
        choose(campaign, [everybody])
    campaign.save()
    before = forecast(campaign)

    run = launched(campaign)

    found = dues(run)
    assert found == wanted(campaign, run)
    assert (None in found.values()) is (own_time == OwnTime.LEAVE_OUT)
    late = sum(due is None for due in found.values())
    assert (before.to_send, sum(before.dropped.values())) == (len(found) - late, late)
    assert sum(people for _, people in before.by_zone) == before.to_send
    assert dict(totals([run.pk])) == recount([run.pk])


def test_nobody_is_called_before_their_time(campaign: Campaign) -> None:
    run = launched(campaign)
    assert (run.status, find_due()) == (RunStatus.SENDING, [])
    Outbox.objects.filter(message__profile__time_zone="UTC").update(due_at=timezone.now())
    (due,) = find_due()
    [claim] = claim_bulk(due, limit=10)
    assert Message.objects.get(pk=claim.message_id).profile.time_zone == "UTC"  # type: ignore[union-attr]


def test_each_has_a_cut_off_of_their_own(campaign: Campaign) -> None:
    campaign.cut_off_hours = 3
    campaign.save()

    run = launched(campaign)
    campaign.refresh_from_db()
    rows = list(Outbox.objects.filter(run=run).values_list("due_at", "expires_at"))
    reconcile()

    assert campaign.cut_off_at is None
    assert [until - due for due, until in rows] == [timedelta(hours=3)] * len(rows)
    assert Outbox.objects.filter(run=run).count() == len(rows)


def test_a_launch_that_takes_long_makes_nobody_late(campaign: Campaign) -> None:
    """Its time has come for some meanwhile: they get it at once."""
    campaign.own_time = OwnTime.LEAVE_OUT
    campaign.save()
    publish(campaign, by=SYSTEM)
    hours = timedelta(hours=3)
    at = timezone.now() - timedelta(hours=1)
    Run.objects.update(started_at=timezone.now() - hours)
    Campaign.objects.update(starts_at=at)
    campaign.refresh_from_db()

    launch(campaign.runs.get().pk)

    run = campaign.runs.get()
    assert dues(run) == wanted(campaign, run)
    assert dues(run)[""] == at


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize(("opens_in", "is_due"), [(-MINUTE, True), (MINUTE, False)])
def test_a_scheduled_one_begins_when_the_first_are_due(
    campaign: Campaign, zone: str, opens_in: timedelta, is_due: bool
) -> None:
    campaign.project.time_zone = zone
    campaign.project.save()
    furthest_east = (timezone.now() + opens_in).astimezone(ZoneInfo("Pacific/Kiritimati"))
    campaign.starts_at = furthest_east.replace(tzinfo=ZoneInfo(zone))
    campaign.status, campaign.published_at = CampaignStatus.SCHEDULED, timezone.now()
    campaign.save()

    start_due_campaigns()

    opens = opens_at(campaign)
    assert opens is not None
    assert (opens <= timezone.now()) is is_due
    assert campaign.runs.exists() is is_due
    campaign.refresh_from_db()
    expected = CampaignStatus.LAUNCHING if is_due else CampaignStatus.SCHEDULED
    assert campaign.status == expected


def test_published_days_before_it_waits(campaign: Campaign) -> None:
    campaign.starts_at = timezone.now() + timedelta(days=3)
    campaign.save()
    publish(campaign, by=SYSTEM)
    campaign.refresh_from_db()
    assert (campaign.status, campaign.runs.count()) == (CampaignStatus.SCHEDULED, 0)


def test_a_common_time_is_everybodys_at_once(campaign: Campaign) -> None:
    campaign.own_time, campaign.starts_at = OwnTime.NO, None
    campaign.save()
    run = launched(campaign)
    now = timezone.now()
    assert all(due is not None and due <= now for due in dues(run).values())


def test_a_second_try_goes_out_at_once(campaign: Campaign) -> None:
    run = launched(campaign)
    Outbox.objects.all().delete()
    failed: dict[str, Any] = {"state": State.FAILED, "reason": Reason.RETRIES_EXHAUSTED}
    Message.objects.update(**failed, failed_at=timezone.now())
    count(run)
    reconcile()
    campaign.refresh_from_db()
    Campaign.objects.update(starts_at=timezone.now() - timedelta(hours=1))
    campaign.refresh_from_db()

    start_second_try(campaign, by=SYSTEM)
    second = campaign.runs.get(retry_of=run)
    launch(second.pk)

    now = timezone.now()
    found = Outbox.objects.filter(run=second).values_list("due_at", flat=True)
    assert len(found) == len(ZONES) + len(UNKNOWN)
    assert all(due <= now for due in found)


def test_the_winner_goes_out_at_the_same_time_of_a_later_day(campaign: Campaign) -> None:
    campaign.variants_by, campaign.test_percent = VariantsBy.TEST, 50
    campaign.decides_after = 4
    campaign.save()
    VariantFactory.create(campaign=campaign, position=1)
    run = launched(campaign)
    campaign.refresh_from_db()
    assert campaign.starts_at is not None
    assert campaign.decides_at == campaign.starts_at + timedelta(hours=4)
    Outbox.objects.all().delete()
    run.messages.update(state=State.SENT, sent_at=timezone.now())
    count(run)
    Campaign.objects.update(starts_at=timezone.now() - timedelta(hours=30))

    choose_winner(campaign, campaign.variants.get(position=1), by=SYSTEM)
    rest = campaign.runs.get(rest_of=run)
    launch(rest.pk)

    campaign.refresh_from_db()
    rest.refresh_from_db()
    found, all_of_them = dues(rest), wanted(campaign, rest)
    assert found
    assert found == {zone: all_of_them[zone] for zone in found}


@pytest.mark.parametrize(("days", "expected"), [(0, CampaignStatus.LAUNCHING), (3, "scheduled")])
def test_an_approval_lets_it_go_out_at_each_persons_own_time(
    campaign: Campaign, days: int, expected: str
) -> None:
    """As it stands when somebody approves: who is past it by then has it on the next day."""
    asha, ravi = team(campaign.project, "Asha", "Ravi")
    assert campaign.starts_at is not None
    campaign.starts_at += timedelta(days=days)
    campaign.save()
    with pytest.raises(LifecycleError, match="approv"):
        publish(campaign, by=Actor(asha))
    ask_for_approval(campaign, by=Actor(asha))
    assert not campaign.runs.exists()

    approve(campaign, by=Actor(ravi))

    campaign.refresh_from_db()
    assert campaign.status == expected
    if not days:
        run = campaign.runs.get()
        launch(run.pk)
        assert dues(run) == wanted(campaign, run)


def test_a_time_that_passed_at_home_before_it_was_approved_is_refused(campaign: Campaign) -> None:
    """Though it is to come where others are: what was looked at is not what would go out."""
    asha, ravi = team(campaign.project, "Asha", "Ravi")
    ask_for_approval(campaign, by=Actor(asha))
    Campaign.objects.update(starts_at=timezone.now() - timedelta(minutes=1))
    campaign.refresh_from_db()

    with pytest.raises(LifecycleError, match="That time has passed"):
        approve(campaign, by=Actor(ravi))

    campaign.refresh_from_db()
    assert (campaign.status, campaign.runs.count()) == (CampaignStatus.AWAITING, 0)


@pytest.mark.parametrize("status", [Status.PAUSED, Status.REJECTED])
def test_a_template_that_meta_takes_away_ends_it_for_those_who_wait(
    campaign: Campaign, status: Status
) -> None:
    run = launched(campaign)
    first = Outbox.objects.filter(message__profile__time_zone="UTC")
    first.update(due_at=timezone.now())
    (due,) = find_due()
    [claim] = claim_bulk(due, limit=10)

    set_status(campaign.variants.get().version.template, status, by=SYSTEM)
    reconcile()

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.STOPPED
    # What is in a worker's hands ends as it ends.
    assert list(Outbox.objects.values_list("message", flat=True)) == [claim.message_id]
    others = run.messages.exclude(pk=claim.message_id)
    assert set(others.values_list("state", "reason")) == {
        (State.SUPPRESSED, Reason.TEMPLATE_NOT_APPROVED)
    }
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_template_that_meta_pauses_before_it_begins_ends_it_too(campaign: Campaign) -> None:
    assert campaign.starts_at is not None
    campaign.starts_at += timedelta(days=3)
    campaign.save()
    publish(campaign, by=SYSTEM)

    set_status(campaign.variants.get().version.template, Status.PAUSED, by=SYSTEM)

    campaign.refresh_from_db()
    assert (campaign.status, campaign.runs.count()) == (CampaignStatus.STOPPED, 0)
