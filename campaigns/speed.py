"""How fast a campaign goes out, measured between two looks at its numbers.

Nothing is stored for it: a page that looks again brings its last sample along.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Run
from campaigns.results import Results

SHORTEST = 1.0  # seconds between two looks, below which nothing is measured
LONGEST = 60.0  # seconds after which the last look says nothing any more
WEIGHT = 0.3  # of the newest measurement


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: the calls made until `at` (seconds since the epoch), the speed known by then."""

    at: float
    attempted: int
    per_second: float | None = None


def look_again(last: Sample | None, *, at: float, attempted: int) -> Sample:
    """Smoothed, so that the number can be read."""
    if last is None or not 0 <= at - last.at <= LONGEST:
        return Sample(at, attempted)
    if at - last.at < SHORTEST:
        return last
    measured = max(attempted - last.attempted, 0) / (at - last.at)
    if last.per_second is None:
        return Sample(at, attempted, measured)
    return Sample(at, attempted, WEIGHT * measured + (1 - WEIGHT) * last.per_second)


def seconds_left(results: Results, *, per_second: float | None, limit: int) -> float | None:
    """`limit` is the provider's rate: the rest is reckoned by it before anything was measured."""
    rate = float(limit) if per_second is None else per_second
    return results["queued"] / rate if rate > 0 else None


def average(results: Results, runs: Iterable[Run]) -> float | None:
    """Messages per second over the whole of what has ended; None where it was too short."""
    seconds = sum(_seconds(run.launched_at, run.finished_at) for run in runs)
    return results.attempted / seconds if seconds >= SHORTEST else None


def _seconds(start: datetime | None, end: datetime | None) -> float:
    return (end - start).total_seconds() if start and end else 0.0
