"""How far two or more variants really differ, and how far chance would make equal ones differ.

Plain functions of counts: so many people, and how many of them did it. The formulas, with the
values they are checked by, stand in docs/decisions/0029-variants.md.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import exp, inf, lgamma, log, sqrt
from statistics import NormalDist

NORMAL = NormalDist()
# How often equal variants may be told apart.
ERROR = 0.05
# How often a real difference shall be found.
POWER = 0.8
# With fewer who did it, or who did not, in a variant, the normal curve is no likeness of chance.
LEAST = 10
_STEPS = 4_000
_WIDTH = 9  # standard deviations, to each side


@dataclass(frozen=True, slots=True)
class Counted:
    """`did` of `people`."""

    did: int
    people: int

    @property
    def rate(self) -> float:
        return self.did / self.people if self.people else 0.0

    @property
    def is_enough(self) -> bool:
        return min(self.did, self.people - self.did) >= LEAST


def interval(counted: Counted, *, error: float = ERROR) -> tuple[float, float]:
    """Wilson's: where the rate lies that chance has made this of."""
    if not counted.people:
        return 0.0, 1.0
    z, n, p = NORMAL.inv_cdf(1 - error / 2), counted.people, counted.rate
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def difference(one: Counted, other: Counted, *, error: float = ERROR) -> tuple[float, float]:
    """Newcombe's, of Wilson's limits: where the difference of the two rates lies, more than 0 where
    the other one's is higher."""
    (low, high), (other_low, other_high) = (interval(each, error=error) for each in (one, other))
    apart = other.rate - one.rate
    down = sqrt((other.rate - other_low) ** 2 + (high - one.rate) ** 2)
    up = sqrt((other_high - other.rate) ** 2 + (one.rate - low) ** 2)
    return max(apart - down, -1.0), min(apart + up, 1.0)


def z_of(one: Counted, other: Counted) -> float:
    """Of the difference of two proportions; more than 0 where the other one is better."""
    together = (one.did + other.did) / (one.people + other.people)
    spread = sqrt(together * (1 - together) * (1 / one.people + 1 / other.people))
    return (other.rate - one.rate) / spread if spread else 0.0


def chance_of_equal(one: Counted, other: Counted) -> float:
    """How often two equal variants would differ as much, to either side."""
    return 2 * (1 - NORMAL.cdf(abs(z_of(one, other))))


def clear_winner(variants: Sequence[Counted], *, error: float = ERROR) -> int | None:
    """Which one is better than each of the others, beyond what chance would do; None where that
    can't be said. It has to hold against every other one, so however many there are, `error` need
    not be shared out: the worst case is two equal ones above all others."""
    if len(variants) < 2 or not all(counted.is_enough for counted in variants):
        return None
    best = leader(variants)
    others = (other for place, other in enumerate(variants) if place != best)
    is_clear = all(chance_of_equal(other, variants[best]) < error for other in others)
    return best if is_clear else None


def leader(variants: Sequence[Counted]) -> int:
    """The first of those that are ahead."""
    return max(range(len(variants)), key=lambda place: (variants[place].rate, -place))


def chances_of_best(variants: Sequence[Counted]) -> list[float]:
    """For each, how likely it is the best of all, given what was counted and nothing else.

    Each rate is Beta(1 + did, 1 + not), and variant i is the best with ∫ fᵢ ∏ Fⱼ: summed over
    steps fine enough for the narrowest of them."""
    points = _points(variants)
    densities = [_density(counted, points) for counted in variants]
    below = [_accumulated(density, points) for density in densities]
    chances = []
    for place, density in enumerate(densities):
        product = list(density)
        for other, sums in enumerate(below):
            if other != place:
                product = [value * sums[step] for step, value in enumerate(product)]
        chances.append(_accumulated(product, points)[-1])
    total = sum(chances)
    return [chance / total for chance in chances]


def people_needed(
    one: float, other: float, *, pairs: int = 1, error: float = ERROR, power: float = POWER
) -> float:
    """In each variant, to find such a difference so often; infinitely many where there is none."""
    if one == other:
        return inf
    middle = (one + other) / 2
    by_chance = NORMAL.inv_cdf(1 - error / pairs / 2) * sqrt(2 * middle * (1 - middle))
    by_power = NORMAL.inv_cdf(power) * sqrt(one * (1 - one) + other * (1 - other))
    return ((by_chance + by_power) / (other - one)) ** 2


def _points(variants: Sequence[Counted]) -> list[float]:
    """Where any of the curves is more than nothing."""
    ends = [_reach_of(counted) for counted in variants]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return [low + (high - low) * step / _STEPS for step in range(_STEPS + 1)]


def _reach_of(counted: Counted) -> tuple[float, float]:
    a, b = 1 + counted.did, 1 + counted.people - counted.did
    mean, spread = a / (a + b), sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    return max(mean - _WIDTH * spread, 1e-12), min(mean + _WIDTH * spread, 1 - 1e-12)


def _density(counted: Counted, points: Sequence[float]) -> list[float]:
    a, b = 1 + counted.did, 1 + counted.people - counted.did
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)
    return [exp((a - 1) * log(x) + (b - 1) * log(1 - x) + scale) for x in points]


def _accumulated(values: Sequence[float], points: Sequence[float]) -> list[float]:
    return list(accumulate(_areas(values, points), initial=0.0))


def _areas(values: Sequence[float], points: Sequence[float]) -> Iterator[float]:
    for (left, right), (before, after) in zip(pairwise(points), pairwise(values), strict=True):
        yield (right - left) * (before + after) / 2
