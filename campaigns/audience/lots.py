"""A person's lot: where chance has put them in a campaign, from 0 up to 2³².

It is the same at every restart and however a launch is shared out, and equal in SQL and Python. Two
profiles of one phone are one person; who has no phone is known by the profile.
"""

from hashlib import md5

LOTS = 32  # bits

# SQL, of rows with match_key and id, with the parameter salt.
LOT = "('x' || left(md5(%(salt)s || ':' || COALESCE(match_key, id)), 8))::bit(32)::bigint"


def lot_of(*, salt: str, key: int) -> int:
    """`key` is the match key of the phone, or the profile's id."""
    digest = md5(f"{salt}:{key}".encode(), usedforsecurity=False)
    return int(digest.hexdigest()[:8], 16)
