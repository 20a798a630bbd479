"""Gupshup's times: milliseconds, seconds, local text, garbage. A bad one never costs the fact."""

import math
import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

INDIA = ZoneInfo("Asia/Kolkata")

# Below this a number is seconds: as milliseconds it would lie before March 1973.
FEWEST_MILLISECONDS = 10**11
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(2100, 1, 1, tzinfo=UTC).timestamp()
LONGEST = 40  # characters
# Python reads more as numbers and as times than anybody writes: 1_712, 2024-W45-2.
_EPOCH = re.compile(r"\s*[+-]?\d+(?:\.\d*)?(?:e\+?\d+)?\s*", re.ASCII | re.IGNORECASE)
_LOCAL = re.compile(
    r"\s*\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)?\s*", re.ASCII
)


def moment(value: object, *, otherwise: datetime) -> datetime:
    """An epoch number or its text; `otherwise` where it is no time between 2015 and 2099."""
    number = _number(value)
    if number is None or number >= LATEST * 1000:
        return otherwise
    seconds = number if number < FEWEST_MILLISECONDS else number / 1000
    if not EARLIEST <= seconds < LATEST:
        return otherwise
    return datetime.fromtimestamp(seconds, UTC)


def local_moment(value: object, *, zone: tzinfo, otherwise: datetime) -> datetime:
    """`YYYY-MM-DD HH:MM:SS` of that zone, unless the text names a zone; epoch numbers too."""
    if type(value) is not str or len(value) > LONGEST or not _LOCAL.fullmatch(value):
        return moment(value, otherwise=otherwise)
    try:
        read = datetime.fromisoformat(value.strip())
    except ValueError:
        return otherwise
    # Years first: near the calendar's ends a change of zone overflows.
    if not 2014 <= read.year <= 2100:
        return otherwise
    aware = read if read.tzinfo else read.replace(tzinfo=zone)
    return moment(aware.timestamp(), otherwise=otherwise)


def _number(value: object) -> float | None:
    if type(value) is int:
        return value
    if type(value) is float:
        return value if math.isfinite(value) else None
    if type(value) is not str or len(value) > LONGEST or not _EPOCH.fullmatch(value):
        return None
    number = float(value)
    return number if math.isfinite(number) else None
