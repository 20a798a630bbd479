"""For operators: does it all work? What waits, who works on it, how large it has grown."""

import platform
from dataclasses import dataclass
from typing import Any

import celery
import django
from django.http import HttpRequest, HttpResponse

from config.ops.measuring import Database, Measured, Redis, measure
from config.ops.readiness import readiness
from config.ops.silent_workers import silent_queues
from config.ops.version import VERSION
from config.queues import CALLBACKS, QUEUES, SENDING
from providers.models import IncidentKind
from providers.views.site_pages import OperatorPage

LARGEST = 12  # tables
WORK = {SENDING: "Sending", CALLBACKS: "Callbacks", "default": "Everything else"}
MINUTE, HOUR, DAY = 60, 3_600, 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Queue:
    """`waiting` is None where Redis does not tell, `heard` empty where nobody was heard of."""

    name: str
    work: str
    waiting: int | None
    heard: str
    is_silent: bool


@dataclass(frozen=True, slots=True)
class Pace:
    """`is_slowed`: less may leave than the provider allows."""

    project: str
    allowed: int
    in_force: float | None
    is_slowed: bool


@dataclass(frozen=True, slots=True)
class Lag:
    """So many wait, the oldest of them for so long."""

    what: str
    count: int
    age: str
    is_late: bool


class OperationsPage(OperatorPage):
    address, name = "operations/", "operations"
    template = "kabootar/operations.html"

    def get(self, request: HttpRequest, about: None) -> HttpResponse:
        return self.show(request, title="Operations", **_shown())


def _shown() -> dict[str, Any]:
    measured = measure()
    database = measured.database
    return {
        "wrong": readiness().wrong,
        "queues": _queues(database, measured.redis),
        "paces": _paces(measured),
        "lags": _lags(database) if database else [],
        "incidents": _incidents(database),
        "tables": database.tables[:LARGEST] if database else [],
        "database": database,
        "redis": measured.redis,
        "versions": _versions(database, measured.redis),
    }


def _queues(database: Database | None, redis: Redis | None) -> list[Queue]:
    silences = database.silences if database else {}
    silent = silent_queues(silences)
    return [
        Queue(
            name=queue,
            work=WORK[queue],
            waiting=redis.queues[queue] if redis else None,
            heard=age_words(silences[queue]) if queue in silences else "",
            is_silent=queue in silent,
        )
        for queue in QUEUES
    ]


def _paces(measured: Measured) -> list[Pace]:
    if measured.database is None:
        return []
    return [
        Pace(
            project=measured.database.names[project],
            allowed=allowed,
            in_force=(now := measured.in_force.get(project)),
            is_slowed=now is not None and now < allowed,
        )
        for project, allowed in measured.database.rates.items()
    ]


def _lags(found: Database) -> list[Lag]:
    sending, callbacks = found.sending, found.callbacks
    rows = (
        ("Tests, replies and confirmations", sending.urgent, sending.urgent_age, MINUTE),
        ("Messages of programs", sending.direct, sending.direct_age, MINUTE),
        ("Messages of campaigns", sending.queued, sending.campaigns_age, DAY),
        ("Callbacks to be read", callbacks.waiting, callbacks.lag, 2 * MINUTE),
    )
    return [
        Lag(what=what, count=count, age=age_words(age) if age else "", is_late=age > most)
        for what, count, age, most in rows
    ]


def _incidents(found: Database | None) -> list[tuple[str, int]]:
    counted = found.incidents if found else {}
    return [(IncidentKind(kind).label, count) for kind, count in counted.items()]


def _versions(database: Database | None, redis: Redis | None) -> list[tuple[str, str]]:
    return [
        ("Kabootar", VERSION),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("Celery", celery.__version__),
        ("PostgreSQL", database.version if database else ""),
        ("Redis", redis.version if redis else ""),
    ]


def age_words(seconds: float) -> str:
    """Like "12 seconds", "3 minutes", "2 hours", "5 days"."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= unit:
            return _counted(int(seconds // unit), name)
    return _counted(int(seconds), "second")


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'s'[: count != 1]}"
