"""What one person can make the console's process spend, so that the others' pages still come: so
many requests at once, and a pause where they have taken much more than one thread's time.

Each process counts for itself, since what it hands out are its own threads and connections. Who is
nobody yet is limited elsewhere (providers/people/sign_in_limits.py, and by address at the proxy).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.console.error_pages import too_much

# Pictures, and what the proxy asks before it takes in a file.
FOR_NOTHING = ("/media/", "/signed-in")
# Half of a process's threads. A form that opens asks for six parts of itself, and what a browser
# has given up meanwhile is answered all the same.
AT_ONCE = 8
SAVED = 120.0  # seconds that may be spent beyond one thread's time, after a quiet while
OWED = 30.0  # so nobody is kept waiting for longer


@dataclass(slots=True)
class _Share:
    left: float
    at: float
    under_way: int = 0


class Shares:
    """By the numbers of people; `now` is seconds on any clock that never steps."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._shares: dict[int, _Share] = {}

    def take(self, person: int, *, now: float) -> int:
        """0 where a request may begin, else after how many seconds to ask again."""
        with self._lock:
            share = self._of(person, now)
            if share.left <= 0:
                return math.ceil(-share.left) or 1
            if share.under_way >= AT_ONCE:
                return 1
            share.under_way += 1
            return 0

    def give_back(self, person: int, *, spent: float, now: float) -> None:
        with self._lock:
            share = self._of(person, now)
            share.under_way -= 1
            share.left = max(share.left - spent, -OWED)

    def _of(self, person: int, now: float) -> _Share:
        share = self._shares.setdefault(person, _Share(SAVED, now))
        share.left = min(share.left + now - share.at, SAVED)
        share.at = now
        return share


shares = Shares()


class FairShareMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = _who(request)
        if person is None:
            return self._get_response(request)
        started = monotonic()
        if wait := shares.take(person, now=started):
            return too_much(request, wait)
        try:
            return self._get_response(request)
        finally:
            ended = monotonic()
            shares.give_back(person, spent=ended - started, now=ended)


def _who(request: HttpRequest) -> int | None:
    """A session that has ended counts for nobody: else whoever kept one would hold up its owner.
    Nor does a picture, which anybody may fetch: a list asks for fifty of them at once."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or request.path.startswith(FOR_NOTHING):
        return None
    return request.user.pk
