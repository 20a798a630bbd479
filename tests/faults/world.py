"""Everything that a fault can break: stores of its own, real workers, beat, a Gupshup.

It is kept from one fault to the next. What a fault killed is started again, and what it started
beside is ended; what must have survived is asked whether it did.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from config.embedded.processes import is_running
from config.queues import CALLBACKS, SENDING
from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project
from tests.callbacks.receiving.test_server import wait_until_up
from tests.faults.stores import Store, wait_until
from tests.gateway_simulator import SimulatorClient
from tests.ports import free_port

SENDER, HELPER, BEAT, RECEIVER = "sender", "helper", "beat", "receiver"
WEB, API = "web", "api"  # both answer programs
END_SECONDS = 20.0


@dataclass(slots=True)
class Worker:
    """A process; `is_spare`: only for this fault, and ended after it."""

    role: str
    pid: int
    is_spare: bool = False
    may_end: bool = field(default=False, init=False)

    @property
    def runs(self) -> bool:
        return is_running(self.pid)

    def kill(self) -> None:
        """-9, with whatever it started. Returns when it is gone."""
        self._send(signal.SIGKILL)
        self.wait_for_end()

    def terminate(self) -> None:
        """As a deployment does. Does not wait."""
        self.may_end = True
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def suspend(self) -> None:
        os.killpg(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        os.killpg(self.pid, signal.SIGCONT)

    def wait_for_end(self, seconds: float = END_SECONDS) -> None:
        self.may_end = True
        wait_until(lambda: not self.runs, seconds=seconds)

    def _send(self, number: signal.Signals) -> None:
        self.may_end = True
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)


class Nursery:
    """The other end of nursery.py."""

    def __init__(self, log: IO[bytes], environment: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            env=os.environ | (environment or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

    def fork(self, order: Mapping[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(END_SECONDS)


class World:
    def __init__(
        self, *, postgres: Store, redis: Store, simulator: SimulatorClient, scratch: Path
    ) -> None:
        self.postgres, self.redis, self.simulator = postgres, redis, simulator
        self._scratch = scratch
        self.data = scratch / "data"  # of both stores
        self._log_path, self._log_before = scratch / "workers.log", 0
        self._log = self._log_path.open("ab")
        self._nursery = Nursery(self._log)
        self._under_another_clock: Nursery | None = None
        self.clock = scratch / "clock"
        self._workers: list[Worker] = []
        self._receiver_port = free_port()
        self._ports_of_programs = {WEB: free_port(), API: free_port()}
        self._schedules = 0

    def one(self, role: str) -> Worker:
        """The usual one of this role; started where there is none."""
        usual = [w for w in self._workers if w.role == role and not w.is_spare and not w.may_end]
        return usual[0] if usual else self._start(role, is_spare=False)

    def without(self, role: str) -> None:
        """No usual one of this role, until somebody asks for one."""
        for worker in self._workers:
            if worker.role == role and worker.runs:
                worker.kill()

    def spares(self, role: str) -> list[Worker]:
        """Those of this fault alone that run."""
        return [w for w in self._workers if w.role == role and w.is_spare and w.runs]

    def latest(self, role: str) -> Worker:
        return next(worker for worker in reversed(self._workers) if worker.role == role)

    def another(
        self,
        role: str,
        *,
        plant: str = "",
        seed: int = 0,
        settings: Mapping[str, float] | None = None,
        celery: Mapping[str, Any] | None = None,
    ) -> Worker:
        """Beside or instead of the usual one, for this fault alone. plant: see plants.py."""
        more = {"plant": plant, "seed": seed, "settings": settings or {}, "celery": celery or {}}
        return self._start(role, is_spare=True, **more)

    def prepare_clock(self, preloaded: Path) -> None:
        """Workers whose wall clock, though not the monotonic one, follows the file `clock` take
        seconds to import everything; from now on they are made."""
        if self._under_another_clock is None:
            self._under_another_clock = Nursery(self._log, self.another_clock(preloaded))

    def another_clock(self, preloaded: Path) -> Mapping[str, str]:
        """The environment of a program whose wall clock follows the file `clock`."""
        self.clock.write_text("+0\n")
        return {
            "LD_PRELOAD": str(preloaded),
            "FAKETIME_TIMESTAMP_FILE": str(self.clock),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def under_another_clock(self, role: str) -> Worker:
        assert self._under_another_clock is not None
        order = {"plant": "", "seed": 0, "settings": {}, "celery": {}}
        order |= {"arguments": self._arguments(role)}
        return self._keep(Worker(role, self._under_another_clock.fork(order), is_spare=True))

    def connect(self, project: Project) -> None:
        """The gateway's one account is this project's from now on; its reports go there."""
        key = whole_key(current_key(project))
        base = f"http://127.0.0.1:{self._receiver_port}/gupshup"
        self._status_url = f"{base}/status?a={key}"
        self.simulator.register(
            status_url=self._status_url, response_url=f"{base}/response?a={key}"
        )

    def post_to_status(self, form: str) -> None:
        """As Gupshup would, to the project that was connected last."""
        with urlopen(Request(self._status_url, data=form.encode())) as response:
            assert response.status == 200

    def try_status(self, body: bytes) -> int:
        """The status of the answer; 0 where there is none."""
        request = Request(self._status_url, data=body, headers={"Content-Type": "application/json"})
        try:
            with urlopen(request, timeout=20) as response:
                return int(response.status)
        except HTTPError as error:
            return error.code
        except (URLError, OSError):
            return 0

    def call_api(
        self, role: str, address: str, body: object, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], Any]:
        """The status, the headers and what the body says; 0 where there is no answer."""
        url = f"http://127.0.0.1:{self._ports_of_programs[role]}/api/v1/{address}"
        json_too = {"Content-Type": "application/json", **headers}
        request = Request(url, data=json.dumps(body).encode(), headers=json_too)
        try:
            with urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, json.load(answer)
        except HTTPError as error:
            return error.code, error.headers, json.load(error)
        except (URLError, OSError):
            return 0, {}, None

    def post_to_console(
        self, address: str, form: Mapping[str, str], *, cookies: str
    ) -> tuple[int, str]:
        """The status, and where it leads; 0 where there is no answer."""
        server = HTTPConnection("127.0.0.1", self._ports_of_programs[WEB], timeout=60)
        kind = "application/x-www-form-urlencoded"
        try:
            server.request(
                "POST", address, urlencode(form), {"Cookie": cookies, "Content-Type": kind}
            )
            answer = server.getresponse()
            return answer.status, answer.headers.get("Location", "")
        except (HTTPException, OSError):
            return 0, ""
        finally:
            server.close()

    def log_of_this_play(self) -> str:
        return self._log_path.read_bytes()[self._log_before :].decode(errors="replace")

    @contextmanager
    def playing(self) -> Iterator[None]:
        """Around one fault: the usual helper and beat work, the gateway knows nothing."""
        self._log_before = self._log_path.stat().st_size
        self.simulator.reset()
        for role in (HELPER, BEAT):
            self.one(role)
        try:
            yield
        finally:
            for worker in [worker for worker in self._workers if worker.is_spare]:
                worker.kill()
                self._workers.remove(worker)

    def ended_by_themselves(self) -> list[str]:
        """Roles of the workers that are gone though nobody ended them."""
        return [worker.role for worker in self._workers if not worker.runs and not worker.may_end]

    def close(self) -> None:
        for worker in self._workers:
            worker.kill()
        for nursery in (self._nursery, self._under_another_clock):
            if nursery is not None:
                nursery.close()
        self._log.close()

    def _start(self, role: str, *, is_spare: bool, **more: Any) -> Worker:
        order = {"plant": "", "seed": 0, "settings": {}, "celery": {}}
        servers = {RECEIVER: self._receive, WEB: self._serve_console, API: self._serve_api}
        if serve := servers.get(role):
            return self._keep(Worker(role, serve(order | more), is_spare=is_spare))
        pid = self._nursery.fork(order | more | {"arguments": self._arguments(role)})
        return self._keep(Worker(role, pid, is_spare=is_spare))

    def _receive(self, order: Mapping[str, Any]) -> int:
        """The callback process as production runs it. Returns when it takes callbacks."""
        more = {"FAULT_PLANT": order["plant"], "FAULT_SEED": str(order["seed"])}
        more |= {"DJANGO_SETTINGS_MODULE": "config.settings.callbacks"}
        return self._serve("tests.faults.receiver:application", self._receiver_port, more)

    def _serve_console(self, _order: Mapping[str, Any]) -> int:
        """The console's process, which answers the API, too."""
        more = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings"}
        return self._serve("config.wsgi:application", self._ports_of_programs[WEB], more)

    def _serve_api(self, _order: Mapping[str, Any]) -> int:
        more = {"DJANGO_SETTINGS_MODULE": "tests.faults.api_settings"}
        return self._serve("config.wsgi_api:application", self._ports_of_programs[API], more)

    def _serve(self, application: str, port: int, environment: Mapping[str, str]) -> int:
        process = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
                "--port", str(port), "--workers", "1", "--blocking-threads", "16",
                "--log-level", "error", application],
            env=os.environ | environment,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )  # fmt: skip
        wait_until_up(port)
        return process.pid

    def _keep(self, worker: Worker) -> Worker:
        self._workers = [w for w in self._workers if w.runs or not w.may_end]
        self._workers.append(worker)
        return worker

    def _arguments(self, role: str) -> list[str]:
        self._schedules += 1
        if role == BEAT:
            schedule = self._scratch / f"schedule-{self._schedules}"
            return ["--quiet", "beat", "--schedule", str(schedule), "--loglevel", "warning"]
        queues = SENDING if role == SENDER else f"{CALLBACKS},default"
        threads = 1 if role == SENDER else 4
        return [
            *("--quiet", "worker", "--loglevel", "warning"),
            *("--pool", "threads", "--concurrency", str(threads)),
            *("--queues", queues, "--hostname", f"{role}{self._schedules}@%h"),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),
        ]
