import itertools
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from campaigns.feedback.delivery import Report, Reportable, apply_reports
from campaigns.models import Event, EventName, Message, Outbox, OutboxState, Reason, Run, State
from tests.campaigns.recounting import recount, tallied
from tests.factories import (
    MessageFactory,
    OutboxFactory,
    ProjectFactory,
    RunFactory,
    TallyFactory,
    VariantFactory,
)

T = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
EXTERNAL = "5145722132009541678"


def minute(n: int) -> datetime:
    return T + timedelta(minutes=n)


@pytest.fixture
def run(db: None) -> Run:
    return RunFactory.create()


def queued(run: Run, **fields: object) -> Message:
    """A message whose request is on its way, counted as such."""
    message = MessageFactory.create(run=run, **fields)
    OutboxFactory.create(message=message, state=OutboxState.CLAIMED, attempt=1)
    TallyFactory.create(run=run, name="queued", n=1)
    return message


def sent(run: Run, at: datetime = T) -> Message:
    message = MessageFactory.create(run=run, state=State.SENT, sent_at=at, attempt=1)
    TallyFactory.create(run=run, name="sent", n=1)
    return message


def report(message: Message, status: Reportable, at: datetime, **fields: object) -> Report:
    values: dict[str, object] = {"project_id": message.project_id, "attempt": None, **fields}
    return Report(message_id=message.pk, status=status, at=at, **values)  # type: ignore[arg-type]


def times_of(message: Message) -> dict[str, object]:
    message.refresh_from_db()
    names = ("state", "sent_at", "delivered_at", "read_at", "failed_at")
    return {name: value for name in names if (value := getattr(message, name)) is not None}


def events_of(message: Message) -> list[tuple[str, datetime]]:
    return list(Event.objects.filter(message=message).order_by("id").values_list("name", "at"))


def test_reports_move_a_message_to_viewed_and_keep_the_time_of_each_step(run: Run) -> None:
    message = queued(run)

    for n, status in enumerate((State.SENT, State.DELIVERED, State.READ), start=1):
        apply_reports([report(message, status, minute(n))])

    assert times_of(message) == {
        "state": State.READ,
        "sent_at": minute(1),
        "delivered_at": minute(2),
        "read_at": minute(3),
    }
    assert events_of(message) == [
        (EventName.SENT, minute(1)),
        (EventName.DELIVERED, minute(2)),
        (EventName.VIEWED, minute(3)),
    ]
    assert tallied(run) == recount(run) == {"sent": 1, "delivered": 1, "read": 1}


@pytest.mark.parametrize("apart", [True, False], ids=["one by one", "all at once"])
@pytest.mark.parametrize(
    "order", list(itertools.permutations((State.SENT, State.DELIVERED, State.READ))), ids=str
)
def test_the_order_of_reports_does_not_matter(
    run: Run, order: tuple[Reportable, ...], apart: bool
) -> None:
    message = queued(run)
    when = {State.SENT: minute(1), State.DELIVERED: minute(2), State.READ: minute(3)}
    reports = [report(message, status, when[status]) for status in order]

    for group in [[one] for one in reports] if apart else [reports]:
        apply_reports(group)

    assert times_of(message) == {
        "state": State.READ,
        "sent_at": minute(1),
        "delivered_at": minute(2),
        "read_at": minute(3),
    }
    assert sorted(events_of(message)) == [
        (EventName.DELIVERED, minute(2)),
        (EventName.SENT, minute(1)),
        (EventName.VIEWED, minute(3)),
    ]
    assert tallied(run) == recount(run)


def test_a_view_without_a_delivery_counts_as_both(run: Run) -> None:
    message = sent(run)

    apply_reports([report(message, State.READ, minute(5))])

    assert times_of(message) == {
        "state": State.READ,
        "sent_at": T,
        "delivered_at": minute(5),
        "read_at": minute(5),
    }
    assert events_of(message) == [
        (EventName.DELIVERED, minute(5)),
        (EventName.VIEWED, minute(5)),
    ]
    assert tallied(run) == recount(run) == {"sent": 1, "delivered": 1, "read": 1}


