"""A hint to the workers that receipts wait. Only a hint: beat gives one each second.

Publishing is slow and may hang, so a thread of its own does it: no request ever waits for Redis.
"""

import threading
import time

from providers.hints import hint

DRAIN_TASK = "callbacks.tasks.drain"
HINT_EVERY = 0.2  # seconds: a drain looks again until nothing waits
HINT_LASTS = 5  # seconds


class DrainWaker:
    def __init__(self) -> None:
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Comes back at once and never raises. After the last call a hint always follows."""
        self._asked.set()
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="drain-waker", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            hint(DRAIN_TASK, expires=HINT_LASTS)
            time.sleep(HINT_EVERY)
