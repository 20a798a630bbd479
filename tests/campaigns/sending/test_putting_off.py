"""Quiet hours by the clocks where each person is, at the claim and after it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from campaigns.gates.quiet_hours import QuietHours
from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignKind,
    CampaignStatus,
    Message,
    Outbox,
    OutboxState,
    Profile,
    QuietAction,
    Reason,
    Run,
    RunStatus,
    State,
)
from campaigns.results.message_story import life_of
from campaigns.sending import putting_off
from campaigns.sending.claiming import Claim, claim_bulk
from campaigns.sending.finding_due import find_due
from campaigns.sending.putting_off import put_off
from campaigns.sending.reconciling import reconcile
from providers.models import Project
from tests.campaigns.planning.test_schedule import ZONES as ANY_ZONE
from tests.campaigns.recount import recount
from tests.campaigns.states import count
from tests.factories import (
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    ProviderFactory,
    RunFactory,
    VariantFactory,
)

ZONES = (
    *("Asia/Kolkata", "Asia/Kathmandu", "Asia/Dubai", "Australia/Lord_Howe", "Europe/London"),
    *("Pacific/Kiritimati", "Pacific/Apia", "Pacific/Pago_Pago", "America/New_York", "UTC"),
)
# Nobody knows them: they have the project's.
UNKNOWN = ("", "Mars/Olympus", "asia/kathmandu", "'; DROP TABLE", "☃")
# No two zones are so far apart, so nobody's hours begin or end while a test runs.
NEAR = timedelta(minutes=67)

FIRST = datetime(2008, 1, 2, tzinfo=UTC)
MOMENTS = st.integers(0, 15_000_000).map(lambda minutes: FIRST + timedelta(minutes=minutes))
TIMES = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(*divmod(minutes, 60)))


@settings(max_examples=200, deadline=None)
@given(at=MOMENTS, zone=ANY_ZONE, start=TIMES, end=TIMES)
@example(  # The clocks show ten past one for the second time, and half past one is to come again.
    at=datetime(2027, 11, 7, 6, 10, tzinfo=UTC),
    zone="America/New_York",
    start=time(21),
    end=time(1, 30),
)
@example(  # Half past two does not come.
    at=datetime(2027, 3, 14, 6, 10, tzinfo=UTC),
    zone="America/New_York",
    start=time(21),
    end=time(2, 30),
)
@example(  # Nor does the whole day.
    at=datetime(2011, 12, 30, 9, 0, tzinfo=UTC),
    zone="Pacific/Apia",
    start=time(21),
    end=time(9),
)
def test_quiet_hours_end_later_wherever_somebody_is(
    at: datetime, zone: str, start: time, end: time
) -> None:
    clock = ZoneInfo(zone)
    over = QuietHours(start, end, clock).end_after(at)

    shows = at.astimezone(clock).time()
    later = start <= shows < end if start <= end else shows >= start or shows < end
    assert (over is not None) is later
    if over is not None:
        # A day has up to 25 hours, and another may not come at all.
        assert timedelta() < over.astimezone(UTC) - at < timedelta(hours=49)


def quiet_now(project: Project) -> dict[str, time]:
    """By the project's clocks."""
    now = timezone.now().astimezone(ZoneInfo(project.time_zone))
    begins, ends = ((now + away).time() for away in (-NEAR, NEAR))
    return {"quiet_from": begins, "quiet_until": ends}


def plain_end(campaign: Campaign, zone: str) -> datetime | None:
    """Minute by minute, until the clocks there show that they are over; None: they are awake."""
    assert campaign.quiet_from
    assert campaign.quiet_until
    known = zone if zone in available_timezones() else campaign.project.time_zone
    clock, at = ZoneInfo(known), timezone.now().replace(second=0, microsecond=0)
    begin, end = campaign.quiet_from, campaign.quiet_until

    def is_quiet(shows: time) -> bool:
        return begin <= shows < end if begin <= end else shows >= begin or shows < end

    if not is_quiet(at.astimezone(clock).time()):
        return None
    while is_quiet(at.astimezone(clock).time()):
        at += timedelta(minutes=1)
    return at


