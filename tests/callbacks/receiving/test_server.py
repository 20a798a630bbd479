"""The callback process as production runs it: granian, its own settings, many threads."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import pytest
import redis
from cryptography.fernet import Fernet
from pytest_django import Settings

from callbacks.models import Receipt
from config.embedded.layout import CALLBACK_THREADS, GRANIAN
from providers.connection.callback_urls import current_key, whole_key
from tests.callbacks.committing import commit
from tests.factories import ProjectFactory
from tests.ports import free_port
from tests.workers import database_url, kill

START_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    process: "subprocess.Popen[bytes]"
    port: int
    key: str

    def request(
        self, method: str, *, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            # Who refuses a body before it has come answers, and closes while it is being sent.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(
                    method, f"/gupshup/status?a={self.key}", body=body, headers=headers or {}
                )
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@pytest.fixture
def server(committed: None, settings: Settings) -> Iterator[Server]:
    # Nobody is there: storing must not need the broker.
    with running_server(settings, REDIS_URL="redis://127.0.0.1:1/0") as server:
        yield server


@contextmanager
def running_server(settings: Settings, **environment: str) -> Iterator[Server]:
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    key = commit(lambda: whole_key(current_key(ProjectFactory.create())))
    port = free_port()
    command = [sys.executable, "-m", "granian", *GRANIAN, "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--blocking-threads", str(CALLBACK_THREADS),
        "--log-level", "error", "config.wsgi_callbacks:application"]  # fmt: skip
    process = subprocess.Popen(
        command,
        env=os.environ | production_settings(settings) | environment,
        start_new_session=True,
    )
    try:
        wait_until_up(port)
        yield Server(process, port, key)
    finally:
        if process.poll() is None:
            kill(process)


def production_settings(settings: Settings) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.callbacks",
        "DATABASE_URL": database_url(),
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": "for-one-test-" * 4,
        "CREDENTIAL_KEYS": settings.CREDENTIAL_KEYS[0],
        "INSTANCE_ID": "for-one-test",
        "PUBLIC_BASE_URL": "https://kabootar.example",
    }


def wait_until_up(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz", headers={"Host": "kabootar.example"})
            assert connection.getresponse().status == 200
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError


def test_the_callback_process_stores_before_it_answers(server: Server) -> None:
    assert refusals(server) == {
        "wrong key": 403,
        "nothing in it": 400,
        "in chunks": 411,
        "too large": 413,
        "put": 405,
        "head": 200,
        "only the key": 200,
    }
    assert Receipt.objects.count() == 0

    bodies = [f"response=%5B{n}%5D".encode() for n in range(300)]
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda body: server.request("POST", body=body), bodies))
    # Nothing may be lost that was answered, even if the process dies right now.
    kill(server.process)

    assert set(answers) == {(200, b"{}")}
    assert {bytes(body) for body in Receipt.objects.values_list("body", flat=True)} == set(bodies)


def refusals(server: Server) -> dict[str, int]:
    stranger = Server(server.process, server.port, "AAA-AAA-AAAA.x")
    most = 1024 * 1024
    return {
        "wrong key": stranger.request("POST", body=b"[]")[0],
        "nothing in it": server.request("POST", body=b"")[0],
        "in chunks": server.request("POST", body=iter([b"[]"]))[0],
        "too large": server.request("POST", headers={"Content-Length": str(most + 1)})[0],
        "put": server.request("PUT", body=b"[]")[0],
        "head": server.request("HEAD")[0],
        "only the key": server.request("GET")[0],
    }


def test_the_callback_process_wakes_the_drain(committed: None, settings: Settings) -> None:
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete("callbacks")
    with running_server(settings) as server:
        assert server.request("POST", body=b"[1]") == (200, b"{}")

        deadline = time.monotonic() + START_SECONDS
        while not broker.llen("callbacks") and time.monotonic() < deadline:
            time.sleep(0.05)

    (hint,) = broker.lrange("callbacks", 0, -1)
    assert json.loads(hint)["headers"]["task"] == "callbacks.tasks.drain"
    broker.delete("callbacks")


HOSTS = ("Host: gupshup.proxy.example", "Host: 10.0.0.7:8001", "Host: a b/c", "Host:", "X: y")


@pytest.mark.parametrize("module", ["config.settings.callbacks", "config.settings.local"])
def test_whatever_host_a_call_names_its_key_is_enough(
    committed: None, settings: Settings, module: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Somebody's proxy may have passed it on, or a tunnel to a working copy."""
    with running_server(settings, DJANGO_SETTINGS_MODULE=module) as server:
        answers = [called_as(host, server) for host in HOSTS]

    assert answers == [200] * len(HOSTS)
    assert "Traceback" not in capfd.readouterr().err


def called_as(host: str, server: Server) -> int:
    head = f"POST /gupshup/status?a={server.key} HTTP/1.0\r\n{host}\r\nContent-Length: 2\r\n\r\n[]"
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as caller:
        caller.sendall(head.encode())
        return int(caller.recv(1000).split()[1])
