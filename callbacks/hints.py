"""A hint to the workers that receipts wait. Only a hint: beat gives one each second."""

from providers.hints import Waker

DRAIN_TASK = "callbacks.tasks.drain"
HINT_EVERY = 0.2  # seconds: a drain looks again until nothing waits
HINT_LASTS = 5  # seconds


def drain_waker() -> Waker:
    return Waker(DRAIN_TASK, every=HINT_EVERY, expires=HINT_LASTS)
