"""What the kernel knows of processes, read from /proc. Where there is none, nothing is found."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    pid: int
    name: str
    state: str  # one letter as in proc(5); Z is a zombie
    parent: int


def find(pid: int) -> Process | None:
    """None where no such process exists (or the machine has no /proc)."""
    try:
        stat = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The name stands in parentheses and may itself hold some.
    name = stat[stat.index("(") + 1 : stat.rindex(")")]
    state, parent = stat[stat.rindex(")") + 2 :].split()[:2]
    return Process(pid=pid, name=name, state=state, parent=int(parent))


def is_running(pid: int) -> bool:
    """A zombie has ended, even while its process number is still taken."""
    if PROC.is_dir():
        process = find(pid)
        return process is not None and process.state != "Z"
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def children_of(parent: int) -> list[int]:
    found = (find(pid) for pid in _all())
    return [process.pid for process in found if process and process.parent == parent]


def kill_group(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def kill_marked(marker: str) -> None:
    """Every process whose environment holds this assignment: daemons and foreign groups too."""
    wanted = marker.encode() + b"\0"
    for pid in _all():
        try:
            if wanted in (PROC / str(pid) / "environ").read_bytes():
                os.kill(pid, signal.SIGKILL)
        except OSError:
            continue


def _all() -> Iterator[int]:
    numbers = PROC.glob("[0-9]*")
    return (pid for number in numbers if (pid := int(number.name)) != os.getpid())
