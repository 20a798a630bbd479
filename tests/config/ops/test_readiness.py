"""/readyz over HTTP, in the console and in the callback process, with stores that are there, away,
or hang.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.queues import QUEUES
from providers.models import Heartbeat
from tests.config.settings.test_production_settings import COMPLETE, manage
from tests.workers import database_url

pytestmark = pytest.mark.django_db(transaction=True)

WELL = {
    "ready": True,
    "database": True,
    "redis": True,
    "migrations": True,
    "workers": True,
    "wrong": [],
}
ASK = """
import json
from django.test import Client
told = Client(SERVER_NAME="kabootar.example.com").get("/readyz")
alive = Client(SERVER_NAME="kabootar.example.com").get("/healthz")
print("ANSWERS" + json.dumps([told.status_code, told.json(), alive.status_code]))
"""


@pytest.fixture
def workers() -> None:
    now = timezone.now()
    Heartbeat.objects.bulk_create(Heartbeat(name=queue, at=now) for queue in QUEUES)


@contextmanager
def silent_store() -> Iterator[int]:
    """Takes connections and never says a word, as a stopped process does."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening.getsockname()[1]


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def asked_of(settings_module: str, **environment: str) -> tuple[int, dict[str, Any], int]:
    """A process of its own, as its stores are given to it at its start."""
    stores = {"DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL}
    run = manage("shell", "-c", ASK, settings=settings_module, **(COMPLETE | stores | environment))
    assert "ANSWERS" in run.stdout, run.stderr
    status, told, alive = json.loads(run.stdout.partition("ANSWERS")[2])
    return status, told, alive


@pytest.mark.usefixtures("workers")
def test_everything_is_there(client: Client) -> None:
    assert ready(client) == (200, WELL)
    for process in ("production", "callbacks"):
        assert asked_of(f"config.settings.{process}") == (200, WELL, 200)


@pytest.mark.usefixtures("workers")
def test_a_worker_that_was_not_heard_of_lately_makes_it_unready(client: Client) -> None:
    Heartbeat.objects.filter(name="callbacks").update(at=timezone.now() - timedelta(minutes=2))
    Heartbeat.objects.filter(name="default").delete()
    Heartbeat.objects.filter(name="send").update(at=timezone.now() - timedelta(minutes=2))
    told = WELL | {
        "ready": False,
        "workers": False,
        "wrong": ["No worker was heard of lately on: callbacks, default."],
    }
    assert ready(client) == (503, told)
    # Callbacks are stored all the same.
    assert asked_of("config.settings.callbacks") == (200, told | {"ready": True}, 200)


@pytest.mark.usefixtures("workers")
def test_a_migration_that_waits_makes_every_process_unready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'campaigns' AND id ="
            " (SELECT max(id) FROM django_migrations WHERE app = 'campaigns')"
            " RETURNING name, applied"
        )
        name, applied = cursor.fetchone()
        try:
            told = WELL | {
                "ready": False,
                "migrations": False,
                "workers": False,
                "wrong": [f"Not migrated yet: campaigns.{name}."],
            }
            assert ready(client) == (503, told)
            assert asked_of("config.settings.callbacks") == (503, told, 200)
        finally:
            cursor.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('campaigns', %s, %s)",
                [name, applied],
            )


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize("process", ["production", "callbacks"])
def test_stores_that_hang_are_not_waited_for(process: str) -> None:
    with silent_store() as port:
        hangs = f"redis://127.0.0.1:{port}/0"
        without_redis = asked_of(f"config.settings.{process}", REDIS_URL=hangs)
        hangs = f"postgres://user:secret@127.0.0.1:{port}/secret"
        without_database = asked_of(f"config.settings.{process}", DATABASE_URL=hangs)
    is_ready = process == "callbacks"
    status, told, alive = without_redis
    assert told.pop("wrong") in (["Redis does not answer."], ["Redis does not work: TimeoutError."])
    kept = {key: value for key, value in WELL.items() if key != "wrong"}
    assert told == kept | {"ready": is_ready, "redis": False}
    assert (status, alive) == (200 if is_ready else 503, 200)
    status, told, alive = without_database
    assert "secret" not in json.dumps(told)
    assert len(told.pop("wrong")) == 1
    nothing = {"ready": False, "database": False, "migrations": False, "workers": False}
    assert (status, told, alive) == (503, kept | nothing, 200)


def test_stores_that_are_away_are_named_without_their_addresses() -> None:
    nowhere = {
        "DATABASE_URL": "postgres://user:secret@127.0.0.1:1/secret",
        "REDIS_URL": "redis://:secret@127.0.0.1:1/0",
    }
    status, told, alive = asked_of("config.settings.production", **nowhere)
    assert (status, alive) == (503, 200)
    assert told == {
        "ready": False,
        "database": False,
        "redis": False,
        "migrations": False,
        "workers": False,
        "wrong": [
            "PostgreSQL does not work: OperationalError.",
            "Redis does not work: ConnectionError.",
        ],
    }
