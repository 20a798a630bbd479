"""The Gupshup stand-in for tests: in a thread of this process, or as a process of its own.

Both give a `SimulatorClient`, the sync face of its /_sim addresses.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from providers.simulator.client import (
    ACCOUNT,
    HSM_PASSWORD,
    HSM_USER,
    TWO_WAY_PASSWORD,
    TWO_WAY_USER,
    SimulatorClient,
)
from providers.simulator.options import Options, changed_options
from providers.simulator.server import Simulator

__all__ = [
    "ACCOUNT",
    "CREDENTIALS",
    "HSM_PASSWORD",
    "HSM_USER",
    "QUICK",
    "TWO_WAY_PASSWORD",
    "TWO_WAY_USER",
    "SimulatorClient",
    "running_simulator",
    "simulator_process",
]

CREDENTIALS = {
    "hsm_user_id": HSM_USER,
    "hsm_password": HSM_PASSWORD,
    "two_way_user_id": TWO_WAY_USER,
    "two_way_password": TWO_WAY_PASSWORD,
}
"""The same account as the fields of a provider."""
QUICK = {
    "latency": 0.0,
    "delays": {"sent": 0.0, "delivered": 0.0, "read": 0.0, "reaction": 0.0},
    "batch_wait": 0.01,
}
"""Everything at once, where a test is not about time."""
START_SECONDS = 30.0


@contextmanager
def running_simulator(**options: Any) -> Iterator[SimulatorClient]:
    """In a thread of this process, with the usual account: up in milliseconds."""
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, str]] = Future()

    async def serve() -> None:
        stop = asyncio.Event()
        first = changed_options(Options(), QUICK | options)
        async with Simulator(host="127.0.0.1", port=0, options=first) as simulator:
            started.set_result((asyncio.get_running_loop(), stop, simulator.url))
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="simulator", daemon=True)
    thread.start()
    loop, stop, url = started.result(START_SECONDS)
    try:
        yield _with_account(SimulatorClient(url))
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(START_SECONDS)


@contextmanager
def simulator_process(**options: Any) -> Iterator[SimulatorClient]:
    """As a process of its own, for tests that stop or kill things and for load."""
    command = [sys.executable, "-m", "providers.simulator", "--port", "0", "--no-demo-account"]
    command += ["--options", json.dumps(QUICK | options)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("simulator: "), line
        yield _with_account(SimulatorClient(line.removeprefix("simulator: ").strip()))
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        if process.stdout is not None:
            process.stdout.close()


def _with_account(client: SimulatorClient) -> SimulatorClient:
    client.register()
    return client