def test_the_answers_time_of_sending_is_not_touched_by_a_report(run: Run) -> None:
    message = sent(run, at=minute(1))

    apply_reports([report(message, State.SENT, T), report(message, State.DELIVERED, minute(2))])

    assert times_of(message)["sent_at"] == minute(1)


def test_duplicates_change_nothing(run: Run) -> None:
    message = sent(run)
    reports = [report(message, State.DELIVERED, minute(1)), report(message, State.READ, minute(2))]
    apply_reports(reports)
    before = (times_of(message), events_of(message), tallied(run))

    apply_reports(reports + reports)
    apply_reports([report(message, State.DELIVERED, minute(9))])

    assert (times_of(message), events_of(message), tallied(run)) == before


def test_the_first_time_of_each_step_counts_whenever_it_is_told(run: Run) -> None:
    read, failed = sent(run), sent(run)
    told = [(State.DELIVERED, 7), (State.READ, 9), (State.DELIVERED, 6), (State.READ, 8)]

    for status, at in told:
        apply_reports([report(read, status, minute(at))])
    for at in (5, 3, 4):
        apply_reports([report(failed, State.FAILED, minute(at))])

    times = {"sent_at": T, "delivered_at": minute(6), "read_at": minute(8)}
    assert times_of(read) == {"state": State.READ, **times}
    assert sorted(events_of(read)) == [
        (EventName.DELIVERED, minute(6)),
        (EventName.VIEWED, minute(8)),
    ]
    assert times_of(failed) == {"state": State.FAILED, "sent_at": T, "failed_at": minute(3)}
    assert tallied(run) == recount(run)


def test_each_report_of_many_is_of_its_own_message(run: Run) -> None:
    failed, delivered, told_twice = sent(run), sent(run), sent(run)

    apply_reports(
        [
            report(failed, State.FAILED, minute(1), code="003"),
            report(delivered, State.DELIVERED, minute(2)),
            report(told_twice, State.SENT, minute(1), external_id=EXTERNAL),
            report(told_twice, State.READ, minute(3)),
        ]
    )

    assert times_of(failed) == {"state": State.FAILED, "sent_at": T, "failed_at": minute(1)}
    assert times_of(delivered) == {
        "state": State.DELIVERED,
        "sent_at": T,
        "delivered_at": minute(2),
    }
    assert (times_of(told_twice)["state"], told_twice.external_id) == (State.READ, EXTERNAL)
    assert tallied(run) == recount(run)


def test_what_failed_may_have_been_sent_all_the_same(run: Run) -> None:
    message = queued(run)

    apply_reports([report(message, State.FAILED, minute(2), code="003")])
    apply_reports([report(message, State.SENT, minute(1))])

    assert times_of(message) == {
        "state": State.FAILED,
        "sent_at": minute(1),
        "failed_at": minute(2),
    }
    assert events_of(message) == [(EventName.SENT, minute(1))]
    assert tallied(run) == recount(run)


def test_a_cause_without_a_number_is_its_own_code(run: Run) -> None:
    message = sent(run)

    apply_reports([report(message, State.FAILED, minute(1), cause="BLOCKED_FOR_USER")])

    message.refresh_from_db()
    assert (message.code, message.detail) == ("BLOCKED_FOR_USER", "BLOCKED_FOR_USER")
    assert tallied(run) == recount(run)


def test_a_failure_after_sending_is_kept_with_its_code(run: Run) -> None:
    message = sent(run)

    apply_reports(
        [report(message, State.FAILED, minute(1), code="003", cause="UNKNOWN_SUBSCRIBER")]
    )

    assert times_of(message) == {"state": State.FAILED, "sent_at": T, "failed_at": minute(1)}
    assert (message.reason, message.code, message.detail) == (
        Reason.REPORTED,
        "003",
        "UNKNOWN_SUBSCRIBER",
    )
    assert events_of(message) == []
    assert tallied(run) == recount(run) == {"sent": 1, "failed": 1, "failed:reported:003": 1}


