"""Hints that are given by a thread of their own."""

import time
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from providers.hints import Waker

QUEUE = "default"


def waker() -> Waker:
    """Not for a task of the product, whose wakers other tests may have set off."""
    return Waker("tests.hinted", every=0.05, expires=5)


@pytest.fixture
def queue() -> Iterator[redis.Redis]:
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
    waker().wake()

    assert wait_for(queue, 1) == 1


def test_many_wake_ups_at_once_are_few_hints_and_one_always_follows_the_last(
    queue: redis.Redis,
) -> None:
    asked = waker()
    asked.wake()
    wait_for(queue, 1)

    for _ in range(100):
        asked.wake()

    assert wait_for(queue, 2) == 2
