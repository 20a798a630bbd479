"""What becomes of dates that came while nothing could be sent."""

from datetime import UTC, date, datetime, timedelta

import pytest

from campaigns.planning.missed_dates import Late, Outcome, decide
from campaigns.planning.schedule import Due

PLANNED = [Due(date(2026, 12, day), datetime(2026, 12, day, 10, tzinfo=UTC)) for day in (1, 2, 3)]
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("late", "hours", "cut_off", "held_by", "wanted"),
    [
        (Late.SKIP, 0, None, None, Outcome.SEND),
        (Late.SKIP, 1, None, None, Outcome.SEND),
        (Late.SKIP, 1.1, None, None, Outcome.MISSED),
        (Late.SKIP, 8, DAY, None, Outcome.SEND),
        (Late.SKIP, 24.1, DAY, None, Outcome.MISSED),
        (Late.SKIP, 1, None, Outcome.STILL_GOING, Outcome.WAIT),
        (Late.SKIP, 1.1, None, Outcome.STILL_GOING, Outcome.STILL_GOING),
        (Late.SKIP, 1, None, Outcome.PAUSED, Outcome.WAIT),
        (Late.SKIP, 1.1, None, Outcome.PAUSED, Outcome.PAUSED),
        (Late.SEND, 50, DAY, None, Outcome.SEND),
        (Late.SEND, 50, DAY, Outcome.STILL_GOING, Outcome.WAIT),
    ],
)
def test_only_the_newest_may_go_out(
    late: Late,
    hours: float,
    cut_off: timedelta | None,
    held_by: Outcome | None,
    wanted: Outcome,
) -> None:
    now = PLANNED[-1].at + timedelta(hours=hours)

    decided = decide(PLANNED, now=now, late=late, cut_off=cut_off, held_by=held_by)

    assert [each.due for each in decided] == PLANNED
    assert [each.outcome for each in decided] == [Outcome.OVERTAKEN, Outcome.OVERTAKEN, wanted]


def test_where_no_date_has_come_nothing_is_decided() -> None:
    now = PLANNED[0].at
    assert decide([], now=now, late=Late.SEND, cut_off=None, held_by=None) == []


def test_each_outcome_has_its_words() -> None:
    assert all(outcome.words for outcome in Outcome)
