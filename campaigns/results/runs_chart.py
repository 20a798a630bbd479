"""Runs beside each other as bars: how many viewed it, got it, were sent it, and failed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from campaigns.results.numbers import Results, ResultsByRun

FEWEST = 2  # one bar compares nothing
HEIGHT, WIDTH, GAP = 120.0, 24.0, 8.0


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a bar; `name` says which, and how it is coloured."""

    name: str
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The oldest run stands on the left; `most` is how many people the highest bar has."""

    blocks: Sequence[Block]
    width: float
    most: int


def chart_of(by_run: ResultsByRun) -> Chart | None:
    """None where there is nothing to compare."""
    numbered = [(run.number, own) for run, own in by_run if not run.skipped_because]
    went_out = sorted(numbered, key=itemgetter(0))
    bars = [_parts(own) for _, own in went_out]
    most = max((sum(bar.values()) for bar in bars), default=0)
    if len(bars) < FEWEST or not most:
        return None
    blocks = [block for place, bar in enumerate(bars) for block in _bar(bar, place, most)]
    return Chart(blocks, len(bars) * (WIDTH + GAP) - GAP, most)


def _parts(own: Results) -> dict[str, int]:
    """From the ground up, nobody in two of them."""
    viewed, delivered, sent = (own.count(name) for name in ("read", "delivered", "sent"))
    return {
        "read": viewed,
        "delivered": max(delivered - viewed, 0),
        "sent": max(sent - own.failed_later - delivered, 0),
        "failed": own.failed_total,
    }


def _bar(bar: dict[str, int], place: int, most: int) -> Iterator[Block]:
    ground = HEIGHT
    for name, people in bar.items():
        height = HEIGHT * people / most
        ground -= height
        if people:
            yield Block(name, place * (WIDTH + GAP), round(ground, 2), round(height, 2))
