"""Real Celery workers beside a test, on the test's own database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection

# Short enough for a test to see a lease end, long enough for a busy machine to keep it.
HASTY = {
    "GATEWAY_TOTAL_TIMEOUT": "2.0",
    "GATEWAY_CONNECT_TIMEOUT": "2.0",
    "SEND_FENCE_MARGIN": "0.5",
    "SEND_LEASE": "4.0",
}


def database_url() -> str:
    """DATABASE_URL with the name of the test's database in it."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))


@contextmanager
def celery_worker(
    *queues: str,
    output: IO[bytes] | None = None,
    level: str = "warning",
    schedule: Path | None = None,
    **environment: str,
) -> Iterator[subprocess.Popen[bytes]]:
    """Ended at the end of the block, if it still runs. What it writes goes to `output`, or where
    ours goes. With a schedule's file it forks beat, which starts quicker than beat by itself."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool", "threads",
        "--concurrency", "2", "--queues", ",".join(queues or settings.QUEUES), "--loglevel",
        level, "--without-gossip", "--without-mingle", "--without-heartbeat"]  # fmt: skip
    with_beat = ("--beat", "--schedule", str(schedule)) if schedule else ()
    process = subprocess.Popen(
        [*command, *with_beat],
        env=_own(environment),
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        stop(process)


def _own(environment: Mapping[str, str]) -> dict[str, str]:
    ours = {"DATABASE_URL": database_url(), "PYTHONWARNINGS": "ignore"}
    ours |= {"DJANGO_SETTINGS_MODULE": "config.settings.testing"}
    return {**os.environ, **ours, **environment}


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """-9, with whatever it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
