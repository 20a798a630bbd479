"""A process that does nothing until the supervisor is gone without a word.

SIGKILL of the supervisor can't be caught. Its children then get a signal from the kernel, but some
ignore it (a web server that is just starting) and some take their time (a busy worker). The
guardian sees the end of a pipe, gives them a few seconds, kills the rest with their groups, and
removes what lies in the scratch folder. It inherits the lock on a kept folder, so nobody can start
there before it is done.
"""

import os
import shutil
import signal
import time
from pathlib import Path
from typing import NoReturn

from config.embedded.processes import is_running, kill_group, kill_marked

GRACE = 5.0  # seconds


class Guardian:
    """Tell it of every process that must not outlive us; dismiss it when all are gone."""

    def __init__(self, *, scratch: Path, marker: str) -> None:
        reader, writer = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(writer)
            _guard(reader, scratch=scratch, marker=marker)
        os.close(reader)
        self._writer = writer

    def started(self, pid: int, stop_signal: signal.Signals) -> None:
        self._tell(f"started {pid} {int(stop_signal)}\n")

    def ended(self, pid: int) -> None:
        self._tell(f"ended {pid}\n")

    def dismiss(self) -> None:
        """Returns when it is gone, and our lock with it."""
        self._tell("dismissed\n")
        os.close(self._writer)
        os.waitpid(self.pid, 0)

    def _tell(self, line: str) -> None:
        try:
            os.write(self._writer, line.encode())
        except BrokenPipeError:
            return  # somebody killed it; the kernel's signal remains


def _guard(reader: int, *, scratch: Path, marker: str) -> NoReturn:
    try:
        _leave_the_terminal()
        wards = _listen(reader)
        if wards is not None:
            _end(wards)
            kill_marked(marker)
            shutil.rmtree(scratch, ignore_errors=True)
    finally:
        os._exit(0)


def _leave_the_terminal() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # whoever reads our output must see its end
        os.dup2(nowhere, stream)


def _listen(reader: int) -> dict[int, int] | None:
    """Who is left, with the signal that stops each; None after an orderly end."""
    wards: dict[int, int] = {}
    with os.fdopen(reader) as news:
        for line in news:
            match line.split():
                case ["started", pid, number]:
                    wards[int(pid)] = int(number)
                case ["ended", pid]:
                    wards.pop(int(pid), None)
                case ["dismissed"]:
                    return None
    return wards


def _end(wards: dict[int, int]) -> None:
    for pid, number in reversed(wards.items()):
        _send(pid, number)
    deadline = time.monotonic() + GRACE
    while any(map(is_running, wards)) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in wards:
        kill_group(pid)
        _send(pid, signal.SIGKILL)


def _send(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
