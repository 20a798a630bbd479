"""CPU seconds and memory of whole programs, read from the system, and the JSON line of a figure."""

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Spent:
    """Seconds by the clock, and CPU seconds by program, filled when the measured block ends."""

    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)

    def cpu_per_1000(self, count: int, *programs: str) -> float:
        chosen = programs or tuple(self.cpu)
        return sum(self.cpu[name] for name in chosen) / count * 1000


@contextmanager
def measured(**pids: int) -> Iterator[Spent]:
    """Of these programs, and always of PostgreSQL and Redis."""
    programs = {**pids, "postgres": postgres_pid(), "redis": redis_pid()}
    spent, before = Spent(), {name: cpu_of(pid) for name, pid in programs.items()}
    started = time.monotonic()
    yield spent
    spent.seconds = time.monotonic() - started
    spent.cpu = {name: cpu_of(pid) - before[name] for name, pid in programs.items()}


def cpu_of(pid: int) -> float:
    """Of a process, of its children that have ended, and of those that live."""
    own = _cpu_of_one(pid)
    return own + sum(cpu_of(child) for child in _children(pid))


def _cpu_of_one(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return 0.0
    fields = stat[stat.rindex(")") + 2 :].split()
    return sum(int(ticks) for ticks in fields[11:15]) / TICKS


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
    except FileNotFoundError:
        return []


def peak_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def peak_of_any(pids: Sequence[int]) -> float:
    """MB of the largest among these processes and their children."""
    largest = 0.0
    for pid in pids:
        largest = max(largest, peak_mb(pid), peak_of_any(_children(pid)))
    return largest


def reset_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def wait_until(done: Callable[[], bool], *, seconds: float = 300.0) -> None:
    ends = time.monotonic() + seconds
    while not done():
        if time.monotonic() > ends:
            raise TimeoutError(f"not done in {seconds:.0f} s: BENCH_LOGS=1 shows the workers' logs")
        time.sleep(0.1)


def postgres_pid() -> int:
    """The parent of our own backend."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    stat = Path(f"/proc/{backend}/stat").read_text()
    return int(stat[stat.rindex(")") + 2 :].split()[1])


def redis_pid() -> int:
    return int(redis.Redis.from_url(settings.REDIS_URL).info("server")["process_id"])


def say(bench: str, *, size: int, **figures: float | str) -> None:
    rounded = {k: round(v, 4) if isinstance(v, float) else v for k, v in figures.items()}
    print(json.dumps({"bench": bench, "size": size, **rounded}), flush=True)
