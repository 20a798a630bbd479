"""When a campaign may send: its end, its quiet hours, and what becomes of those they leave out."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from campaigns.gates.base import Foreseen
from campaigns.gates.ending import ENDING, last_moment
from campaigns.gates.quiet_hours import QUIET_HOURS, QuietHours
from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Outbox,
    OutboxState,
    OwnTime,
    QuietAction,
    Reason,
    Run,
    RunStatus,
    State,
)
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.sending.claiming import claim_bulk
from campaigns.sending.finding_due import find_due
from campaigns.sending.reconciling import reconcile
from providers.models import Project
from providers.watch.actors import Actor
from tests.campaigns.drafts import ready
from tests.campaigns.recount import recount
from tests.campaigns.states import count
from tests.factories import (
    MembershipFactory,
    MessageFactory,
    OutboxFactory,
    ProfileFactory,
    ProviderFactory,
    RunFactory,
)

INDIA = ZoneInfo("Asia/Kolkata")
NIGHT, SIESTA = (time(21), time(9)), (time(13), time(15))


def india(hour: int, *, day: int = 5) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=INDIA)


@pytest.mark.parametrize(
    ("hours", "at", "over"),
    [
        (NIGHT, india(20), None),
        (NIGHT, india(21), india(9, day=6)),
        (NIGHT, india(3), india(9)),
        (NIGHT, india(9), None),
        (SIESTA, india(12), None),
        (SIESTA, india(13), india(15)),
        (SIESTA, india(15), None),
        # Half past eight in London is two in the afternoon in India.
        (SIESTA, datetime(2026, 3, 5, 8, 30, tzinfo=UTC), india(15)),
    ],
)
def test_quiet_hours_end_at_their_end_in_the_projects_zone(
    hours: tuple[time, time], at: datetime, over: datetime | None
) -> None:
    assert QuietHours(*hours, INDIA).end_after(at) == over


AT_NIGHT = {"quiet_from": NIGHT[0], "quiet_until": NIGHT[1]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "foreseen"),
    [
        ({}, []),
        (AT_NIGHT, [("nothing goes out there before 09:00", False)]),
        (
            AT_NIGHT | {"quiet_action": QuietAction.DISCARD},
            [("nobody would get it. Choose another time, or let messages wait", True)],
        ),
        # Twelve hours from nine in the evening it is nine in the morning.
        (
            AT_NIGHT | {"cut_off_hours": 12},
            [
                ("nothing goes out there before 09:00", False),
                ("its end or cut-off comes before they are over: nobody would get it", True),
            ],
        ),
        (AT_NIGHT | {"cut_off_hours": 13}, [("nothing goes out there before 09:00", False)]),
        ({"ends_at": india(21)}, [("It would end before it starts", True)]),
        ({"ends_at": india(22)}, []),
    ],
)
def test_what_the_clock_will_keep_from_going_out_is_foreseen(
    project: Project, fields: dict[str, Any], foreseen: list[tuple[str, bool]]
) -> None:
    ProfileFactory.create(project=project, time_zone="Asia/Colombo")
    ProfileFactory.create(project=project, time_zone="Mars/Olympus")
    found = foreseen_of(Campaign(project=project, **fields))

    assert [one.blocks for one in found] == [blocks for _, blocks in foreseen]
    for one, (words, _) in zip(found, foreseen, strict=True):
        assert words in one.message


def foreseen_of(campaign: Campaign) -> list[Foreseen]:
    gates = (ENDING, QUIET_HOURS)
    return [one for gate in gates if gate.foresee for one in gate.foresee(campaign, india(21))]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields", [{"quiet_action": QuietAction.DISCARD}, {"cut_off_hours": 12}], ids=["drop", "cut"]
)
@pytest.mark.parametrize("own_time", [OwnTime.NO, OwnTime.NEXT_DAY])
def test_where_somebody_lives_by_other_clocks_it_may_go_out(
    project: Project, fields: dict[str, Any], own_time: OwnTime
) -> None:
    """At a time of their own it is as late where they are."""
    ProfileFactory.create(project=project, time_zone="America/New_York")

    *_, said = foreseen_of(Campaign(project=project, own_time=own_time, **AT_NIGHT, **fields))

    assert said.blocks is (own_time != OwnTime.NO)
    assert ("nobody would get it" in said.message) is said.blocks


@pytest.mark.django_db
@pytest.mark.parametrize(("looked_at", "blocks"), [(3, True), (2, False)])
def test_among_too_many_to_look_at_somebody_may_live_by_other_clocks(
    project: Project, monkeypatch: pytest.MonkeyPatch, looked_at: int, blocks: bool
) -> None:
    ProfileFactory.create_batch(2, project=project)
    ProfileFactory.create(time_zone="America/New_York")
    monkeypatch.setattr("campaigns.gates.quiet_hours.MOST_LOOKED_AT", looked_at)
    drops = {"quiet_action": QuietAction.DISCARD}
    (said,) = foreseen_of(Campaign(project=project, **AT_NIGHT, **drops))
    assert said.blocks is blocks


@pytest.fixture
def run(project: Project) -> Run:
    """Ten people wait."""
    ProviderFactory.create(project=project)
    run = RunFactory.create(
        campaign__project=project,
        campaign__status=CampaignStatus.RUNNING,
        status=RunStatus.SENDING,
    )
    for _ in range(10):
        OutboxFactory.create(message=MessageFactory.create(run=run), state=OutboxState.READY)
    count(run)
    return run


def states(run: Run) -> set[tuple[int, str]]:
    assert dict(totals([run.pk])) == recount([run.pk])
    return set(run.messages.values_list("state", "reason"))


def change(run: Run, **fields: object) -> None:
    Campaign.objects.filter(pk=run.campaign_id).update(**fields)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "goes"),
    # Hours from now: now and then another of these goes over midnight.
    [(-1, 1, False), (-1, -2, False), (2, 1, False), (1, -1, True), (1, 2, True), (-2, -1, True),
     (-1, -1, True), (1, 1, True)],
)  # fmt: skip
def test_outside_of_quiet_hours_they_go(run: Run, start: int, end: int, goes: bool) -> None:
    now = timezone.now().astimezone(ZoneInfo(run.campaign.project.time_zone))
    hours = [(now + timedelta(hours=away)).time() for away in (start, end)]
    change(run, quiet_from=hours[0], quiet_until=hours[1], quiet_action=QuietAction.DELAY)

    reconcile()

    claimed = [claim for due in find_due() for claim in claim_bulk(due, limit=10)]
    assert len(claimed) == (10 if goes else 0)
    assert states(run) == {(State.QUEUED, "")}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, None),
        ({"ends_at": india(20)}, india(20)),
        ({"cut_off_hours": 3}, india(12)),
        ({"cut_off_hours": 3, "ends_at": india(11)}, india(11)),
        ({"cut_off_hours": 3, "ends_at": india(20)}, india(12)),
    ],
)
def test_nothing_leaves_after_the_end_or_the_cut_off(
    fields: dict[str, Any], expected: datetime | None
) -> None:
    assert last_moment(Campaign(**fields), start=india(9)) == expected


@pytest.mark.django_db
@pytest.mark.parametrize("status", [CampaignStatus.RUNNING, CampaignStatus.PAUSED])
@pytest.mark.parametrize("limit", ["ends_at", "cut_off_at"])
def test_after_its_end_nobody_gets_it_and_it_is_completed(
    run: Run, limit: str, status: CampaignStatus
) -> None:
    (due,) = find_due()
    later = timezone.now() + timedelta(hours=1)
    change(run, ends_at=later, cut_off_at=later)
    assert find_due() == [due]
    change(run, **{limit: timezone.now() - timedelta(seconds=1), "status": status})

    assert claim_bulk(due, limit=10) == []
    reconcile()
    reconcile()

    run.campaign.refresh_from_db()
    assert states(run) == {(State.SUPPRESSED, Reason.CUT_OFF)}
    assert (Outbox.objects.count(), run.campaign.status) == (0, CampaignStatus.COMPLETED)


@pytest.mark.django_db
def test_the_cut_off_counts_from_the_planned_start_however_late_it_is(project: Project) -> None:
    planned = timezone.now() - timedelta(hours=2)
    late = ready(
        project, status=CampaignStatus.SCHEDULED, starts_at=planned, cut_off_hours=1, people=3
    )

    reconcile()
    late.refresh_from_db()
    assert late.cut_off_at == planned + timedelta(hours=1)
    launch(late.runs.get().pk)
    reconcile()

    late.refresh_from_db()
    assert states(late.runs.get()) == {(State.SUPPRESSED, Reason.CUT_OFF)}
    assert late.status == CampaignStatus.COMPLETED


@pytest.mark.django_db
def test_published_now_it_is_cut_off_hours_from_now(project: Project) -> None:
    campaign = ready(project, cut_off_hours=5)

    publish(campaign, by=Actor(MembershipFactory.create(project=project).user))

    assert campaign.cut_off_at is not None
    assert campaign.cut_off_at - timezone.now() == pytest.approx(
        timedelta(hours=5), abs=timedelta(minutes=1)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("look", ["claim", "reconcile"])
def test_only_those_whose_own_time_is_over_are_dropped(run: Run, look: str) -> None:
    now = timezone.now()
    early, late = Outbox.objects.order_by("pk")[:2]
    Outbox.objects.filter(pk=early.pk).update(expires_at=now - timedelta(seconds=1))
    Outbox.objects.filter(pk=late.pk).update(expires_at=now + timedelta(hours=1))
    (due,) = find_due()

    claimed = [] if look == "reconcile" else claim_bulk(due, limit=10)
    reconcile()

    assert [early.pk] == list(
        run.messages.filter(state=State.SUPPRESSED, reason=Reason.CUT_OFF).values_list(
            "pk", flat=True
        )
    )
    assert len(claimed) == (9 if look == "claim" else 0)
    assert dict(totals([run.pk])) == recount([run.pk])


@pytest.mark.django_db
def test_a_launch_writes_until_when_each_may_go(project: Project) -> None:
    campaign = ready(project, cut_off_hours=5)
    publish(campaign, by=Actor(MembershipFactory.create(project=project).user))

    launch(campaign.runs.get().pk)

    assert set(Outbox.objects.values_list("expires_at", flat=True)) == {campaign.cut_off_at}
