"""The web server as production starts it, with any application."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from config.embedded.layout import GRANIAN
from tests.callbacks.receiving.test_server import wait_until_up
from tests.ports import free_port
from tests.workers import kill


@contextmanager
def granian(application: str, *, threads: int = 1, **environment: str) -> Iterator[int]:
    """Its port."""
    port = free_port()
    command = [sys.executable, "-m", "granian", *GRANIAN]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    command += ["--blocking-threads", str(threads), application]
    process = subprocess.Popen(command, env=os.environ | environment, start_new_session=True)
    try:
        wait_until_up(port)
        yield port
    finally:
        kill(process)
