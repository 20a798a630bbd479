"""Pacing: one rate for all workers, by Redis' clock."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
from django.conf import settings
from pytest_django import Settings

from campaigns.pace import rate as pacing
from campaigns.pace.rate import Permits, give_back, slow_down, take

PROJECT = 4711


@pytest.fixture(autouse=True)
def _empty_bucket() -> None:
    redis.Redis.from_url(settings.REDIS_URL).delete(f"pace:{PROJECT}")


@contextmanager
def time_passes(seconds: float) -> Iterator[None]:
    """The bucket believes that it was last looked at that long ago."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    at = float(client.hget(f"pace:{PROJECT}", "at") or 0)
    client.hset(f"pace:{PROJECT}", "at", str(at - seconds))
    yield


def granted(permits: Permits | None) -> int:
    assert permits is not None
    return permits.bulk


def ask(bulk: int, *, rate: int = 100, urgent: int = 0) -> int:
    return granted(take(PROJECT, rate=rate, urgent=urgent, bulk=bulk))


def test_a_new_bucket_is_empty() -> None:
    assert ask(50) == 0


def test_a_long_rest_saves_up_a_tenth_of_a_second_only() -> None:
    ask(0)
    with time_passes(3600):
        assert ask(1000) == 10


def test_a_slow_rate_still_lets_one_message_out() -> None:
    ask(0, rate=1)
    with time_passes(1):
        assert ask(10, rate=1) == 1


def test_urgent_messages_take_what_campaigns_would_get_next() -> None:
    ask(0)
    with time_passes(0.1):
        assert ask(50, urgent=6) == pytest.approx(4, abs=1)
    assert ask(50, urgent=20) == 0
    with time_passes(0.1):
        assert ask(50) == 0


def test_urgent_messages_wait_for_no_campaign_but_keep_the_rate() -> None:
    ask(0)
    total, began = 0, time.monotonic()
    for _ in range(20):
        with time_passes(0.1):
            permits = take(PROJECT, rate=100, urgent=1000, bulk=1000)
            assert permits is not None
            total += permits.urgent
            assert permits.bulk == 0

    # Two seconds of the rate, what this took, and one second in advance.
    took = time.monotonic() - began
    assert total == pytest.approx(300 + 100 * took, abs=5)


def test_a_slow_rate_still_lets_one_urgent_message_out() -> None:
    permits = take(PROJECT, rate=1, urgent=5, bulk=0)
    assert permits is not None
    assert permits.urgent == 1


def test_unused_permits_come_back() -> None:
    ask(0)
    with time_passes(1):
        ask(25)
    give_back(PROJECT, 10)

    assert ask(50) == pytest.approx(10, abs=1)


def test_a_throttling_answer_halves_the_rate_once_a_second() -> None:
    take(PROJECT, rate=100, urgent=0, bulk=0)
    slow_down(PROJECT)
    slow_down(PROJECT)

    permits = take(PROJECT, rate=100, urgent=0, bulk=0)
    assert permits is not None
    assert permits.rate == pytest.approx(50, abs=1)


def test_the_rate_creeps_back() -> None:
    take(PROJECT, rate=100, urgent=0, bulk=0)
    slow_down(PROJECT)
    with time_passes(60):
        permits = take(PROJECT, rate=100, urgent=0, bulk=0)

    assert permits is not None
    assert permits.rate == 100


def test_nothing_leaves_while_redis_is_away(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert take(PROJECT, rate=100, urgent=0, bulk=5) is None
    give_back(PROJECT, 5)
    slow_down(PROJECT)


def test_the_rate_holds_over_a_second_of_greedy_asking() -> None:
    assert pacing.BURST_SECONDS == 0.1
    start, total = time.monotonic(), 0
    while (passed := time.monotonic() - start) < 1.0:
        total += ask(1000, rate=200)
    assert total <= 200 * passed + 1


def test_a_campaigns_own_throttle_holds_beside_the_providers_rate() -> None:
    campaign = 815
    redis.Redis.from_url(settings.REDIS_URL).delete(f"pace:campaign:{campaign}")
    pacing.take_throttled(campaign, per_minute=600, wanted=0)
    client = redis.Redis.from_url(settings.REDIS_URL)
    at = float(client.hget(f"pace:campaign:{campaign}", "at") or 0)
    client.hset(f"pace:campaign:{campaign}", "at", str(at - 60))

    taken = [pacing.take_throttled(campaign, per_minute=600, wanted=50) for _ in range(2)]

    assert taken == [2, 0]  # ten a second: a quarter of a second is saved up


def test_a_provider_that_nobody_answers_for_gets_probes_at_growing_distances() -> None:
    ask(0)
    first, again = pacing.hold(PROJECT), pacing.hold(PROJECT)
    with time_passes(1):
        held = take(PROJECT, rate=100, urgent=0, bulk=10)
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.hset(f"pace:{PROJECT}", "held", "1")
    probes = [take(PROJECT, rate=100, urgent=0, bulk=10) for _ in range(2)]

    assert (first, again) == (1, 1)  # what failed together counts once
    assert held == Permits(urgent=0, bulk=0, rate=100, held=True)
    assert [granted(probe) for probe in probes] == [1, 0]
    assert pacing.rate_in_force(PROJECT, rate=100) == 0
    pacing.release(PROJECT)
    assert pacing.rate_in_force(PROJECT, rate=100) == 100
