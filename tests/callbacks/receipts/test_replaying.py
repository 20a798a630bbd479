from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from callbacks.models import ParkedFact, Receipt, ReceiptState
from callbacks.receipts import processing
from callbacks.receipts.replaying import replay
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.callbacks.posting import report
from tests.factories import ReceiptFactory


@pytest.fixture
def failed(project: Project) -> Receipt:
    return ReceiptFactory.create(
        project=project, state=ReceiptState.FAILED, tries=3, problem="ZeroDivisionError"
    )


def test_a_replayed_receipt_is_processed_as_if_it_were_new(failed: Receipt) -> None:
    assert replay(Receipt.objects.all(), by=SYSTEM) == 1

    failed.refresh_from_db()
    assert (failed.state, failed.tries, failed.problem) == (ReceiptState.WAITING, 0, "")
    processing.drain()
    failed.refresh_from_db()
    assert (failed.state, failed.kind) == (ReceiptState.APPLIED, "inbound")


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_replay_waits_for_no_clock_but_postgresqls(
    minutes: int, failed: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console's may be apart from it by minutes."""
    there = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(timezone, "now", lambda: there)
    replay(Receipt.objects.all(), by=SYSTEM)
    processing.drain()
    failed.refresh_from_db()
    assert failed.state == ReceiptState.APPLIED


def test_a_waiting_receipt_is_left_alone(project: Project) -> None:
    ReceiptFactory.create(project=project, tries=2)

    assert replay(Receipt.objects.all(), by=SYSTEM) == 0
    assert Receipt.objects.get().tries == 2


def test_what_was_parked_is_not_parked_twice(project: Project) -> None:
    ReceiptFactory.create(project=project, payload=[report(1, extra=None, externalId="1-2")])
    processing.drain()

    replay(Receipt.objects.all(), by=SYSTEM)
    processing.drain()

    assert (ParkedFact.objects.count(), Receipt.objects.get().parked) == (1, 1)


def test_the_command_replays_the_failed_ones(
    failed: Receipt, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    ReceiptFactory.create(project=project, state=ReceiptState.APPLIED)

    call_command("replay_receipts")

    assert capsys.readouterr().out == "1 receipts will be processed again.\n"
    assert [r.pk for r in Receipt.objects.waiting()] == [failed.pk]


def test_the_command_replays_those_that_are_named(
    failed: Receipt, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    applied = ReceiptFactory.create(project=project, state=ReceiptState.APPLIED)

    call_command("replay_receipts", str(applied.pk))

    assert [r.pk for r in Receipt.objects.waiting()] == [applied.pk]
