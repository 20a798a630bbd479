"""Which processes the product consists of on one machine, and what each is told."""

import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from config.embedded.ports import HOST, Ports
from config.embedded.programs import Program
from config.queues import CALLBACKS, QUEUES, SENDING

CALLBACK_THREADS = 64
CALLBACK_WORKERS = 2  # one alone is at the end of its processor at 3,000 callbacks a second
WEB_THREADS = 8
# Gupshup's own are not public, so the simulator makes some up.
MADE_UP_CODES = '{"901": "ip_refused", "902": "not_opted_in"}'
# While the server waits to hear which HTTP is spoken it knows no time limit: so that is said. What
# sends no request within the limit is cut off, at its beginning and between two requests.
GRANIAN = ("--interface", "wsgi", "--http", "1", "--http1-header-read-timeout", "10000")
# Longer than CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT, in which a worker ends its open requests.
WORKER_GRACE = 6.0  # seconds
WORKER_SEND = "worker-send"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The ports on 127.0.0.1."""

    web: int
    callbacks: int
    simulator: int

    @classmethod
    def on(cls, ports: Ports, *, web: int, callbacks: int, simulator: int) -> Self:
        """These ports or, where one is taken (or 0), a free one."""
        return cls(
            web=ports.claim(preferred=web),
            callbacks=ports.claim(preferred=callbacks),
            simulator=ports.claim(preferred=simulator),
        )

    @property
    def web_url(self) -> str:
        return f"http://{HOST}:{self.web}"

    @property
    def callback_url(self) -> str:
        return f"http://{HOST}:{self.callbacks}"

    @property
    def simulator_url(self) -> str:
        return f"http://{HOST}:{self.simulator}"


def environment_of(
    layout: Layout, *, stores: Mapping[str, str], secrets: Mapping[str, str], media: Path
) -> dict[str, str]:
    """What every process gets, on top of our own environment."""
    return {
        **stores,
        **secrets,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "PUBLIC_BASE_URL": layout.web_url,
        "KABOOTAR_WEB_URL": layout.web_url,
        "KABOOTAR_CALLBACK_URL": layout.callback_url,
        "KABOOTAR_SIMULATOR_URL": layout.simulator_url,
        "KABOOTAR_DEMO_USER": "demo",
        "GATEWAY_SEND_URL": f"{layout.simulator_url}/GatewayAPI/rest",
        "GATEWAY_TEMPLATE_URL": f"{layout.simulator_url}/GatewayAPI/rest",
        "GATEWAY_EXTRA_CODES": MADE_UP_CODES,
        "MEDIA_ROOT": str(media),
        "PYTHONUNBUFFERED": "1",
    }


def product(
    layout: Layout,
    environment: Mapping[str, str],
    *,
    root: Path,
    scratch: Path,
    logs: Path | None,
) -> list[Program]:
    """Everything that stands on the stores. logs: a folder, or None for the console."""
    other_queues = [queue for queue in QUEUES if queue not in (SENDING, CALLBACKS)]
    commands = {
        "simulator": _module("providers.simulator", "--port", str(layout.simulator)),
        "web": _granian("config.wsgi:application", port=layout.web, threads=WEB_THREADS),
        "callbacks": _granian(
            "config.wsgi_callbacks:application",
            port=layout.callbacks,
            threads=CALLBACK_THREADS,
            workers=CALLBACK_WORKERS,
        ),
        WORKER_SEND: _worker("send", queues=[SENDING], pool="threads", concurrency=1),
        "worker-callbacks": _worker("callbacks", queues=[CALLBACKS], concurrency=2),
        "worker-default": _worker("default", queues=other_queues, concurrency=2),
        "beat": _celery("beat", "--schedule", str(scratch / "beat-schedule")),
    }
    return [
        Program(
            name=name,
            command=command,
            environment=environment,
            output=logs / f"{name}.log" if logs else "console",
            stop_signal=_stop_signal(name),
            grace=WORKER_GRACE,
            folder=root,
        )
        for name, command in commands.items()
    ]


def _stop_signal(name: str) -> signal.Signals:
    """A worker takes SIGTERM as "finish all tasks", and hands them back at SIGQUIT. The sending one
    only has open requests to end."""
    hands_back = name.startswith("worker") and name != WORKER_SEND
    return signal.SIGQUIT if hands_back else signal.SIGTERM


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


def _granian(application: str, *, port: int, threads: int, workers: int = 1) -> list[str]:
    return _module(
        "granian",
        *GRANIAN,
        *("--host", HOST),
        *("--port", str(port)),
        *("--workers", str(workers)),
        *("--blocking-threads", str(threads)),
        "--respawn-failed-workers",
        *("--log-level", "error"),  # else it warns of more threads than processors
        application,
    )


def _worker(name: str, *, queues: list[str], concurrency: int, pool: str = "prefork") -> list[str]:
    return _celery(
        "worker",
        *("--hostname", f"{name}@%h"),
        *("--queues", ",".join(queues)),
        *("--pool", pool),
        *("--concurrency", str(concurrency)),
        "--without-mingle",  # a second saved: nobody else is there to talk to
        "--without-gossip",
    )


def _celery(*arguments: str) -> list[str]:
    # Without the banner, and without the advice against root: nobody else can reach this.
    quiet = [sys.executable, "-W", "ignore:You're running the worker with superuser privileges"]
    return [*quiet, "-m", "celery", "--quiet", "--app", "config", *arguments]
