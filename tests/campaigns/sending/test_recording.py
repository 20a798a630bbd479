"""Recording: what an answer makes of a message, whatever else has happened to it meanwhile."""

from datetime import UTC, datetime, timedelta
from json import loads

import pytest
from django.utils import timezone
from pytest_django import Settings

from campaigns.feedback.delivery import Report, apply_reports
from campaigns.ledger.tallies import fold, totals
from campaigns.models import (
    Event,
    EventName,
    GatewayId,
    KeptValues,
    Message,
    Outbox,
    OutboxState,
    Reason,
    Run,
    State,
)
from campaigns.sending.recording import Consent, Ending, Result, record
from providers.models import GatewayConsent, Project
from tests.campaigns.recount import recount
from tests.campaigns.states import count
from tests.factories import MessageFactory, OutboxFactory, RunFactory, TallyFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def run(project: Project) -> Run:
    return RunFactory.create(campaign__project=project)


def sending(run: Run, *, state: State = State.QUEUED, attempt: int = 1) -> Message:
    """A message whose outbox row is claimed for this attempt."""
    message = MessageFactory.create(run=run, state=state)
    OutboxFactory.create(message=message, state=OutboxState.CLAIMED, attempt=attempt)
    TallyFactory.create(run=run, name="targeted", n=1)
    for name in {State.QUEUED: ["queued"], State.IN_DOUBT: ["in_doubt"]}.get(state, []):
        TallyFactory.create(run=run, name=name, n=1)
    return message


def result(message: Message, ending: Ending, *, attempt: int = 1, **more: object) -> Result:
    return Result(message_id=message.pk, attempt=attempt, ending=ending, at=AT, **more)  # type: ignore[arg-type]


def outcome(message: Message) -> tuple[int, str, str, int, bool]:
    message.refresh_from_db()
    in_outbox = Outbox.objects.filter(message=message).exists()
    return message.state, message.reason, message.code, message.attempt, in_outbox


def test_an_accepted_message_is_sent_counted_and_an_event(run: Run) -> None:
    message = sending(run)
    external_id = f"4687162516402008133-{message.pk}-1"

    record([result(message, Ending.ACCEPTED, external_id=external_id)], [])

    assert outcome(message) == (State.SENT, "", "", 1, False)
    assert (message.external_id, message.sent_at) == (external_id, AT)
    assert list(Event.objects.values_list("message", "name", "at")) == [
        (message.pk, EventName.SENT, AT)
    ]
    assert GatewayId.objects.count() == 0
    assert dict(totals([run.pk])) == recount([run.pk])


def test_what_was_filled_in_is_kept_where_it_may_have_left_whatever_it_holds(run: Run) -> None:
    """What PostgreSQL can't hold, either, and once for the attempt that counts."""
    odd = {"body.1": 'Asha\x00\ud800 {} "😀', "button.0": "नमस्ते"}
    taken, doubted, refused, late = (sending(run) for _ in range(4))
    endings = {taken: Ending.ACCEPTED, doubted: Ending.IN_DOUBT, refused: Ending.FAILED}

    results = [result(message, ending, own=odd) for message, ending in endings.items()]
    record([*results, result(late, Ending.ACCEPTED, attempt=2, own=odd)], [])

    kept = {row.message_id: (row.at, row.attempt, loads(row.filled)) for row in _kept()}
    assert kept == {one.pk: (one.created_at, 1, odd) for one in (taken, doubted)}


def _kept() -> list[KeptValues]:
    return list(KeptValues.objects.all())


def test_an_id_that_does_not_end_in_ours_is_kept_to_be_found(run: Run) -> None:
    message = sending(run)

    record([result(message, Ending.ACCEPTED, external_id="5723377696826470512-4419913913")], [])

    assert list(GatewayId.objects.values_list("external_id", "message")) == [
        ("5723377696826470512-4419913913", message.pk)
    ]