@pytest.mark.parametrize("failed_first", [True, False])
def test_a_delivery_outranks_a_failure_in_any_order(run: Run, failed_first: bool) -> None:
    message = sent(run)
    reports = [
        report(message, State.FAILED, minute(1), code="003"),
        report(message, State.DELIVERED, minute(2)),
    ]

    for one in reports if failed_first else reversed(reports):
        apply_reports([one])

    assert times_of(message) == {
        "state": State.DELIVERED,
        "sent_at": T,
        "delivered_at": minute(2),
        "failed_at": minute(1),
    }
    assert (message.reason, message.code, message.detail) == ("", "", "")
    assert tallied(run) == recount(run) == {"sent": 1, "delivered": 1}


def test_a_failure_of_an_earlier_attempt_changes_nothing(run: Run) -> None:
    message = queued(run)
    Outbox.objects.update(attempt=2)

    apply_reports([report(message, State.FAILED, minute(1), attempt=1, code="003")])

    assert times_of(message) == {"state": State.QUEUED}
    assert tallied(run) == recount(run) == {"queued": 1}


def test_of_several_failures_the_latest_attempts_counts(run: Run) -> None:
    message = queued(run)
    Outbox.objects.update(attempt=2)

    apply_reports(
        [
            report(message, State.FAILED, minute(1), attempt=1, code="001"),
            report(message, State.FAILED, minute(2), attempt=2, code="002"),
        ]
    )

    assert times_of(message) == {"state": State.FAILED, "failed_at": minute(2)}
    assert message.code == "002"
    assert tallied(run) == recount(run) == {"failed": 1, "failed:reported:002": 1}


@pytest.mark.parametrize("status", [State.SENT, State.FAILED, State.DELIVERED, State.READ])
def test_any_report_settles_a_message_in_doubt(run: Run, status: Reportable) -> None:
    message = queued(run, state=State.IN_DOUBT, code="500", detail="no answer")
    Outbox.objects.update(state=OutboxState.IN_DOUBT)
    TallyFactory.create(run=run, name="queued", n=-1)
    TallyFactory.create(run=run, name="in_doubt", n=1)

    apply_reports([report(message, status, minute(1), external_id=f"{EXTERNAL}-{message.pk}-1")])

    assert not Outbox.objects.exists()
    assert times_of(message)["state"] == status
    assert (message.code, message.external_id) == ("", f"{EXTERNAL}-{message.pk}-1")
    assert tallied(run) == recount(run)


def test_a_report_makes_known_what_nobody_knew(run: Run) -> None:
    message = MessageFactory.create(
        run=run, state=State.UNKNOWN, reason=Reason.UNKNOWN, attempt=1, failed_at=T
    )
    TallyFactory.create(run=run, name="failed", n=1)
    TallyFactory.create(run=run, name="failed:unknown", n=1)

    apply_reports([report(message, State.DELIVERED, minute(1))])

    assert times_of(message)["state"] == State.DELIVERED
    assert message.reason == ""
    assert tallied(run) == recount(run) == {"sent": 1, "delivered": 1}


def test_a_claimed_row_is_left_to_its_sender(run: Run) -> None:
    message = queued(run)

    apply_reports([report(message, State.DELIVERED, minute(1))])

    assert times_of(message)["state"] == State.DELIVERED
    assert list(Outbox.objects.values_list("state", flat=True)) == [OutboxState.CLAIMED]


def test_a_report_ends_the_wait_for_the_next_attempt(run: Run) -> None:
    message = queued(run)
    Outbox.objects.update(state=OutboxState.READY)

    apply_reports([report(message, State.SENT, minute(1), attempt=1)])

    assert times_of(message) == {"state": State.SENT, "sent_at": minute(1)}
    assert not Outbox.objects.exists()
    assert tallied(run) == recount(run) == {"sent": 1}


