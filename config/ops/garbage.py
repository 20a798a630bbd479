"""When Python looks for rings of objects that nobody else holds any more."""

import gc

YOUNG = 20_000


def look_seldom_for_garbage() -> None:
    """Called when a process has loaded everything. A page, or a body of a thousand records, is tens
    of thousands of objects, none of which stands in a ring: to look for rings among them, and among
    all that the program itself is made of, again and again took a part of each answer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