def test_a_refused_message_fails_with_gupshups_code(run: Run) -> None:
    message = sending(run)

    record([result(message, Ending.FAILED, reason=Reason.REFUSED, code="105", detail="bad")], [])

    assert outcome(message) == (State.FAILED, Reason.REFUSED, "105", 1, False)
    assert dict(totals([run.pk])) == {"targeted": 1, "failed": 1, "failed:refused:105": 1}


def test_a_retry_goes_back_to_the_outbox_for_later(run: Run) -> None:
    message = sending(run)

    record([result(message, Ending.RETRY, code="429", delay=30.0)], [])

    assert outcome(message) == (State.QUEUED, "", "429", 1, True)
    row = Outbox.objects.get()
    assert (row.state, row.attempt, row.tries) == (OutboxState.READY, 1, 1)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_an_attempt_in_doubt_keeps_its_place_until_it_is_settled(run: Run) -> None:
    message = sending(run)

    record([result(message, Ending.IN_DOUBT, code="timed_out")], [])

    assert outcome(message) == (State.IN_DOUBT, "", "timed_out", 1, True)
    assert Outbox.objects.get().state == OutboxState.IN_DOUBT
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_missing_value_suppresses_the_message(run: Run) -> None:
    message = sending(run)

    record([result(message, Ending.SUPPRESSED, reason=Reason.MISSING_VALUE)], [])

    assert outcome(message) == (State.SUPPRESSED, Reason.MISSING_VALUE, "", 1, False)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_report_that_came_before_the_answer_is_not_undone(run: Run) -> None:
    message = sending(run)
    Message.objects.filter(pk=message.pk).update(state=State.READ, sent_at=AT, read_at=AT)

    record([result(message, Ending.ACCEPTED, external_id=f"1-{message.pk}-1")], [])

    assert outcome(message) == (State.READ, "", "", 1, False)
    assert message.external_id == f"1-{message.pk}-1"
    assert Event.objects.count() == 0


@pytest.mark.parametrize("ending", [Ending.IN_DOUBT, Ending.RETRY])
def test_a_report_settles_what_the_answer_left_open(run: Run, ending: Ending) -> None:
    message = sending(run)
    Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=AT)

    record([result(message, ending, code="timed_out")], [])

    assert outcome(message)[0] == State.SENT
    assert Outbox.objects.count() == 0


def test_an_answer_leaves_the_code_of_a_report_that_was_earlier(run: Run) -> None:
    message = sending(run)
    report = Report(
        project_id=run.campaign.project_id,
        message_id=message.pk,
        attempt=1,
        status=State.FAILED,
        at=AT,
        code="003",
    )
    apply_reports([report])

    record([result(message, Ending.RETRY, code="http_503", detail="Overloaded")], [])

    assert outcome(message) == (State.FAILED, Reason.REPORTED, "003", 1, False)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_what_was_in_doubt_and_can_no_longer_be_sent_is_unknown(run: Run) -> None:
    message = sending(run, state=State.IN_DOUBT, attempt=2)

    missing = result(message, Ending.SUPPRESSED, attempt=2, reason=Reason.MISSING_VALUE)
    record([missing], [])

    assert outcome(message) == (State.UNKNOWN, Reason.UNKNOWN, "", 2, False)
    assert message.failed_at == AT
    assert dict(totals([run.pk])) == recount([run.pk])


def test_an_answer_to_an_earlier_attempt_changes_nothing(run: Run) -> None:
    message = sending(run, attempt=2)

    record([result(message, Ending.ACCEPTED, attempt=1)], [])

    assert outcome(message) == (State.QUEUED, "", "", 0, True)


def test_a_late_answer_settles_what_was_in_doubt(run: Run) -> None:
    message = sending(run, state=State.IN_DOUBT)
    Outbox.objects.update(state=OutboxState.IN_DOUBT)

    record([result(message, Ending.ACCEPTED)], [])

    assert outcome(message) == (State.SENT, "", "", 1, False)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_recording_twice_counts_once(run: Run) -> None:
    message = sending(run)

    for _ in range(2):
        record([result(message, Ending.ACCEPTED)], [])

    assert dict(totals([run.pk])) == {"targeted": 1, "sent": 1}
    assert Event.objects.count() == 1


