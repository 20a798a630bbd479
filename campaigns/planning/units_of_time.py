"""Spans of time as people type and read them: so many minutes, hours or days."""

from datetime import timedelta

UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}


def in_units(span: timedelta) -> tuple[int, str]:
    """Exactly, in the largest unit that says it."""
    if not span:
        return 0, "hours"
    unit = max((one for one in UNITS if not span % UNITS[one]), key=lambda one: UNITS[one])
    return span // UNITS[unit], unit


def span_words(span: timedelta) -> str:
    """The same in words: 90 minutes, 2 hours, 1 day."""
    number, unit = in_units(span)
    return f"{number:,} {unit.removesuffix('s') if number == 1 else unit}"
