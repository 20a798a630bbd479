"""How fast a campaign goes out, measured between two looks at its numbers.

Nothing is stored for it: a page that looks again brings its last sample along.
"""

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Campaign
from campaigns.results.numbers import Results, ResultsByRun

SHORTEST = 1.0  # seconds between two looks, below which nothing is measured
LONGEST = 60.0  # seconds after which the last look says nothing any more
WEIGHT = 0.3  # of the newest measurement


@dataclass(frozen=True, slots=True)
class Sample:
    """One look: the calls made until `at` (seconds since the epoch), the speed known by then."""

    at: float
    attempted: int
    per_second: float | None = None


def rate_of(campaign: Campaign, *, provider_rate: float) -> float:
    """Messages per second that may leave at most."""
    if campaign.per_minute is None:
        return float(provider_rate)
    return min(float(provider_rate), campaign.per_minute / 60)


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


def seconds_left(results: Results, *, per_second: float | None, limit: float) -> float | None:
    """`limit` is the rate in force: the rest is reckoned by it before anything was measured, and
    where so few leave that two looks see none of them."""
    rate = float(limit) if per_second is None or limit < 1 else per_second
    return results.count("queued") / rate if rate > 0 else None


def average(by_run: ResultsByRun) -> float | None:
    """Messages per second over the whole of what has ended, each run with its own numbers; None
    where it was too short."""
    seconds = sum(_seconds(run.launched_at, run.finished_at) for run, _ in by_run)
    attempted = sum(results.attempted for _, results in by_run)
    return attempted / seconds if seconds >= SHORTEST else None


def _seconds(start: datetime | None, end: datetime | None) -> float:
    return (end - start).total_seconds() if start and end else 0.0


def duration_words(seconds: float) -> str:
    """Like "about 2 hours 20 minutes": as exact as anybody can plan by."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    hours, rest = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"about {_many(days, 'day')} {_many(hours, 'hour')}".removesuffix(" 0 hours")
    if hours:
        return f"about {_many(hours, 'hour')} {_many(rest, 'minute')}".removesuffix(" 0 minutes")
    return f"about {_many(minutes, 'minute')}"


def _many(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
