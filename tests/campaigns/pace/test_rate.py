"""Pacing: one rate for all workers, by Redis' clock."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
from django.conf import settings
from pytest_django import Settings

from campaigns.pace.rate import (
    BURST_SECONDS,
    Permits,
    give_back,
    hold,
    rate_in_force,
    release,
    slow_down,
    take,
    take_throttled,
)

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
    assert BURST_SECONDS == 0.1
    start, total = time.monotonic(), 0
    while (passed := time.monotonic() - start) < 1.0:
        total += ask(1000, rate=200)
    assert total <= 200 * passed + 1


def test_a_campaigns_own_throttle_holds_beside_the_providers_rate() -> None:
    campaign = 815
    redis.Redis.from_url(settings.REDIS_URL).delete(f"pace:campaign:{campaign}")
    take_throttled(campaign, per_minute=600, wanted=0)
    client = redis.Redis.from_url(settings.REDIS_URL)
    at = float(client.hget(f"pace:campaign:{campaign}", "at") or 0)
    client.hset(f"pace:campaign:{campaign}", "at", str(at - 60))

    taken = [take_throttled(campaign, per_minute=600, wanted=50) for _ in range(2)]

    assert taken == [2, 0]  # ten a second: a quarter of a second is saved up


def test_a_provider_that_nobody_answers_for_gets_probes_at_growing_distances() -> None:
    ask(0)
    first, again = hold(PROJECT), hold(PROJECT)
    with time_passes(1):
        held = take(PROJECT, rate=100, urgent=0, bulk=10)
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.hset(f"pace:{PROJECT}", "held", "1")
    probes = [take(PROJECT, rate=100, urgent=0, bulk=10) for _ in range(2)]

    assert (first, again) == (1, 1)  # what failed together counts once
    assert held == Permits(urgent=0, bulk=0, rate=100, held=True)
    assert [granted(probe) for probe in probes] == [1, 0]
    assert rate_in_force(PROJECT, rate=100) == 0
    release(PROJECT)
    assert rate_in_force(PROJECT, rate=100) == 100


# The clock of Redis steps ---------------------------------------------------------------------


def stored_under_a_clock_ahead_by(seconds: float, key: str = f"pace:{PROJECT}") -> None:
    """Redis' clock steps back so far; where it is negative, it jumps ahead."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    for name in ("at", "held", "noted", "slowed"):
        if (kept := client.hget(key, name)) is not None:
            client.hset(key, name, str(float(kept) + seconds))


def test_after_a_step_back_of_the_clock_sending_goes_on_at_its_rate() -> None:
    ask(0)
    with time_passes(0.05):
        ask(0)
    stored_under_a_clock_ahead_by(60)
    kept = ask(50)
    with time_passes(0.1):
        later = ask(50)

    assert (kept, later) == (pytest.approx(5, abs=1), 10)


def test_a_clock_that_jumps_ahead_gives_no_more_than_a_lull() -> None:
    ask(0)
    stored_under_a_clock_ahead_by(-60)
    permits = take(PROJECT, rate=100, urgent=1000, bulk=1000)

    assert permits is not None
    # A second in advance is what urgent messages may always take.
    assert (permits.urgent, permits.bulk) == (pytest.approx(110, abs=1), 0)


def test_a_clock_that_steps_to_and_fro_gives_no_burst() -> None:
    ask(0)
    total = 0
    for step in (60, -60, 60, -60):
        stored_under_a_clock_ahead_by(step)
        total += ask(1000)

    assert total <= 100 * 0.1 * 2 + 3


def test_a_step_back_leaves_the_slowed_rate_as_it_is_and_lets_it_slow_down_more() -> None:
    ask(0)
    slow_down(PROJECT)
    stored_under_a_clock_ahead_by(60)
    seen = [rate_in_force(PROJECT, rate=100)]
    slow_down(PROJECT)
    seen.append(rate_in_force(PROJECT, rate=100))

    assert seen == [pytest.approx(50, abs=1), pytest.approx(25, abs=1)]


def test_a_step_back_keeps_no_probe_waiting_longer_than_a_probe_lasts() -> None:
    ask(0)
    hold(PROJECT)
    stored_under_a_clock_ahead_by(60)
    probes = [ask(10), ask(10)]
    stored_under_a_clock_ahead_by(60)

    assert (probes, hold(PROJECT)) == ([1, 0], 2)


def test_a_step_back_does_not_stop_a_campaign_that_has_its_own_throttle() -> None:
    campaign = 816
    key = f"pace:campaign:{campaign}"
    redis.Redis.from_url(settings.REDIS_URL).delete(key)
    take_throttled(campaign, per_minute=600, wanted=0)
    stored_under_a_clock_ahead_by(3600, key)
    take_throttled(campaign, per_minute=600, wanted=0)
    stored_under_a_clock_ahead_by(-0.15, key)

    assert take_throttled(campaign, per_minute=600, wanted=50) == 1


def test_a_redis_that_has_forgotten_the_scripts_is_told_them_again() -> None:
    ask(0)
    redis.Redis.from_url(settings.REDIS_URL).script_flush()
    with time_passes(3600):
        assert ask(1000) == 10
