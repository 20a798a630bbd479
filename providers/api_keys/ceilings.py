"""How many calls a key may make: so many a minute, counted in Redis by all processes together, and
so many at once, which each process counts for itself.

While Redis is away nothing is counted, and calls go on: that ceiling keeps order, it guards
nothing. What guards is the other one: a call holds a thread, and its body takes up to thirty times
its size in memory while it is read. Of small calls, which are over within milliseconds, more may be
under way where a process has threads for them (API_SMALL_CALLS_AT_ONCE).
"""

import logging
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.retry import Retry

from providers.process.together import Together

logger = logging.getLogger(__name__)

WINDOW = 60  # seconds
PATIENCE = 0.5  # seconds; a call waits for it
AT_ONCE = 3
# Bytes of bodies that are worked on at the same moment in a process, and of those of one project,
# which may have many keys. What is read of one takes up to twenty times as much memory.
BODIES_AT_ONCE, BODIES_OF_A_PROJECT = 12 * 1024 * 1024, 8 * 1024 * 1024
# One command: two would make a window that never ends where the process dies between them. A name
# for each call.
COUNT = """
local made = {}
for number, name in ipairs(KEYS) do
    made[number] = redis.call('INCR', name)
    if made[number] == 1 then redis.call('EXPIRE', name, ARGV[1]) end
end
return made
"""
MOST_TOGETHER = 1_000


@dataclass(frozen=True, slots=True)
class Spent:
    """`resets_in` are seconds until all may be spent anew."""

    limit: int
    left: int
    resets_in: int
    is_over: bool


def spend(key_id: int, *, now: float) -> Spent | None:
    """One call; `now` in seconds since 1970. None while Redis is away."""
    (spent,) = _spent([key_id], now, lambda names: [_together.ask(name) for name in names])
    return spent


def spend_each(key_ids: Sequence[int], *, now: float) -> list[Spent | None]:
    """As `spend`, of calls in their order."""
    return _spent(key_ids, now, _counted)


def _spent(
    key_ids: Sequence[int], now: float, counted: Callable[[Sequence[str]], Sequence[int]]
) -> list[Spent | None]:
    window, since = divmod(int(now), WINDOW)
    try:
        made = counted([f"api:calls:{key_id}:{window}" for key_id in key_ids])
    except redis.RedisError as error:
        logger.info("Calls are not counted without Redis: %s", type(error).__name__)
        return [None for _ in key_ids]
    limit: int = settings.API_CALLS_A_MINUTE
    left = WINDOW - since
    return [Spent(limit, max(limit - each, 0), left, each > limit) for each in made]


def _counted(names: Sequence[str]) -> Sequence[int]:
    made: Sequence[int] = _count(settings.REDIS_URL)(keys=names, args=[2 * WINDOW])
    return made


_together: Together[str, int] = Together(_counted, most=MOST_TOGETHER)


def most_at_once(*, is_small: bool) -> int:
    """Of one key."""
    return settings.API_SMALL_CALLS_AT_ONCE if is_small else AT_ONCE


def most_of_a_project() -> int:
    """Of all its keys together, small calls among them: as many as one key may have, whoever makes
    more of them. Some threads of a process stay for others."""
    return most_at_once(is_small=False) + most_at_once(is_small=True)


class UnderWay:
    """Small calls are counted apart from others."""

    def __init__(self) -> None:
        self._lock, self._calls = Lock(), Counter[tuple[Hashable, bool]]()

    def most(self, *, is_small: bool) -> int:
        return most_at_once(is_small=is_small)

    def begin(self, key_id: Hashable, *, is_small: bool = False) -> bool:
        """Whether one more may begin; then it must `end`."""
        kind, most = (key_id, is_small), self.most(is_small=is_small)
        with self._lock:
            may_begin = self._calls[kind] < most
            self._calls[kind] += may_begin
            return may_begin

    def end(self, key_id: Hashable, *, is_small: bool = False) -> None:
        kind = (key_id, is_small)
        with self._lock:
            self._calls[kind] -= 1
            if not self._calls[kind]:
                del self._calls[kind]


class CallsOfProjects(UnderWay):
    """By the numbers of projects, all calls together."""

    def most(self, **_kind: bool) -> int:
        return most_of_a_project()


class BodiesUnderWay:
    """By the numbers of projects."""

    def __init__(self) -> None:
        self._lock, self._bytes = Lock(), Counter[int]()

    def begin(self, project_id: int, size: int) -> bool:
        """Whether there is room for one more of so many bytes; then it must `end`."""
        with self._lock:
            theirs, all_of_them = self._bytes[project_id] + size, self._bytes.total() + size
            if theirs > BODIES_OF_A_PROJECT or all_of_them > BODIES_AT_ONCE:
                return False
            self._bytes[project_id] = theirs
            return True

    def end(self, project_id: int, size: int) -> None:
        with self._lock:
            self._bytes[project_id] -= size
            if not self._bytes[project_id]:
                del self._bytes[project_id]


under_way, bodies_under_way = UnderWay(), BodiesUnderWay()
calls_of_projects = CallsOfProjects()


class Weight:
    """Of one call's body."""

    def __init__(self, project_id: int) -> None:
        self._project_id, self._bytes = project_id, 0

    def begin(self, size: int) -> bool:
        """Whether there is room for it."""
        if self._bytes or not bodies_under_way.begin(self._project_id, size):
            return bool(self._bytes)
        self._bytes = size
        return True

    def end(self) -> None:
        if self._bytes:
            bodies_under_way.end(self._project_id, self._bytes)


# Calls that wait until they are served together with others, by the key that they show: nobody has
# looked yet whether there is such a one.
waiting = UnderWay()


@lru_cache(maxsize=4)
def _count(url: str) -> Script:
    connected = redis.Redis.from_url(
        url,
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 1),  # a connection that had been closed meanwhile
    )
    return connected.register_script(COUNT)
