"""Many names in one sentence: the first of them, and how many more there are."""

from collections.abc import Sequence

MOST = 3


def some_of(names: Sequence[str], *, most: int = MOST) -> str:
    """Like “Diwali”, “Holi” and 4 more; the quotation marks are the caller's."""
    named, more = ", ".join(names[:most]), len(names) - most
    return f"{named} and {more:,} more" if more > 0 else named


def some_quoted(names: Sequence[object], *, most: int = MOST) -> str:
    return some_of([f"“{name}”" for name in names], most=most)
