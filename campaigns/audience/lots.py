"""A person's lot: where chance has put them in a campaign, from 0 up to 2³².

It is the same at every restart and however a launch is shared out. Two profiles of one phone are
one person; who has no phone is known by the profile.
"""

LOTS = 32  # bits


def lot(salt: str) -> str:
    """SQL, of rows with match_key and id, with the parameter of that name. What is drawn for other
    purposes needs another salt: who is held back would all be of one variant otherwise."""
    key = f"%({salt})s || ':' || COALESCE(match_key, id)"
    return f"('x' || left(md5({key}), 8))::bit({LOTS})::bigint"


def lots_below(percent: int) -> int:
    """Whose lot is less is one of so many in a hundred; of a smaller share, too."""
    return (percent << LOTS) // 100


LOT = lot("salt")
