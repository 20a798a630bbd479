"""The names of the time zones that there are."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> tuple[str, ...]:
    """In their order. Python opens a file for each of them, so a process asks once."""
    return tuple(sorted(available_timezones()))