@pytest.fixture
def run(project: Project) -> Run:
    """Somebody of each zone waits, of a campaign that is quiet now where the project is."""
    ProviderFactory.create(project=project)
    run = RunFactory.create(
        campaign__project=project,
        campaign__status=CampaignStatus.RUNNING,
        status=RunStatus.SENDING,
    )
    Campaign.objects.update(**quiet_now(project))
    run.campaign.refresh_from_db()
    variant = VariantFactory.create(campaign=run.campaign)
    for zone in (*ZONES, *UNKNOWN):
        who = ProfileFactory.create(project=project, identity=zone or "none", time_zone=zone)
        message = MessageFactory.create(
            run=run, profile=who, send_key=who.match_key, variant=variant
        )
        OutboxFactory.create(message=message, state=OutboxState.READY)
    count(run)
    return run


def change(run: Run, **fields: object) -> None:
    Campaign.objects.filter(pk=run.campaign_id).update(**fields)


def claim() -> list[Claim]:
    return [one for due in find_due() for one in claim_bulk(due, limit=100)]


def put_off_all() -> None:
    for due in find_due():
        put_off(due)


def zones_of(claims: list[Claim]) -> set[str]:
    messages = Message.objects.filter(pk__in=[one.message_id for one in claims])
    return set(messages.values_list("profile__time_zone", flat=True))


def asleep(run: Run) -> dict[str, datetime]:
    ends = {zone: plain_end(run.campaign, zone) for zone in (*ZONES, *UNKNOWN)}
    return {zone: end for zone, end in ends.items() if end is not None}


def waiting() -> dict[str, datetime]:
    rows = Outbox.objects.filter(state=OutboxState.READY)
    return dict(rows.values_list("message__profile__time_zone", "due_at"))


@pytest.mark.django_db
@pytest.mark.parametrize("cap", [None, 5], ids=["at once", "in turn"])
def test_who_sleeps_is_passed_by_and_put_off_until_they_wake(run: Run, cap: int | None) -> None:
    Project.objects.update(most_per_day=cap)
    sleepers = asleep(run)
    assert set(UNKNOWN) < set(sleepers) < {*ZONES, *UNKNOWN}

    first = claim()
    before = waiting()
    put_off_all()

    assert zones_of(first) == {*ZONES, *UNKNOWN} - set(sleepers)
    assert set(before) == set(sleepers)
    for zone, due in waiting().items():
        assert due - sleepers[zone] < timedelta(minutes=1), zone
    assert (find_due(), claim()) == ([], [])
    assert dict(totals([run.pk])) == recount([run.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("cap", [None, 5], ids=["at once", "in turn"])
def test_when_they_wake_they_get_it(run: Run, cap: int | None) -> None:
    Project.objects.update(most_per_day=cap)
    claim()
    put_off_all()
    now = timezone.now().astimezone(ZoneInfo(run.campaign.project.time_zone))
    hours = [(now + timedelta(hours=away)).time() for away in (11, 12)]
    change(run, quiet_from=hours[0], quiet_until=hours[1])
    Outbox.objects.filter(state=OutboxState.READY).update(due_at=timezone.now())
    run.campaign.refresh_from_db()

    claimed = zones_of(claim())

    assert {"Asia/Kolkata", *UNKNOWN} <= claimed


@pytest.mark.django_db
def test_whose_turn_comes_while_it_is_quiet_is_dropped_where_a_campaign_says_so(run: Run) -> None:
    change(run, quiet_action=QuietAction.DISCARD)
    sleepers = asleep(run)

    claimed = claim()
    put_off_all()

    dropped = Message.objects.filter(state=State.SUPPRESSED, reason=Reason.QUIET_HOURS)
    assert set(dropped.values_list("profile__time_zone", flat=True)) == set(sleepers)
    assert len(claimed) == len(ZONES) + len(UNKNOWN) - len(sleepers)
    assert Outbox.objects.filter(state=OutboxState.READY).count() == 0
    assert dict(totals([run.pk])) == recount([run.pk])


@pytest.mark.django_db
@pytest.mark.parametrize("action", QuietAction)
def test_a_pause_that_comes_first_leaves_them_as_they_are(run: Run, action: QuietAction) -> None:
    change(run, quiet_action=action)
    due = find_due()
    change(run, status=CampaignStatus.PAUSED)
    before = waiting()

    for one in due:
        put_off(one)

    assert waiting() == before
    assert set(run.messages.values_list("state", flat=True)) == {State.QUEUED}


@pytest.mark.django_db
def test_one_whose_time_is_over_is_left_to_its_cut_off(run: Run) -> None:
    over = Outbox.objects.filter(message__profile__time_zone="")
    over.update(expires_at=timezone.now() - timedelta(minutes=1))

    claim()
    put_off_all()
    assert over.get().due_at < timezone.now()
    reconcile()

    late = run.messages.get(profile__time_zone="")
    assert (late.state, late.reason) == (State.SUPPRESSED, Reason.CUT_OFF)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "hours", "expected"),
    [
        (CampaignKind.ONCE, 3, None),
        (CampaignKind.LIVE, 3, timedelta(hours=3)),
        (CampaignKind.LIVE, None, timedelta(hours=1)),
    ],
)
def test_the_cut_off_of_a_live_campaign_counts_from_when_they_wake(
    run: Run, kind: CampaignKind, hours: int | None, expected: timedelta | None
) -> None:
    soon = timezone.now() + timedelta(minutes=9)
    change(run, kind=kind, cut_off_hours=hours)
    Outbox.objects.update(expires_at=soon)

    claim()
    put_off_all()

    for row in Outbox.objects.filter(state=OutboxState.READY):
        assert row.expires_at == (soon if expected is None else row.due_at + expected)


