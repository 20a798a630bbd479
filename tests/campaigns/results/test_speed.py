from datetime import UTC, datetime, timedelta

import pytest

from campaigns.models import Run
from campaigns.results.numbers import Results
from campaigns.results.speed import Sample, average, duration_words, look_again, seconds_left

START = datetime(2026, 3, 1, tzinfo=UTC)


def test_speed_is_measured_between_two_looks() -> None:
    first = look_again(None, at=100.0, attempted=0)
    second = look_again(first, at=102.0, attempted=40)
    third = look_again(second, at=104.0, attempted=40)
    assert (first.per_second, second.per_second, third.per_second) == (
        None,
        20.0,
        pytest.approx(14.0),
    )


def test_two_looks_at_once_measure_nothing() -> None:
    first = Sample(100.0, 10, 5.0)
    assert look_again(first, at=100.5, attempted=30) is first


@pytest.mark.parametrize("at", [99.0, 500.0])
def test_a_look_from_the_future_or_long_ago_is_forgotten(at: float) -> None:
    assert look_again(Sample(100.0, 10, 5.0), at=at, attempted=30) == Sample(at, 30)


@pytest.mark.parametrize(("per_second", "expected"), [(None, 5.0), (10.0, 10.0), (0.0, None)])
def test_the_rest_is_reckoned_by_the_speed_or_at_first_by_the_limit(
    per_second: float | None, expected: float | None
) -> None:
    assert seconds_left(Results({"queued": 100}), per_second=per_second, limit=20) == expected


def test_a_campaign_of_a_few_messages_a_minute_has_a_time_left_too() -> None:
    assert seconds_left(Results({"queued": 5}), per_second=0.0, limit=0.1) == 50.0


def test_the_average_is_over_the_runs_that_have_ended() -> None:
    ended = Run(launched_at=START, finished_at=START + timedelta(seconds=50))
    own, later = Results({"targeted": 110, "suppressed": 20}), Results({"targeted": 10})
    at_once = Run(launched_at=START, finished_at=START)
    assert average([(ended, own), (Run(), later)]) == 2.0
    assert average([(at_once, Results({"targeted": 5}))]) is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "less than a minute"),
        (61, "about 1 minute"),
        (1500, "about 25 minutes"),
        (3600, "about 1 hour"),
        (8400, "about 2 hours 20 minutes"),
        (90_000, "about 1 day 1 hour"),
        (172_800, "about 2 days"),
    ],
)
def test_durations_are_told_as_people_plan_by_them(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words
