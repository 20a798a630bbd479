"""A run's numbers: by variant and quarter of an hour, and the same after they are folded."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.feedback.clicks import Click, apply_clicks
from campaigns.feedback.delivery import Report, apply_reports
from campaigns.ledger.tallies import FOLD_FROM, fold, totals
from campaigns.models import Message, OutboxState, Reason, Run, State, Tally
from campaigns.sending.recording import Ending, Result, record
from tests.campaigns.recount import recount_in_time, series
from tests.campaigns.states import count, fill
from tests.factories import MessageFactory, OutboxFactory, RunFactory, VariantFactory

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def message() -> Message:
    """Claimed, of a variant."""
    run = RunFactory.create()
    variant = VariantFactory.create(campaign=run.campaign)
    message = MessageFactory.create(run=run, variant=variant)
    OutboxFactory.create(message=message, state=OutboxState.CLAIMED, attempt=1)
    count(run)
    return message


def run_of(message: Message) -> Run:
    assert message.run is not None
    return message.run


def numbers_of(message: Message) -> dict[tuple[str, datetime | None], int]:
    run = run_of(message)
    found = series([run.pk])
    assert found == recount_in_time(run.messages.all())
    assert {variant for _, variant, _ in found} == {message.variant_id}
    return {(name, quarter): n for (name, _, quarter), n in found.items() if name != "targeted"}


def send(message: Message, *, when: datetime) -> None:
    ending = Ending.ACCEPTED
    record([Result(message_id=message.pk, attempt=1, ending=ending, at=when)], [])


def report(message: Message, status: State, *, when: datetime) -> None:
    one = Report(
        project_id=message.project_id, message_id=message.pk, attempt=1, status=status, at=when
    )  # type: ignore[arg-type]
    apply_reports([one])


def test_what_happens_is_counted_in_the_quarter_of_its_own_time(message: Message) -> None:
    send(message, when=at(14))
    report(message, State.DELIVERED, when=at(15))
    report(message, State.READ, when=at(44.9))

    assert numbers_of(message) == {
        ("sent", at(0)): 1,
        ("delivered", at(15)): 1,
        ("read", at(30)): 1,
    }


def test_a_time_that_is_corrected_leaves_its_quarter_for_another(message: Message) -> None:
    report(message, State.READ, when=at(50))
    assert set(numbers_of(message)) == {("sent", at(45)), ("delivered", at(45)), ("read", at(45))}

    report(message, State.DELIVERED, when=at(20))
    report(message, State.SENT, when=at(1))

    assert numbers_of(message) == {
        ("sent", at(0)): 1,
        ("delivered", at(15)): 1,
        ("read", at(45)): 1,
    }


def test_a_failure_that_a_delivery_outranks_leaves_its_quarter(message: Message) -> None:
    send(message, when=at(1))
    report(message, State.FAILED, when=at(31))
    assert numbers_of(message)["failed", at(30)] == 1

    report(message, State.DELIVERED, when=at(46))

    assert numbers_of(message) == {("sent", at(0)): 1, ("delivered", at(45)): 1}


def test_each_click_counts_in_its_quarter_and_a_person_in_the_first(message: Message) -> None:
    send(message, when=at(0))

    for minutes in (31, 16, 17):
        click(message, when=at(minutes))

    assert numbers_of(message) == {
        ("sent", at(0)): 1,
        ("clicked", at(15)): 1,
        ("clicks", at(15)): 2,
        ("clicks", at(30)): 1,
    }


def click(message: Message, *, when: datetime) -> None:
    one = Click(
        project_id=message.project_id,
        message_id=message.pk,
        url="https://example.com/",
        short_url="",
        user_agent="",
        at=when,
        printed_at=when,
    )
    apply_clicks([one])


def test_what_waits_or_is_left_out_has_no_series() -> None:
    run = RunFactory.create()
    MessageFactory.create(run=run)
    MessageFactory.create(run=run, state=State.SUPPRESSED, reason=Reason.NO_PHONE)
    count(run)

    assert {quarter for _, _, quarter in series([run.pk])} == {None}


def test_folding_keeps_every_number_and_its_series() -> None:
    run = RunFactory.create()
    for _ in range(FOLD_FROM + 1):
        fill(run)
    add_deltas(run)
    before = series([run.pk])

    assert (fold(), fold()) == (1, 0)

    assert series([run.pk]) == before
    assert run.tallies.count() == len(before)


def test_folding_again_looks_only_at_what_is_new() -> None:
    run = RunFactory.create()
    add_deltas(run)
    Tally.objects.create(run=run, name="read", quarter=NOON, n=5)
    fold()
    read = run.tallies.get(name="read")
    add_deltas(run)

    fold()

    assert run.tallies.filter(pk=read.pk).exists()
    assert totals([run.pk]) == {"sent": 2 * (FOLD_FROM + 1), "read": 5}


def add_deltas(run: Run) -> None:
    Tally.objects.bulk_create(
        Tally(run=run, name="sent", quarter=NOON, n=1) for _ in range(FOLD_FROM + 1)
    )
