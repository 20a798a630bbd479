"""Starts the embedded runtime as real processes and looks at what is left of them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded.processes import children_of, is_running

ROOT = Path(__file__).resolve().parents[2]
EMBEDDED = [sys.executable, "-m", "config.embedded"]
# For what concerns the supervisor alone: no store is started, so a run takes a tenth of a second.
NO_STORES = {"DATABASE_URL": "postgres://elsewhere", "REDIS_URL": "redis://elsewhere"}

SHOW_URLS = """
import json, os
print(json.dumps({name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}), flush=True)
"""
WAIT = "import time; time.sleep(60)"


@dataclass(frozen=True)
class Finished:
    code: int
    out: str
    errors: list[str]


def environment(changes: Mapping[str, str] = {}) -> dict[str, str]:
    ours = {n: v for n, v in os.environ.items() if n not in ("DATABASE_URL", "REDIS_URL")}
    return {**ours, **changes}


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def finish(
    command: Sequence[str | Path], changes: Mapping[str, str] = {}, *, seconds: float = 30
) -> Finished:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(changes),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr.splitlines())


class Started:
    """A command that has printed its first line, and the processes that it is made of."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self.process = process
        self.first_line = process.stdout.readline().strip()
        self.family = [process.pid, *family_of(process.pid)]

    @property
    def urls(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.first_line)
        return found

    @property
    def scratch(self) -> Path:
        """The folder that must vanish with the run."""
        return Path(self.urls["REDIS_URL"].removeprefix("unix://").split("?")[0]).parent

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def finish(self) -> Finished:
        out, errors = self.process.communicate(timeout=30)
        return Finished(self.process.returncode, out, errors.splitlines())

    def leaves_nothing(self, *, seconds: float = 10) -> bool:
        return eventually(lambda: not self.left(), seconds=seconds)

    def left(self) -> list[int]:
        return [pid for pid in self.family if is_running(pid)]


def _hear_hangups() -> None:
    """Under nohup they arrive ignored, and a command leaves them so."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def started(command: Sequence[str | Path], changes: Mapping[str, str] = {}) -> Iterator[Started]:
    """Kills at its end whatever a failed test leaves."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(changes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_hangups,  # noqa: PLW1509 this process has no threads
    ) as process:
        run = Started(process)
        try:
            yield run
        finally:
            run.signal(signal.SIGTERM)
            run.leaves_nothing(seconds=20)
            for pid in run.left():
                os.kill(pid, signal.SIGKILL)


def family_of(pid: int) -> list[int]:
    """All descendants."""
    children = children_of(pid)
    return children + [descendant for child in children for descendant in family_of(child)]


def eventually(holds: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()
