from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from callbacks.models import InboundMessage, ParkedFact, Receipt, ReceiptState
from callbacks.receipts import pruning
from campaigns.models import Event
from providers.models import Project
from tests.factories import (
    EventFactory,
    InboundMessageFactory,
    ParkedFactFactory,
    ReceiptFactory,
)

pytestmark = pytest.mark.django_db
OLD = timezone.now() - timedelta(days=40)


@pytest.fixture(autouse=True)
def _kept(settings: Settings) -> None:
    settings.RECEIPT_KEEP_DAYS = 30
    settings.INBOUND_KEEP_DAYS = settings.EVENT_KEEP_DAYS = 0


def receipts(project: Project, count: int, *, days: int, state: int) -> list[int]:
    at = timezone.now() - timedelta(days=days)
    rows = ReceiptFactory.create_batch(count, project=project, received_at=at, state=state)
    return [row.pk for row in rows]


def test_old_callbacks_go_batch_by_batch_and_waiting_ones_stay(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "BATCH", 3)
    waiting = receipts(project, 1, days=60, state=ReceiptState.WAITING)
    receipts(project, 7, days=31, state=ReceiptState.APPLIED)
    receipts(project, 1, days=31, state=ReceiptState.FAILED)
    new = receipts(project, 2, days=29, state=ReceiptState.APPLIED)

    assert pruning.prune() == 8
    assert list(Receipt.objects.order_by("pk").values_list("pk", flat=True)) == [*waiting, *new]


def test_what_came_in_a_callback_outlives_it(project: Project) -> None:
    receipt = ReceiptFactory.create(project=project, received_at=OLD, state=ReceiptState.APPLIED)
    inbound = InboundMessageFactory.create(project=project, receipt=receipt)
    ParkedFactFactory.create(project=project, receipt=receipt)

    assert pruning.prune() == 1
    inbound.refresh_from_db()
    assert (inbound.receipt_id, ParkedFact.objects.count()) == (None, 0)


def test_inbound_messages_and_events_are_kept_unless_a_setting_says_how_long(
    project: Project, settings: Settings
) -> None:
    InboundMessageFactory.create(project=project, received_at=OLD, receipt=None)
    EventFactory.create(project=project, at=OLD)
    assert pruning.prune() == 0

    settings.INBOUND_KEEP_DAYS = settings.EVENT_KEEP_DAYS = 10

    assert pruning.prune() == 2
    assert (InboundMessage.objects.count(), Event.objects.count()) == (0, 0)


def test_the_file_of_a_message_goes_with_it(
    project: Project,
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    settings.MEDIA_ROOT, settings.INBOUND_KEEP_DAYS = tmp_path, 10
    (tmp_path / "copy").write_bytes(b"picture")
    InboundMessageFactory.create(project=project, received_at=OLD, receipt=None, file="copy")

    with django_capture_on_commit_callbacks(execute=True):
        assert pruning.prune() == 1

    assert list(tmp_path.iterdir()) == []
