"""An installation that is upgraded: the dump's database, files and secrets, and today's code."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.test import override_settings

from campaigns.models import Campaign, CampaignStatus, Import, Outbox
from campaigns.models.importing import ENDED
from config.settings import base
from providers.models import GatewayConsent
from tests.faults.world import Nursery
from tests.gateway_simulator import SimulatorClient, running_simulator
from tests.upgrades.dumps import Dump, database, load
from tests.workers import database_url

ROOT = Path(__file__).resolve().parents[2]
# Longer than anything that was under way could still have been left alone.
WAS_DOWN = timedelta(minutes=20)
AS_USUAL: dict[str, Any] = {"plant": "", "seed": 0, "settings": {}, "celery": {}}
PATIENCE = 240.0  # seconds


@dataclass(frozen=True, slots=True)
class Installation:
    known: Mapping[str, Any]
    environment: Mapping[str, str]
    scratch: Path

    def campaign(self, stage: str) -> Campaign:
        return Campaign.objects.get(pk=self.known["campaigns"][stage])

    def manage(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=ROOT,
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "config.settings.testing"}
            | {"DATABASE_URL": database_url()}
            | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextmanager
    def working(self, simulator: SimulatorClient) -> Iterator[None]:
        """Both kinds of workers and beat, in a hurry."""
        around = {
            **self.environment,
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "GATEWAY_SEND_URL": simulator.gateway_url,
        }
        beat = ["--quiet", "beat", "--schedule", str(self.scratch / "schedule")]
        with self.log.open("wb") as log, closing(Nursery(log, around)) as nursery:
            for arguments in (_worker("send"), _worker("callbacks,default"), beat):
                nursery.fork({"arguments": arguments, **AS_USUAL})
            yield

    @property
    def log(self) -> Path:
        return self.scratch / "workers.log"


@contextmanager
def installed(dump: Dump, *, name: str, scratch: Path) -> Iterator[Installation]:
    """The dump's database is Django's meanwhile, as it was when the installation went down."""
    known = dump.known
    files = shutil.copytree(dump.files, scratch / "files")
    environment = {**known["environment"], "MEDIA_ROOT": str(files)}
    redis.Redis.from_url(settings.REDIS_URL).flushdb()  # what it held is lost
    with database(name), override_settings(**_settings(environment)):
        load(dump.sql(ended=datetime.now(UTC) - WAS_DOWN))
        yield Installation(known, environment, scratch)


def _worker(queues: str) -> list[str]:
    return ["--quiet", "worker", "--loglevel", "warning", "--pool", "threads", "--concurrency", "2",
        "--queues", queues, "--hostname", f"{queues}@%h",
        "--without-gossip", "--without-mingle", "--without-heartbeat"]  # fmt: skip


def _settings(environment: Mapping[str, str]) -> dict[str, Any]:
    keys = environment["CREDENTIAL_KEYS"].split(",")
    hashers = {"PASSWORD_HASHERS": base.PASSWORD_HASHERS}
    # A link that was mailed, and was good when the installation went down.
    lasting = {"PASSWORD_RESET_TIMEOUT": 100 * 365 * 24 * 3600}
    return {**environment, "CREDENTIAL_KEYS": keys, **hashers, **lasting}


def finish(installation: Installation) -> list[dict[str, Any]]:
    """Everything that was under way. The requests that Gupshup got meanwhile."""
    with running_simulator(reports=False) as simulator:
        _opt_in_whoever_was(simulator)
        with installation.working(simulator):
            _wait_for(lambda: _is_over(installation), installation)
        return simulator.book()


def _opt_in_whoever_was(simulator: SimulatorClient) -> None:
    """Gupshup remembers them, as the installation does."""
    consents = GatewayConsent.objects.filter(opted_in=True)
    simulator.opt_in(*map(str, consents.values_list("match_key", flat=True)))


def _is_over(installation: Installation) -> bool:
    stages = {installation.campaign(stage).status for stage in ("running", "scheduled")}
    upload = Import.objects.get(pk=installation.known["import"])
    urgent = Outbox.objects.filter(campaign=None)
    return stages == {CampaignStatus.COMPLETED} and upload.status in ENDED and not urgent.exists()


def _wait_for(reached: Callable[[], bool], installation: Installation) -> None:
    ends = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < ends, installation.log.read_text()
        time.sleep(0.1)
