"""One program under supervision: what to start, and the process that came of it."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from config.embedded.errors import RunOverError
from config.embedded.processes import kill_group

# prctl(2); looked up once, since little may be done between fork and exec.
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None
_SET_PARENT_DEATH_SIGNAL = 1
_SET_CHILD_SUBREAPER = 36

Output = Path | Literal["console", "terminal"]


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to start, and how to end it.

    output: "console" prints line by line with the name before it, a path collects it there, and
    "terminal" hands over our own standard input and output.
    """

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str] = field(default_factory=dict)
    output: Output = "console"
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 4.0  # seconds from the stop signal to SIGKILL
    user: str | None = None
    folder: Path | None = None


class Child:
    """A started program. It leads a process group of its own unless it shares our terminal."""

    def __init__(self, program: Program, environment: Mapping[str, str]) -> None:
        self.program = program
        self.shares_terminal = program.output == "terminal" and sys.stdin.isatty()
        self._process = _start(program, environment, own_session=not self.shares_terminal)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> IO[bytes] | None:
        return self._process.stdout

    def exit_code(self) -> int | None:
        """None while it runs; 128 + n if signal n ended it, as a shell says it."""
        code = self._process.poll()
        return 128 - code if code is not None and code < 0 else code

    def send(self, number: int) -> None:
        """To the program alone: it knows best what to do with its own children."""
        if self._process.poll() is None:
            self._process.send_signal(number)

    def has_got(self, number: int) -> bool:
        """The terminal itself gives Ctrl-C to everybody in front of it."""
        return self.shares_terminal and number == signal.SIGINT

    def kill(self) -> None:
        """Ends the program and whatever is left of its group."""
        if not self.shares_terminal:
            kill_group(self.pid)
        self._process.kill()
        self._process.wait()


def require(command: str) -> None:
    if shutil.which(command) is None:
        raise RunOverError(f"{command}: command not found.", exit_code=127)


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become our children instead of process 1's."""
    if _PRCTL:
        _PRCTL(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _start(
    program: Program, environment: Mapping[str, str], *, own_session: bool
) -> subprocess.Popen[bytes]:
    stdin, stdout, stderr = _streams(program.output)
    account = pwd.getpwnam(program.user) if program.user else None
    try:
        return subprocess.Popen(  # noqa: S603 - the commands are ours or the caller's own
            [str(part) for part in program.command],
            env=environment,
            cwd=program.folder,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=own_session,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_tie_to(os.getpid(), program.stop_signal),  # noqa: PLW1509 - no threads here
        )
    except OSError as error:
        raise RunOverError(f"{program.name} did not start: {error}.", exit_code=126) from error
    finally:
        if isinstance(stdout, int) and stdout >= 0:
            os.close(stdout)


def _streams(output: Output) -> tuple[int | None, int | None, int | None]:
    if output == "terminal":
        return None, None, None
    if output == "console":
        return subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
    log = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    return subprocess.DEVNULL, log, subprocess.STDOUT


def _tie_to(parent: int, stop_signal: signal.Signals) -> Callable[[], None] | None:
    """The kernel itself signals the child when we die, however we die."""
    if not (prctl := _PRCTL):
        return None

    def tie() -> None:
        prctl(_SET_PARENT_DEATH_SIGNAL, int(stop_signal), 0, 0, 0)
        if os.getppid() != parent:  # we died in between
            os._exit(1)

    return tie
