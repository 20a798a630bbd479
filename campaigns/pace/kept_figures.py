"""Figures that take a moment: a worker counts them, whoever asks within minutes reads them.

They are kept in Redis, as JSON. A Redis that loses them costs nothing: they are counted again.
"""

import json
from datetime import timedelta
from typing import Any

from campaigns.pace.shared_redis import shared_redis

KEPT_FOR = timedelta(minutes=5)
# Whoever has begun to count and is gone by then is not waited for any longer.
COUNTS_FOR = timedelta(minutes=1)


def kept(name: str) -> Any:
    """None where nobody has counted it. Raises RedisError where Redis is away."""
    found = shared_redis().get(_key(name))
    return json.loads(found) if found else None


def keep(name: str, figure: Any) -> None:
    shared_redis().set(_key(name), json.dumps(figure), ex=KEPT_FOR)
    give_up(name)


def give_up(name: str) -> None:
    """Whoever asks next begins again."""
    shared_redis().delete(_key(name, "counting"))


def begin(name: str) -> bool:
    """Is it for the caller to have it counted? Not while somebody else has begun."""
    return bool(shared_redis().set(_key(name, "counting"), 1, ex=COUNTS_FOR, nx=True))


def _key(name: str, part: str = "figure") -> str:
    return f"figures:{part}:{name}"
