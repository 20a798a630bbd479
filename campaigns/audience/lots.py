"""A person's lot: where chance has put them in a campaign, from 0 up to 2³².

It is the same at every restart and however a launch is shared out. Two profiles of one phone are
one person; who has no phone is known by the profile.
"""

LOTS = 32  # bits

# SQL, of rows with match_key and id, with the parameter salt.
LOT = "('x' || left(md5(%(salt)s || ':' || COALESCE(match_key, id)), 8))::bit(32)::bigint"