@pytest.mark.django_db
def test_many_who_sleep_do_not_hold_up_whoever_is_due_after_them(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With two permits a turn, and three looked at: each turn moves some, until the others come."""
    monkeypatch.setattr(
        putting_off, "PUT_OFF", putting_off.PUT_OFF.replace("LIMIT 1000", "LIMIT 3")
    )
    assert "LIMIT 3" in putting_off.PUT_OFF
    sleepers = asleep(run)
    claimed: list[Claim] = []
    for _ in range(len(ZONES) + len(UNKNOWN)):
        for due in find_due():
            claims = claim_bulk(due, limit=2)
            claimed += claims
            if len(claims) < 2:
                put_off(due)

    assert zones_of(claimed) == {*ZONES, *UNKNOWN} - set(sleepers)
    assert set(waiting()) == set(sleepers)
    assert find_due() == []


@pytest.mark.django_db
def test_a_campaign_without_quiet_hours_sends_beside_one_that_has_some(run: Run) -> None:
    other = RunFactory.create(
        campaign__project=run.campaign.project,
        campaign__status=CampaignStatus.RUNNING,
        status=RunStatus.SENDING,
    )
    for who in Profile.objects.all():
        OutboxFactory.create(
            message=MessageFactory.create(run=other, profile=who), state=OutboxState.READY
        )

    claims = claim()
    put_off_all()

    by_campaign = {one.campaign_id for one in claims if one.campaign_id == other.campaign_id}
    assert by_campaign == {other.campaign_id}
    assert not Outbox.objects.filter(
        campaign=other.campaign_id, due_at__gt=timezone.now(), state=OutboxState.READY
    ).exists()
    everybody = len(ZONES) + len(UNKNOWN)
    of_other = [one for one in claims if one.campaign_id == other.campaign_id]
    assert len(of_other) == everybody
    assert len(claims) == 2 * everybody - len(asleep(run))


@pytest.mark.django_db
def test_a_message_says_what_time_it_is_where_they_are(run: Run) -> None:
    there = run.messages.get(profile__time_zone="Asia/Kolkata")
    awake = run.messages.get(profile__time_zone="America/New_York")

    *_, waits = life_of(there)
    *_, turn = life_of(awake)

    assert waits.title == "Waiting for the end of quiet hours"
    assert "(Asia/Kolkata)" in waits.detail
    assert turn.title == "Waiting for its turn"
