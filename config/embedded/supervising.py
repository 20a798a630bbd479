"""Starts programs in layers, watches them, and leaves nothing behind.

Nothing is ever restarted: when one program ends by itself, all are stopped, and which one it was
is said. Programs of a later layer use those of an earlier one, so the last layer stops first.
"""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from config.embedded.errors import ChildEndedError, RunOverError, StopAskedError
from config.embedded.guardian import Guardian
from config.embedded.listening import Listener
from config.embedded.processes import children_of
from config.embedded.programs import Child, Program, adopt_orphans

TICK = 0.2  # seconds between two looks at what no signal tells: is our own parent still there?
READY_TICK = 0.01  # seconds between two looks whether a program is ready
FOREGROUND_GRACE = 15.0  # seconds for a command to end after a signal was passed on to it


class Supervisor:
    """Use it as a context; `scratch` is a short-lived folder that vanishes with it.

    with Supervisor() as supervisor:
        supervisor.start(postgres, redis)
        supervisor.wait_until(they_answer, what="the stores", seconds=30)
        supervisor.start(web, worker)
        supervisor.watch()
    """

    def __init__(self, *, scratch_in: Path | None = None) -> None:
        self._parent: int | None = os.getppid()
        self._layers: list[list[Child]] = []
        self._listener = Listener()
        adopt_orphans()
        self.scratch = Path(tempfile.mkdtemp(prefix="kabootar-", dir=scratch_in))
        self._marker = f"KABOOTAR_RUNTIME={self.scratch}"
        self._guardian = Guardian(scratch=self.scratch, marker=self._marker)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        while self._layers:
            self._end(self._layers[-1])
            self._layers.pop()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._guardian.dismiss()
        self._listener.close()

    def start(self, *programs: Program) -> None:
        """One more layer."""
        layer: list[Child] = []
        self._layers.append(layer)
        for program in programs:  # not extend(): one that can't start must not hide the others
            layer.append(self._spawn(program))  # noqa: PERF401

    def wait_until(self, ready: Callable[[], bool], *, what: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline:
                raise RunOverError(f"{what} did not answer within {seconds:.0f} seconds.")
            self._look(READY_TICK)

    def run(self, program: Program) -> int:
        """Runs one program to its end and returns its exit code; a signal ends it and the run."""
        child = self._spawn(program)
        try:
            while (code := child.exit_code()) is None:
                self._look(TICK)
            return code
        finally:
            self._end([child])

    def run_in_foreground(self, program: Program) -> int:
        """Like run, but a signal is passed on, and what the program makes of it is the result."""
        child = self._spawn(program)
        deadline = float("inf")
        try:
            while (code := child.exit_code()) is None and time.monotonic() < deadline:
                try:
                    self._look(TICK)
                except StopAskedError as asked:
                    if not child.has_got(asked.number):
                        child.send(asked.number)
                        deadline = time.monotonic() + FOREGROUND_GRACE
        finally:
            self._end([child])
        return 128 + signal.SIGKILL if code is None else code

    def watch(self) -> NoReturn:
        """Until a program ends by itself or somebody asks us to stop."""
        while True:
            self._look(TICK)

    def _spawn(self, program: Program) -> Child:
        name, value = self._marker.split("=", 1)
        child = Child(program, {**os.environ, **program.environment, name: value})
        self._guardian.started(child.pid, program.stop_signal)
        if child.output:
            self._listener.forward(program.name, child.output)
        return child

    def _look(self, seconds: float) -> None:
        """Waits for news; raises when the run is over."""
        self._listener.wait(seconds)
        if self._listener.signals:
            raise StopAskedError(self._listener.signals.popleft())
        if self._parent not in (None, os.getppid()):
            self._parent = None  # say it once
            raise StopAskedError(signal.SIGTERM)
        for layer in self._layers:
            for child in layer:
                if (code := child.exit_code()) is not None:
                    raise ChildEndedError(_how_it_ended(child.program, code))

    def _end(self, children: Sequence[Child]) -> None:
        for child in children:
            child.send(child.program.stop_signal)
        deadline = time.monotonic() + max((c.program.grace for c in children), default=0)
        while any(c.exit_code() is None for c in children) and time.monotonic() < deadline:
            self._listener.wait(0.05)
        for child in children:
            child.kill()
            self._guardian.ended(child.pid)
        self._kill_strays()
        self._listener.drain()

    def _kill_strays(self) -> None:
        """Orphans that we adopted; killing one may bring us its children."""
        deadline = time.monotonic() + 2
        while (strays := self._strays()) and time.monotonic() < deadline:
            for pid in strays:
                with suppress(ProcessLookupError, ChildProcessError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)

    def _strays(self) -> list[int]:
        ours = {child.pid for layer in self._layers for child in layer} | {self._guardian.pid}
        return [pid for pid in children_of(os.getpid()) if pid not in ours]


def _how_it_ended(program: Program, code: int) -> str:
    line = f"{program.name} ended by itself (exit code {code}); everything else was stopped."
    if isinstance(program.output, Path) and (said := telling_line(program.output)):
        line += f" It said: {said}"
    return line


def telling_line(log: Path) -> str:
    """The last line that names an error, else the last one."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines()]
    lines = [line for line in lines if line]
    errors = [line for line in lines if "FATAL" in line or "PANIC" in line or "rror" in line]
    return (errors or lines or [""])[-1]
