"""When Python looks for rings of objects that nobody else holds any more.

It goes through whatever was made since it looked last, and now and then through all that the
program is made of. Where tens of thousands of objects are made and none stands in a ring, that is
a good part of the time.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 20_000


def look_seldom_for_garbage() -> None:
    """Called when a process has loaded everything: a page, or a body of a thousand records, is tens
    of thousands of objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


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
