"""One place to wait for everything: signals, and what the children print."""

import os
import selectors
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import IO

_COLOURS = (36, 33, 32, 35, 34, 31)
_NAME_WIDTH = 14


def say(text: str = "") -> None:
    """A line for the person at the terminal; a reader who has gone away stops nothing."""
    with suppress(OSError):
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


class Listener:
    """Signals and output as they come. Only one may exist at a time, in the main thread."""

    STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.signals: deque[int] = deque()
        self._selector = selectors.DefaultSelector()
        self._names = 0
        self._inbox, self._outbox = socket.socketpair()
        for end in (self._inbox, self._outbox):
            end.settimeout(0)
        self._selector.register(self._inbox, selectors.EVENT_READ, self._take_signals)
        signal.set_wakeup_fd(self._outbox.fileno(), warn_on_full_buffer=False)
        self._former = {number: _catch(number) for number in (*self.STOPPING, signal.SIGCHLD)}

    def wait(self, seconds: float) -> None:
        """Returns after the first news, or when the time is over."""
        for key, _ in self._selector.select(seconds):
            handle: Callable[[], None] = key.data
            handle()

    def forward(self, name: str, stream: IO[bytes]) -> None:
        """From now on prints each line of the stream with the name before it."""
        prefix = _prefix(name, colour=_COLOURS[self._names % len(_COLOURS)])
        self._names += 1
        lines = _Lines(stream, prefix)
        os.set_blocking(stream.fileno(), False)

        def handle() -> None:
            if not lines.print_new():
                self._selector.unregister(stream)
                stream.close()

        self._selector.register(stream, selectors.EVENT_READ, handle)

    def drain(self) -> None:
        """Prints what is still in the pipes, without waiting for more."""
        deadline = time.monotonic() + 0.5
        while self._selector.select(0) and time.monotonic() < deadline:
            self.wait(0)

    def close(self) -> None:
        for number, handler in self._former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        self._selector.close()
        self._inbox.close()
        self._outbox.close()

    def _take_signals(self) -> None:
        numbers = self._inbox.recv(4096)
        self.signals.extend(number for number in numbers if number in self.STOPPING)


class _Lines:
    def __init__(self, stream: IO[bytes], prefix: str) -> None:
        self._stream = stream
        self._prefix = prefix
        self._rest = b""

    def print_new(self) -> bool:
        """False at the end of the stream."""
        new = os.read(self._stream.fileno(), 65536)
        *lines, self._rest = (self._rest + new).split(b"\n")
        if not new and self._rest:
            lines.append(self._rest)
        for line in lines:
            say(self._prefix + line.decode(errors="replace"))
        return bool(new)


def _prefix(name: str, *, colour: int) -> str:
    label = f"{name:<{_NAME_WIDTH}} | "
    plain = "NO_COLOR" in os.environ or not sys.stdout.isatty()
    return label if plain else f"\x1b[{colour}m{label}\x1b[0m"


def _catch(number: int) -> signal.Handlers | Callable[..., object] | int | None:
    """Makes the signal arrive in the inbox; `nohup` stays in force."""
    former = signal.getsignal(number)
    if not (number == signal.SIGHUP and former == signal.SIG_IGN):
        signal.signal(number, lambda _number, _frame: None)
    return former
