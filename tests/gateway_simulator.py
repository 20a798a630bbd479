"""The Gupshup stand-in for tests: in a thread of this process, or as a process of its own.

Both give a `SimulatorClient`, the sync face of its /_sim addresses.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from providers.simulator.options import Options, changed_options
from providers.simulator.server import Simulator

HSM_USER, HSM_PASSWORD = "2000000001", "hsm-password"
TWO_WAY_USER, TWO_WAY_PASSWORD = "2000000002", "two-way-password"
ACCOUNT = {
    "name": "demo",
    "hsm_user": HSM_USER,
    "hsm_password": HSM_PASSWORD,
    "two_way_user": TWO_WAY_USER,
    "two_way_password": TWO_WAY_PASSWORD,
    "number": "919000000001",
}
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


@dataclass(frozen=True, slots=True)
class SimulatorClient:
    base_url: str

    @property
    def gateway_url(self) -> str:
        return f"{self.base_url}/GatewayAPI/rest"

    def register(self, **described: Any) -> None:
        """An account; what is not given is that of `ACCOUNT`."""
        self.post("/_sim/accounts", **(ACCOUNT | described))

    def options(self, **changes: Any) -> dict[str, Any]:
        return self.post("/_sim/options", **changes)

    def behave(self, phone: str, behaviour: str) -> None:
        self.post("/_sim/phones", phone=phone, behaviour=behaviour)

    def opt_in(self, *phones: str) -> None:
        self.post("/_sim/opt_in", phones=list(phones))

    def inbound(self, phone: str, **message: Any) -> None:
        """`text=`, `button=` with an optional `payload=`, or `picture=`."""
        self.post("/_sim/inbound", phone=phone, **message)

    def click(self, phone: str, **which: Any) -> str:
        """Returns the address that was clicked."""
        return str(self.post("/_sim/click", phone=phone, **which)["target"])

    def refuse(self, seconds: float) -> None:
        """Nobody listens for so long, this client's own calls included."""
        self.post("/_sim/refuse", seconds=seconds)

    def reset(self) -> None:
        """As after the start, but for the accounts, which stay."""
        self.post("/_sim/reset")

    def book(self, since: int = 0) -> list[dict[str, Any]]:
        lines = self._call(Request(f"{self.base_url}/_sim/book?since={since}"))
        return [json.loads(line) for line in lines.splitlines()]

    def summary(self) -> dict[str, Any]:
        return self.get("/_sim/book/summary")

    def state(self) -> dict[str, Any]:
        return self.get("/_sim/state")

    def wait_until_quiet(self, timeout: float = 30.0) -> dict[str, Any]:
        """Until no request is open and nothing is left to be posted back."""
        return self.wait_for(
            lambda state: not state["open"] and not state["callbacks"]["waiting"], timeout
        )

    def wait_for(
        self, reached: Callable[[dict[str, Any]], bool], timeout: float = 30.0
    ) -> dict[str, Any]:
        deadline = time.monotonic() + timeout
        while not reached(state := self.state()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not reached in {timeout} s: {state}")
            time.sleep(0.02)
        return state

    def get(self, path: str, **query: str) -> Any:
        return json.loads(self._call(Request(f"{self.base_url}{path}?{urlencode(query)}")))

    def post(self, path: str, **content: Any) -> Any:
        body = json.dumps(content).encode()
        return json.loads(self._call(Request(f"{self.base_url}{path}", data=body)))

    def _call(self, request: Request) -> str:
        try:
            with urlopen(request, timeout=30) as answer:
                return str(answer.read().decode())
        except HTTPError as error:
            raise ValueError(f"{error.code}: {error.read().decode()}") from None


@contextmanager
def running_simulator(**options: Any) -> Iterator[SimulatorClient]:
    """In a thread of this process, with the account of `ACCOUNT`: up in milliseconds."""
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