def test_folding_changes_no_number(run: Run) -> None:
    for message in [sending(run) for _ in range(30)]:
        record([result(message, Ending.ACCEPTED)], [])
    before = dict(totals([run.pk]))

    assert fold() == 1
    assert dict(totals([run.pk])) == before == {"targeted": 30, "sent": 30}
    assert run.tallies.count() == 2


def test_the_last_answer_about_a_phone_is_remembered(project: Project) -> None:
    def consent(*, opted_in: bool, second: int) -> Consent:
        at = AT.replace(second=second)
        return Consent(project_id=project.pk, match_key=91, opted_in=opted_in, code="", at=at)

    record([], [consent(opted_in=False, second=1)])
    record([], [consent(opted_in=False, second=2), consent(opted_in=True, second=3)])
    record([], [consent(opted_in=False, second=2)])  # it was kept while PostgreSQL was away

    assert list(GatewayConsent.objects.values_list("match_key", "opted_in")) == [(91, True)]


@pytest.mark.parametrize(("counts", "tries"), [(True, 3), (False, 2)])
def test_a_retry_waits_for_its_delay_and_counts_if_it_is_told_to(
    run: Run, counts: bool, tries: int
) -> None:
    message = sending(run)
    Outbox.objects.update(tries=2)
    before = timezone.now()

    record([result(message, Ending.RETRY, detail="busy", delay=30.0, counts=counts)], [])

    row = Outbox.objects.get()
    assert row.tries == tries
    assert timedelta(seconds=29) < row.due_at - before < timedelta(minutes=2)
    message.refresh_from_db()
    assert (message.detail, message.sent_at, message.failed_at) == ("busy", None, None)


@pytest.mark.parametrize("ending", [Ending.RETRY, Ending.IN_DOUBT])
def test_a_try_that_ended_with_its_lease_counts_once(run: Run, ending: Ending) -> None:
    message = sending(run)
    Outbox.objects.update(tries=3, state=OutboxState.IN_DOUBT)

    record([result(message, ending, delay=30.0, counts=True)], [])

    assert Outbox.objects.get().tries == 3


def test_a_doubt_lasts_longer_than_its_lease_its_call_and_late_reports(
    run: Run, settings: Settings
) -> None:
    settings.SEND_LEASE, settings.GATEWAY_TOTAL_TIMEOUT = 100, 20
    settings.DOUBT_SETTLES_AFTER = 900
    sending(run)
    before = timezone.now()

    record([result(Message.objects.get(), Ending.IN_DOUBT, delay=5.0)], [])

    lasts = Outbox.objects.get().due_at - before
    assert timedelta(seconds=1019) < lasts < timedelta(seconds=1140)


def test_a_failure_says_when_and_how_and_was_never_sent(run: Run) -> None:
    message = sending(run)

    record([result(message, Ending.FAILED, reason=Reason.REFUSED, code="105", detail="bad")], [])

    message.refresh_from_db()
    assert (message.failed_at, message.sent_at, message.detail) == (AT, None, "bad")
    assert Event.objects.count() == 0


def test_an_answer_moves_no_time_that_a_report_has_told(run: Run) -> None:
    message = sending(run)
    told = AT - timedelta(seconds=3)
    known = {"state": State.SENT, "sent_at": told, "failed_at": told, "external_id": "7-known"}
    Message.objects.filter(pk=message.pk).update(**known)

    record([result(message, Ending.ACCEPTED, external_id="")], [])

    message.refresh_from_db()
    assert {name: getattr(message, name) for name in known} == known
    assert Event.objects.count() == 0
    assert GatewayId.objects.count() == 0


def test_a_row_that_waits_for_its_turn_is_nobodys_attempt(run: Run) -> None:
    message = sending(run)
    Outbox.objects.update(state=OutboxState.READY)

    record([result(message, Ending.ACCEPTED)], [])

    assert outcome(message) == (State.QUEUED, "", "", 0, True)


