"""Schedules as campaigns keep them."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.planning.schedule import Schedule, mistakes
from campaigns.planning.schedule_document import (
    UNREADABLE,
    ScheduleError,
    as_document,
    read_schedule,
)
from tests.campaigns.planning.test_schedule import schedules

DAILY = {"every": "day", "n": 1, "at": "10:00", "starts_on": "2026-12-01"}


@given(schedules())
def test_what_is_written_is_read_again(schedule: Schedule) -> None:
    if not mistakes(schedule):
        assert read_schedule(as_document(schedule)) == schedule


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "every day",
        {},
        {**DAILY, "every": "year"},
        {**DAILY, "n": "1"},
        {**DAILY, "n": True},
        {**DAILY, "n": 1.5},
        {**DAILY, "at": 10},
        {**DAILY, "at": "25:00"},
        {**DAILY, "starts_on": "2026-02-30"},
        {**DAILY, "until": 20261231},
        {**DAILY, "weekdays": 3},
        {**DAILY, "weekdays": ["Monday"]},
        {**DAILY, "times": "many"},
        {**DAILY, "again_days": "30"},
        {**DAILY, "zone": "Asia/Kolkata"},
    ],
)
def test_what_nobody_can_have_written_is_refused(document: Any) -> None:
    with pytest.raises(ScheduleError) as refused:
        read_schedule(document)
    assert str(refused.value) == UNREADABLE


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n": 0}, "Every 0 days can't be. Choose a number from 1 to 365."),
        ({"every": "week"}, "Choose at least one day of the week."),
        ({"until": "2026-11-30"}, "It would end before it starts. Choose a later end."),
    ],
)
def test_what_makes_no_sense_says_what_to_choose(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        read_schedule({**DAILY, **changes})
    assert str(refused.value) == words


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_garbage_is_refused_and_nothing_breaks(garbage: Any) -> None:
    for document in (garbage, {**DAILY, "n": garbage}, {**DAILY, "weekdays": garbage}):
        with suppress(ScheduleError):
            assert mistakes(read_schedule(document)) == []
