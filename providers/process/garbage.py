"""When Python looks for rings of objects that nobody else holds any more.

It goes through whatever was made since it looked last, and now and then through all that the
program is made of. Where tens of thousands of objects are made and none stands in a ring, that is
a good part of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

YOUNG = 20_000
BODIES = 32 * 1024 * 1024  # bytes


def look_seldom_for_garbage() -> None:
    """Called when a process has loaded everything: a page, or a body of a thousand records, is tens
    of thousands of objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


class _Bodies:
    """Bytes of those that were read since it was looked last."""

    def __init__(self) -> None:
        self._lock, self._bytes = Lock(), 0

    def are_many_with(self, size: int) -> bool:
        """With one more of that size; then they count from nothing again."""
        with self._lock:
            self._bytes += size
            if self._bytes < BODIES:
                return False
            self._bytes = 0
        return True


_bodies = _Bodies()


def look_after_bodies(size: int) -> None:
    """Called when a request with a body of so many bytes is over. Objects are counted for the next
    look, and not what they hold: a few could hold all of the memory."""
    if _bodies.are_many_with(size):
        gc.collect()


@contextmanager
def not_looking_for_garbage() -> Iterator[None]:
    """Where a quarter of the time went into it. What stands in a ring stays meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