def test_what_nobody_has_tried_to_send_is_not_moved_but_named(run: Run) -> None:
    message = queued(run)
    Outbox.objects.update(state=OutboxState.READY, attempt=0)

    assert apply_reports([report(message, State.READ, minute(1))]) == {message.pk}

    assert times_of(message) == {"state": State.QUEUED}
    assert (events_of(message), tallied(run), Outbox.objects.count()) == ([], {"queued": 1}, 1)


def test_a_suppressed_message_never_changes(run: Run) -> None:
    message = MessageFactory.create(run=run, state=State.SUPPRESSED, reason=Reason.NO_PHONE)

    apply_reports([report(message, State.READ, minute(1))])

    assert times_of(message) == {"state": State.SUPPRESSED}
    assert (message.reason, events_of(message)) == (Reason.NO_PHONE, [])


def test_another_projects_message_is_not_touched(run: Run) -> None:
    message = sent(run)
    stranger = ProjectFactory.create()

    apply_reports([report(message, State.READ, minute(1), project_id=stranger.pk)])

    assert times_of(message) == {"state": State.SENT, "sent_at": T}
    assert tallied(run) == {"sent": 1}


def test_a_message_without_a_run_has_its_events_but_no_numbers(run: Run) -> None:
    message = MessageFactory.create(
        run=None, project=run.campaign.project, kind=2, state=State.SENT, sent_at=T
    )

    apply_reports([report(message, State.DELIVERED, minute(1))])

    event = Event.objects.get()
    assert (event.name, event.properties) == (EventName.DELIVERED, {"Provider": "Gupshup"})


def test_an_event_says_which_campaign_and_variant_it_came_from(run: Run) -> None:
    variant = VariantFactory.create(campaign=run.campaign, position=1)
    message = MessageFactory.create(run=run, variant=variant, state=State.SENT, sent_at=T)

    apply_reports([report(message, State.DELIVERED, minute(1))])

    event = Event.objects.get()
    assert (event.project, event.profile, event.properties) == (
        message.project,
        message.profile,
        {
            "Campaign id": run.campaign.pk,
            "Campaign name": run.campaign.name,
            "Campaign type": "WhatsApp",
            "Variant": "B",
            "Provider": "Gupshup",
        },
    )


@pytest.mark.django_db(transaction=True)
def test_many_at_once_count_everything_once() -> None:
    run = RunFactory.create()
    messages = [sent(run) for _ in range(30)]
    start = threading.Barrier(6)

    def apply_all(shift: int) -> None:
        turned = messages[shift:] + messages[:shift]
        start.wait()
        for status in (State.READ, State.DELIVERED, State.SENT):
            with transaction.atomic():
                apply_reports([report(message, status, minute(1)) for message in turned])
        connection.close()

    threads = [threading.Thread(target=apply_all, args=[5 * n]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tallied(run) == recount(run) == {"sent": 30, "delivered": 30, "read": 30}
    assert Event.objects.count() == 60


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([(State.READ, 9), (State.READ, 8)], (8, 8, 8)),
        ([(State.READ, 9), (State.DELIVERED, 7)], (7, 7, 9)),
        ([(State.READ, 9), (State.DELIVERED, 7), (State.DELIVERED, 6), (State.SENT, 5)], (5, 6, 9)),
        ([(State.DELIVERED, 7), (State.SENT, 5), (State.SENT, 4)], (4, 7)),
    ],
)
def test_each_event_names_the_first_callback_that_told_it(
    run: Run, told: list[tuple[Reportable, int]], expected: tuple[int, ...]
) -> None:
    message = queued(run)

    apply_reports([report(message, status, minute(1), source=source) for status, source in told])

    events = dict(Event.objects.filter(message=message).values_list("name", "source"))
    names = (EventName.SENT, EventName.DELIVERED, EventName.VIEWED)
    assert tuple(events[name] for name in names if name in events) == expected
