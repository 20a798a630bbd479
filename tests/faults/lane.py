"""python -m tests.faults.lane: plays one fault after another in a world of its own.

A line of JSON on standard input is a play, a line of JSON on standard output its verdict.
"""

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from typing import Any

import django
from cryptography.fernet import Fernet
from django.core.management import call_command

from config.embedded.places import temporary_home
from tests.faults.stores import new_postgres, new_redis
from tests.gateway_simulator import simulator_process

LOG_LINES = 60


def main() -> None:
    with _scratch() as scratch:
        postgres, redis = new_postgres(scratch), new_redis(scratch)
        try:
            postgres.start()
            redis.start()
            os.environ |= {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url}
            os.environ |= _secrets() | {"MEDIA_ROOT": str(scratch / "media")}
            with simulator_process() as simulator:
                os.environ["GATEWAY_SEND_URL"] = simulator.gateway_url
                django.setup()
                call_command("migrate", verbosity=0)
                world = import_module("tests.faults.world").World(
                    postgres=postgres, redis=redis, simulator=simulator, scratch=scratch
                )
                try:
                    _prepare(world)
                    _play_what_comes(world)
                finally:
                    world.close()
        finally:
            redis.end()
            postgres.end()


def _secrets() -> dict[str, str]:
    """What production asks for, since the callback process has its settings."""
    return {
        "SECRET_KEY": "for-one-run-" * 5,
        "CREDENTIAL_KEYS": Fernet.generate_key().decode(),
        "INSTANCE_ID": "for-one-run",
        "PUBLIC_BASE_URL": "https://kabootar.example",
    }


@contextmanager
def _scratch() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="kabootar-", dir=temporary_home()))
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def _prepare(world: Any) -> None:
    """For the faults that may come here."""
    faults = import_module("tests.faults.registry").FAULTS  # reads models, so not earlier
    for name in filter(None, os.environ.get("FAULTS_TO_COME", "").split(",")):
        faults[name].prepare(world)


def _play_what_comes(world: Any) -> None:
    """Ends after a play that went wrong: nobody knows what it has left behind."""
    faults = import_module("tests.faults.registry").FAULTS
    play_of = import_module("tests.faults.fault").Play
    profiles = import_module("tests.factories").ProfileFactory
    for line in sys.stdin:
        order = json.loads(line)
        fault = faults[order.pop("fault")]()
        profiles.reset_sequence(0)  # so that their phones don't grow too long
        try:
            with world.playing():
                verdict = fault.play(world, play_of(**order)).as_json()
                verdict["problems"] = _problems(verdict, world)
        except Exception:  # noqa: BLE001 - the judge of the whole run has to hear of it
            verdict = {"fault": fault.name(), "problems": [traceback.format_exc()]}
        if not verdict["problems"]:
            del verdict["problems"]
        print(json.dumps(verdict), flush=True)
        if "problems" in verdict:
            sys.stderr.write("\n".join(world.log_of_this_play().splitlines()[-LOG_LINES:]) + "\n")
            return


def _problems(verdict: dict[str, Any], world: Any) -> list[str]:
    ended = [f"the {role} ended by itself" for role in world.ended_by_themselves()]
    return [*verdict.get("problems", ()), *ended]


if __name__ == "__main__":
    main()
