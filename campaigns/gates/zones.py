"""Every time zone that there is, by its name.

Python's and not PostgreSQL's: a statement ends at a zone that PostgreSQL does not know, where a
look-up finds nothing.
"""

from collections.abc import Mapping
from functools import cache
from zoneinfo import ZoneInfo

from providers.phones.zone_names import zone_names


@cache
def zones() -> Mapping[str, ZoneInfo]:
    """Read once for a process."""
    return {name: ZoneInfo(name) for name in zone_names()}


def zone_of_person(name: str, *, project: str) -> ZoneInfo:
    """The project's, of whoever has none, or one that nobody knows."""
    return zones().get(name) or ZoneInfo(project)