@pytest.mark.parametrize(
    ("ending", "attempt", "state"),
    [
        (Ending.ACCEPTED, 1, State.SENT),  # after its second attempt was put off
        (Ending.ACCEPTED, 2, State.SENT),
        (Ending.ACCEPTED, 3, State.IN_DOUBT),
        (Ending.FAILED, 2, State.IN_DOUBT),
    ],
)
def test_a_late_word_that_it_was_taken_keeps_it_from_being_sent_again(
    run: Run, ending: Ending, attempt: int, state: State
) -> None:
    message = sending(run, state=State.IN_DOUBT, attempt=2)
    Outbox.objects.update(state=OutboxState.READY)

    record([result(message, ending, attempt=attempt)], [])

    message.refresh_from_db()
    assert (message.state, Outbox.objects.exists()) == (state, state is State.IN_DOUBT)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_late_word_that_it_was_taken_is_believed_when_nobody_would_know_any_more(
    run: Run,
) -> None:
    """The worker could not reach PostgreSQL until the doubts of its attempts were settled."""
    taken, refused = (
        MessageFactory.create(run=run, state=State.UNKNOWN, reason=Reason.UNKNOWN, attempt=1)
        for _ in range(2)
    )
    count(run)

    accepted = result(taken, Ending.ACCEPTED, external_id="4687-1", own={"body.1": "Asha"})
    late = [accepted, result(refused, Ending.FAILED)]
    for _ in range(2):
        record(late, [])

    assert outcome(taken) == (State.SENT, "", "", 1, False)
    assert (taken.sent_at, taken.external_id) == (AT, "4687-1")
    assert outcome(refused) == (State.UNKNOWN, Reason.UNKNOWN, "", 1, False)
    assert list(Event.objects.values_list("message", "name")) == [(taken.pk, EventName.SENT)]
    assert [(row.message_id, loads(row.filled)) for row in _kept()] == [(taken.pk, accepted.own)]
    assert dict(totals([run.pk])) == recount([run.pk])


def test_of_whom_was_erased_meanwhile_a_late_word_keeps_nothing(run: Run) -> None:
    erased = MessageFactory.create(
        run=run, state=State.UNKNOWN, reason=Reason.UNKNOWN, attempt=1, profile=None, phone=""
    )
    record([result(erased, Ending.ACCEPTED, external_id="4687-1", own={"body.1": "Asha"})], [])
    assert (outcome(erased)[0], list(_kept())) == (State.SENT, [])


def test_each_of_many_results_goes_to_its_own_message(run: Run) -> None:
    sent, failed, again, doubtful = (sending(run) for _ in range(4))

    record(
        [
            result(doubtful, Ending.IN_DOUBT, code="timed_out"),
            result(failed, Ending.FAILED, reason=Reason.REFUSED, code="105"),
            result(again, Ending.RETRY, code="429"),
            result(sent, Ending.ACCEPTED, external_id=f"1-{sent.pk}-1"),
        ],
        [],
    )

    assert [outcome(message) for message in (sent, failed, again, doubtful)] == [
        (State.SENT, "", "", 1, False),
        (State.FAILED, Reason.REFUSED, "105", 1, False),
        (State.QUEUED, "", "429", 1, True),
        (State.IN_DOUBT, "", "timed_out", 1, True),
    ]
    assert dict(totals([run.pk])) == recount([run.pk])


def test_of_two_answers_about_a_phone_the_later_one_holds_whatever_their_order(
    project: Project,
) -> None:
    def consent(*, opted_in: bool, code: str, second: int) -> Consent:
        at = AT.replace(second=second)
        return Consent(project_id=project.pk, match_key=91, opted_in=opted_in, code=code, at=at)

    late = consent(opted_in=True, code="ok", second=9)
    early = consent(opted_in=False, code="105", second=1)

    record([], [late, early])

    kept = GatewayConsent.objects.get()
    assert (kept.opted_in, kept.code, kept.answered_at) == (True, "ok", late.at)
