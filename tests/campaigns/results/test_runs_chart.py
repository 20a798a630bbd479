"""Runs as bars beside each other."""

import pytest

from campaigns.models import Run
from campaigns.results.numbers import Results, ResultsByRun
from campaigns.results.runs_chart import HEIGHT, Block, chart_of

STEP = 32.0


def by_run(*numbers: dict[str, int], skipped: tuple[int, ...] = ()) -> ResultsByRun:
    """The newest first, as the page has them."""
    runs = [
        (
            Run(number=place, skipped_because="It was too late" if place in skipped else ""),
            Results(one),
        )
        for place, one in enumerate(numbers, start=1)
    ]
    return runs[::-1]


def sent(people: int) -> dict[str, int]:
    return {"targeted": people, "sent": people}


def test_the_oldest_stands_on_the_left_and_nobody_in_two_parts() -> None:
    first = {"targeted": 100, "sent": 80, "delivered": 60, "read": 20, "failed": 20}
    second = {"targeted": 50, "sent": 50, "delivered": 40, "read": 40, "failed": 5}
    chart = chart_of(by_run(first, second))
    assert chart is not None
    assert (chart.most, chart.width) == (100, 2 * STEP - 8)
    assert chart.blocks == [
        Block("read", 0, 96.0, 24.0),
        Block("delivered", 0, 48.0, 48.0),
        Block("sent", 0, 24.0, 24.0),
        Block("failed", 0, 0.0, 24.0),
        Block("read", STEP, 72.0, 48.0),
        Block("sent", STEP, 66.0, 6.0),
        Block("failed", STEP, 60.0, 6.0),
    ]


def test_a_run_that_was_skipped_has_no_bar_and_an_empty_one_has_its_place() -> None:
    chart = chart_of(by_run(sent(4), sent(9), {}, sent(2), skipped=(2,)))
    assert chart is not None
    assert [(block.x, block.height) for block in chart.blocks] == [
        (0, HEIGHT),
        (2 * STEP, HEIGHT / 2),
    ]


@pytest.mark.parametrize("numbers", [[], [sent(7)], [{}, {}], [{"suppressed": 4}, {}]])
def test_where_there_is_nothing_to_compare_there_is_no_chart(numbers: list[dict[str, int]]) -> None:
    assert chart_of(by_run(*numbers)) is None
