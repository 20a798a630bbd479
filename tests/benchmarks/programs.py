"""The programs that a benchmark needs beside itself: the simulator and Celery workers."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings as django_settings

from config.embedded.layout import GRANIAN
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
    include: str = "",
) -> Iterator[int]:
    """The process id of a Celery worker on one queue. libraries: a folder of further packages;
    include: a module with further tasks."""
    command = [sys.executable, "-m", "celery", "-A", app, "worker", "--queues", queue, "--pool",
        pool, "--concurrency", str(concurrency), "--loglevel", "warning", "--without-gossip",
        "--without-mingle", *(["--include", include] if include else [])]  # fmt: skip
    given = {"BENCH_GATEWAY_URL": gateway, "DJANGO_SETTINGS_MODULE": settings}
    with _running(command, given | ({"PYTHONPATH": str(libraries)} if libraries else {})) as pid:
        yield pid


@contextmanager
def beat() -> Iterator[int]:
    """The process id of beat, with the schedule of production."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "celery", "-A", "config", "beat", "--loglevel", "warning",
            "--schedule", f"{folder}/schedule"]  # fmt: skip
        with _running(command, {"DJANGO_SETTINGS_MODULE": "config.settings.local"}) as pid:
            yield pid


@contextmanager
def _running(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[int]:
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
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


@dataclass(frozen=True)
class Server:
    pid: int
    url: str


@contextmanager
def receiver(
    application: str, *, settings: str = "", threads: int = 64, workers: int = 1
) -> Iterator[Server]:
    """A WSGI application on granian, as the product runs its callback process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", *GRANIAN, "--host", "127.0.0.1",
        "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads),
        "--log-level", "error", application]  # fmt: skip
    process = subprocess.Popen(command, env=os.environ | _production(settings))
    try:
        _wait_for(port)
        yield Server(process.pid, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(30)


def _production(settings: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": settings,
        "SECRET_KEY": "for-a-benchmark-" * 4,
        "CREDENTIAL_KEYS": ",".join(django_settings.CREDENTIAL_KEYS),
        "INSTANCE_ID": "for-a-benchmark",
        "PUBLIC_BASE_URL": "https://kabootar.example",
    }


def _wait_for(port: int) -> None:
    ends = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.1)
        else:
            return
