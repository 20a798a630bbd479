"""Reading a request's body without letting slow clients take all threads.

The server hands a request over when its head is there, and then a read of the body lasts until the
client has sent it: for ever, if it never does. The server knows no limit for that, and no thread
can end another one's read. But the system knows of each connection when something last came on it:
those on which nothing comes are shut for reading, which ends the read as a client would who leaves.
"""

import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from time import monotonic, sleep

from django.http import HttpRequest

LONGEST_SILENCE = 10.0  # seconds
# Once so many threads wait for bodies, other requests may find none.
MANY = 32
LONGEST_SILENCE_OF_MANY = 1.0
LOOKED_EVERY = 0.5  # seconds, while a body is being read

# Linux: the milliseconds since data last came, in struct tcp_info.
_LAST_DATA_RECEIVED = struct.Struct("=52xI")


class EndedEarlyError(Exception):
    """The client has gone, or was cut off, before the whole body was there."""


class BodyReader:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._begun: dict[int, float] = {}
        self._numbers = count()
        self._thread: threading.Thread | None = None
        self._is_reading = threading.Event()

    def read(self, request: HttpRequest, *, length: int) -> bytes:
        """`length` is what the head announces. Raises EndedEarlyError."""
        number = next(self._numbers)
        self._begun[number] = monotonic()
        if not self._is_reading.is_set():
            self._watch()
        try:
            body = request.body
        except OSError:
            raise EndedEarlyError from None
        finally:
            del self._begun[number]
        if len(body) < length:
            raise EndedEarlyError
        return body

    def _watch(self) -> None:
        with self._lock:
            self._is_reading.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, name="slow-bodies", daemon=True)
                self._thread.start()

    def _look(self) -> None:
        while self._is_reading.wait():
            sleep(LOOKED_EVERY)
            begun = list(self._begun.values())
            silence = LONGEST_SILENCE if len(begun) < MANY else LONGEST_SILENCE_OF_MANY
            late = [start for start in begun if monotonic() - start >= silence]
            if late:
                shut_silent(silence, most=len(late))
            if not begun:
                self._is_reading.clear()
                if self._begun:  # one that began in between
                    self._is_reading.set()


def shut_silent(seconds: float, *, most: int) -> None:
    """Shuts for reading the connections to our port on which nothing came for so long, the longest
    silent ones only: among the others are those whose requests still wait for a thread."""
    with ExitStack() as opened:
        sockets = [opened.enter_context(found) for found in _sockets()]
        ports = {s.getsockname()[1] for s in sockets if _is_listening(s)}
        silent = [(_silent_for(s), s) for s in sockets if s.getsockname()[1] in ports]
        silent.sort(key=lambda pair: pair[0], reverse=True)
        for silence, connection in silent[:most]:
            if silence >= seconds:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)


def _sockets() -> Iterator[socket.socket]:
    """This process's, each as a copy, which still is the same connection when it is shut."""
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if str(path.readlink()).startswith("socket:"):
                found = socket.socket(fileno=os.dup(int(path.name)))
                if found.family in (socket.AF_INET, socket.AF_INET6):
                    yield found
                else:
                    found.close()


def _is_listening(found: socket.socket) -> bool:
    return bool(found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))


def _silent_for(connection: socket.socket) -> float:
    """Seconds; none for one that is not connected."""
    try:
        connection.getpeername()
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED.size)
    except OSError:
        return 0.0
    (milliseconds,) = _LAST_DATA_RECEIVED.unpack(told)
    return float(milliseconds) / 1000
