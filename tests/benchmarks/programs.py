"""The programs that a benchmark needs beside itself: the simulator and Celery workers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.gateway_simulator import SimulatorClient, simulator_process

LATENCY = 0.15  # seconds


@contextmanager
def gateway(**options: object) -> Iterator[SimulatorClient]:
    """Everybody gets the message, nobody reports, unless asked for."""
    given = {"latency": LATENCY, "behaviours": False, "require_opt_in": False, "reports": False}
    with simulator_process(**(given | options)) as simulator:
        yield simulator


@contextmanager
def worker(
    app: str,
    *,
    queue: str,
    pool: str,
    gateway: str,
    concurrency: int = 1,
    settings: str = "tests.benchmarks.settings",
    libraries: Path | None = None,
) -> Iterator[int]:
    """The process id of a Celery worker on one queue. libraries: a folder of further packages."""
    command = [sys.executable, "-m", "celery", "-A", app, "worker", "--queues", queue, "--pool",
        pool, "--concurrency", str(concurrency), "--loglevel", "warning", "--without-gossip",
        "--without-mingle"]  # fmt: skip
    process = subprocess.Popen(
        command,
        env=os.environ
        | {"BENCH_GATEWAY_URL": gateway, "DJANGO_SETTINGS_MODULE": settings}
        | ({"PYTHONPATH": str(libraries)} if libraries else {}),
        stdout=subprocess.DEVNULL,
        stderr=None if os.environ.get("BENCH_LOGS") else subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
