"""What may be called a difference, and what chance alone would do."""

import random
from math import exp, inf, lgamma, log

import pytest

from campaigns.planning.chances import (
    ERROR,
    POWER,
    Counted,
    chance_of_equal,
    chances_of_best,
    clear_winner,
    interval,
    people_needed,
    z_of,
)

A, B = Counted(100, 1_000), Counted(120, 1_000)


def test_two_proportions_are_compared_as_everybody_does() -> None:
    assert round(z_of(A, B), 3) == 1.429
    assert round(chance_of_equal(A, B), 3) == 0.153


def exact(one: Counted, other: Counted) -> float:
    """How likely the other is better: the closed form, for two."""
    a, b = 1 + one.did, 1 + one.people - one.did
    c, d = 1 + other.did, 1 + other.people - other.did

    def beta(x: float, y: float) -> float:
        return lgamma(x) + lgamma(y) - lgamma(x + y)

    return sum(exp(beta(a + i, b + d) - log(d + i) - beta(1 + i, d) - beta(a, b)) for i in range(c))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (A, B),
        (Counted(0, 0), Counted(0, 0)),
        (Counted(0, 10), Counted(3, 10)),
        (Counted(5, 5), Counted(900, 1_000)),
        (Counted(61, 10_000), Counted(58, 9_000)),
        (Counted(1, 2), Counted(30_000, 60_100)),
    ],
)
def test_the_chance_to_be_better_is_that_of_the_closed_form(one: Counted, other: Counted) -> None:
    chances = chances_of_best([one, other])
    assert chances[1] == pytest.approx(exact(one, other), abs=2e-4)
    assert sum(chances) == pytest.approx(1)


def test_the_known_value_of_a_hundred_against_a_hundred_and_twenty() -> None:
    assert chances_of_best([A, B])[1] == pytest.approx(0.92318, abs=5e-5)


def test_three_equal_ones_have_a_third_each() -> None:
    assert chances_of_best([A, A, A]) == pytest.approx([1 / 3] * 3, abs=1e-6)


@pytest.mark.parametrize(
    ("rates", "of_two", "of_three"),
    [
        ((0.60, 0.65), 1_471, 1_962),
        ((0.60, 0.62), 9_336, 12_452),
        ((0.70, 0.72), 8_080, 10_777),
        ((0.10, 0.12), 3_841, 5_124),
        ((0.05, 0.07), 2_213, 2_951),
        ((0.05, 0.06), 8_158, 10_882),
        ((0.02, 0.03), 3_826, 5_103),
    ],
)
def test_how_many_people_it_takes(rates: tuple[float, float], of_two: int, of_three: int) -> None:
    assert people_needed(*rates) == pytest.approx(of_two, abs=1)
    assert people_needed(*rates, pairs=3) == pytest.approx(of_three, abs=1)


def test_no_difference_is_never_found() -> None:
    assert people_needed(0.5, 0.5) == inf


@pytest.mark.parametrize(
    ("counted", "low", "high"),
    [
        (Counted(0, 0), 0.0, 1.0),
        (Counted(0, 10), 0.0, 0.2775),
        (Counted(10, 10), 0.7225, 1.0),
        (Counted(50, 100), 0.4038, 0.5962),
    ],
)
def test_wilsons_interval(counted: Counted, low: float, high: float) -> None:
    assert interval(counted) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("counted", "winner"),
    [
        ([Counted(100, 1_000), Counted(150, 1_000)], 1),
        ([Counted(150, 1_000), Counted(100, 1_000)], 0),
        ([A, B], None),
        ([Counted(100, 1_000), Counted(100, 1_000), Counted(150, 1_000)], 2),
        ([Counted(100, 1_000), Counted(150, 1_000), Counted(150, 1_000)], None),
        ([Counted(0, 1_000), Counted(150, 1_000)], None),
        ([Counted(0, 0), Counted(0, 0)], None),
        ([Counted(150, 1_000)], None),
        ([], None),
    ],
)
def test_a_winner_is_better_than_each_of_the_others(
    counted: list[Counted], winner: int | None
) -> None:
    assert clear_winner(counted) == winner


@pytest.mark.parametrize(
    "rates", [(0.3, 0.3), (0.3, 0.3, 0.3), (0.3, 0.3, 0.3, 0.3), (0.3, 0.3, 0.1, 0.1)]
)
def test_equal_variants_have_a_winner_no_oftener_than_is_said(rates: tuple[float, ...]) -> None:
    """2,000 tests of variants of which the best are the same, as chance makes them."""
    dice = random.Random(7)
    tests, people = 2_000, 200

    def played() -> list[Counted]:
        return [Counted(sum(dice.random() < p for _ in range(people)), people) for p in rates]

    won = sum(clear_winner(played()) is not None for _ in range(tests))
    three_sigmas = 3 * (ERROR * (1 - ERROR) / tests) ** 0.5
    assert 0 < won / tests <= ERROR + three_sigmas


def test_what_is_better_is_found_about_as_often_as_is_said() -> None:
    dice = random.Random(7)
    people = round(people_needed(0.3, 0.45))
    rates, tests = (0.3, 0.45), 1_000
    won = [
        clear_winner(
            [Counted(sum(dice.random() < p for _ in range(people)), people) for p in rates]
        )
        for _ in range(tests)
    ]
    assert won.count(0) == 0
    assert won.count(1) / tests == pytest.approx(POWER, abs=0.05)
