"""python -m tests.faults.nursery: forks Celery processes that are up in a moment.

A process that begins with `celery -A config worker` spends seconds of a busy machine on imports.
Here they are done once; a line of JSON on standard input makes one more real worker, and its
process id is answered. When the input ends, so do all that were made.
"""

import json
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import django
from django.conf import settings

MODULES = (
    "celery.apps.worker",
    "celery.apps.beat",
    "celery.bin.celery",
    "celery.concurrency.thread",
    "celery.worker.consumer",
    "kombu.transport.redis",
    "tests.faults.plants",
)


def main() -> None:
    django.setup()
    app = import_module("config.celery").app
    app.loader.import_default_modules()
    for module in MODULES:
        import_module(module)
    import_module("tests.faults.plants").shorten_the_backoff()
    made: list[int] = []
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(app, order)
        os.setpgid(pid, pid)  # here too: it may be killed before it comes to do so
        made.append(pid)
        print(pid, flush=True)
        _reap()
    for pid in made:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _reap() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become(app: Any, order: Mapping[str, Any]) -> NoReturn:
    """`arguments` of celery, `settings` to change, and a `plant`: a function of plants.py."""
    os.setpgid(0, 0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for name, value in order["settings"].items():
        setattr(settings, name, value)
    app.conf.update(order["celery"])
    if order["plant"]:
        getattr(import_module("tests.faults.plants"), order["plant"])(order["seed"])
    try:
        app.start(order["arguments"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
