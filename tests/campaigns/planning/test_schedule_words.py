"""The sentence that says a schedule, and its dates where clocks change."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from campaigns.planning.schedule import Every, Schedule, dues
from campaigns.planning.schedule_words import due_in_words, in_words


def plan(every: str, **rest: object) -> Schedule:
    known = {"at": time(2, 30), "starts_on": date(2027, 3, 27), "every": Every(every)}
    return Schedule(**{**known, **rest})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("schedule", "wanted"),
    [
        (plan("day"), "Every day at 02:30 (Europe/Berlin), from 27 March 2027 on."),
        (
            plan("day", n=3, until=date(2027, 5, 1)),
            "Every 3 days at 02:30 (Europe/Berlin), from 27 March 2027 until 1 May 2027.",
        ),
        (
            plan("week", weekdays=frozenset({5, 1}), times=9),
            (
                "Every week on Monday and Friday at 02:30 (Europe/Berlin),"
                " from 27 March 2027, 9 times."
            ),
        ),
        (
            plan("month", month_day=31, times=1),
            "Every month on the last day at 02:30 (Europe/Berlin), from 27 March 2027, once.",
        ),
        (
            plan("month", n=2, month_day=30),
            (
                "Every 2 months on day 30, or the last day of a shorter month, at 02:30"
                " (Europe/Berlin), from 27 March 2027 on."
            ),
        ),
        (
            plan("month", month_day=28, again_days=1500),
            (
                "Every month on day 28 at 02:30 (Europe/Berlin), from 27 March 2027 on."
                " Nobody gets it again within 1,500 days."
            ),
        ),
        (
            plan("month", month_day=28),
            "Every month on day 28 at 02:30 (Europe/Berlin), from 27 March 2027 on.",
        ),
    ],
)
def test_a_schedule_is_a_sentence(schedule: Schedule, wanted: str) -> None:
    assert in_words(schedule, clock="Europe/Berlin") == wanted


def test_a_date_says_why_it_is_not_at_the_planned_time() -> None:
    berlin, daily = ZoneInfo("Europe/Berlin"), plan("day", times=3)
    dates = dues(daily, berlin, after=datetime(2027, 3, 1, tzinfo=UTC))
    assert [due_in_words(due, daily, berlin) for due in dates] == [
        "Saturday, 27 March 2027, 02:30",
        "Sunday, 28 March 2027, 03:00, since the clocks jump over 02:30 on 28 March 2027",
        "Monday, 29 March 2027, 02:30",
    ]
