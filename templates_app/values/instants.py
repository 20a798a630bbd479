"""Moments as people or profiles write them; when an offer ends, in milliseconds since 1970."""

import re
from datetime import UTC, datetime, time, tzinfo

from templates_app.values.cleaning import clean

MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
# Fewer digits would be seconds, and an offer that ended in 1970.
MILLISECONDS = re.compile(r"\d{13}", re.ASCII)
END_OF_DAY = time(23, 59, 59)
MOMENT_MAX = 60  # characters


def expiry_ms(value: str, *, zone: tzinfo) -> str:
    """Digits, or empty for what is no moment. `zone` is that of times which don't name one; a day
    without a time ends at midnight."""
    text = clean(value)
    if MILLISECONDS.fullmatch(text):
        return text
    found = MOMENT.fullmatch(text)
    moment = _moment(found, zone, end=END_OF_DAY) if found else None
    return "" if moment is None else str(int(moment.timestamp() * 1000))


def told_in(value: str, *, zone: tzinfo) -> datetime | None:
    """A day or a moment to be shown; one that names its offset as the clocks of `zone` tell it.
    None for anything else."""
    found = MOMENT.fullmatch(value.strip()) if len(value) < MOMENT_MAX else None
    moment = _moment(found, zone, end=time.min) if found else None
    return moment.astimezone(zone) if moment and moment.tzinfo else moment


def moment_of(milliseconds: str) -> datetime | None:
    """In UTC; None for anything that expiry_ms did not make."""
    if not MILLISECONDS.fullmatch(milliseconds):
        return None
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _moment(found: re.Match[str], zone: tzinfo, *, end: time) -> datetime | None:
    """`end` is when a day without a time is meant."""
    day, clock, offset = found.groups()
    try:
        if clock is None:
            return datetime.combine(datetime.fromisoformat(day), end, tzinfo=zone)
        moment = datetime.fromisoformat(f"{day}T{clock}{(offset or '').replace('Z', '+00:00')}")
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    except ValueError:
        return None
