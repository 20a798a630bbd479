import time

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import transaction

from campaigns.hints import SEND_TASK, wake_sender
from providers.hints import hint

QUEUE = "send"


@pytest.fixture
def queue() -> redis.Redis:
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(QUEUE)
    return client


def test_a_hint_is_a_task_in_its_queue(queue: redis.Redis) -> None:
    hint(SEND_TASK)

    assert queue.llen(QUEUE) >= 1  # the wakers of other tests may give one more
    queue.delete(QUEUE)


def test_a_hint_does_not_wait_for_a_broker_that_is_away(
    queue: redis.Redis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")

    hint(SEND_TASK)

    assert "The broker is away" in caplog.text
    assert queue.llen(QUEUE) == 0


@pytest.mark.django_db(transaction=True)
def test_a_transaction_hints_once_however_much_it_wrote(queue: redis.Redis) -> None:
    with transaction.atomic():
        for _ in range(5):
            wake_sender()
        assert transaction.get_connection().run_on_commit[1:] == []

    ends = time.monotonic() + 10
    while not queue.llen(QUEUE) and time.monotonic() < ends:
        time.sleep(0.01)
    assert queue.llen(QUEUE) >= 1
    queue.delete(QUEUE)
