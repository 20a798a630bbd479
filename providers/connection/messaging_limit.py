"""Meta's limit of people to whom a number may write first, in words."""

import re

_TIER = re.compile(r"(?:TIER_)?(\d{1,9})(K?)", re.ASCII)


def limit_words(limit: str) -> str:
    """`limit` as a callback told it, like TIER_10K; empty where nothing was told."""
    told = limit.strip().upper()
    if told.endswith("UNLIMITED"):
        return "no limit of people"
    if most := most_people(limit):
        return f"{most:,} people in 24 hours"
    return limit


def most_people(limit: str) -> int | None:
    """To how many in 24 hours; None where nothing was told, or there is no limit."""
    match = _TIER.fullmatch(limit.strip().upper())
    return int(match[1]) * (1000 if match[2] else 1) if match else None
