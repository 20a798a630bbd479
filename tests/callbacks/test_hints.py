import time
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from callbacks import hints
from callbacks.hints import DrainWaker

QUEUE = "default"


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """Not the drains' own, which callbacks of other tests may still wake up."""
    monkeypatch.setattr(hints, "DRAIN_TASK", "tests.drain")
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(QUEUE)
    yield client
    client.delete(QUEUE)


def wait_for(queue: redis.Redis, length: int) -> int:
    deadline = time.monotonic() + 10
    while queue.llen(QUEUE) < length and time.monotonic() < deadline:
        time.sleep(0.01)
    return queue.llen(QUEUE)


def test_a_wake_up_is_a_task_in_the_queue(queue: redis.Redis) -> None:
    DrainWaker().wake()

    assert wait_for(queue, 1) == 1


def test_many_wake_ups_at_once_are_few_drains_and_one_always_follows_the_last(
    queue: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "HINT_EVERY", 0.05)
    waker = DrainWaker()
    waker.wake()
    wait_for(queue, 1)

    for _ in range(100):
        waker.wake()

    assert wait_for(queue, 2) == 2
