"""Requests share connections: one that worked a moment ago is taken to be alive, an older one is
asked, and one that broke is not used again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.signals import request_started
from django.db import (
    OperationalError,
    close_old_connections,
    connection,
    connections,
    reset_queries,
    transaction,
)

from config.ops.forwarded_proto import Application
from config.ops.warm_requests import on_warm_connections
from providers.api import warm_connections as kept
from providers.api.warm_connections import MOMENT, warm_connections

pytestmark = pytest.mark.django_db(transaction=True)


def backend(*_: object) -> list[bytes]:
    """An application that answers with the number of its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [str(cursor.fetchone()[0]).encode()]


@pytest.fixture
def warm() -> Iterator[None]:
    try:
        yield
    finally:
        warm_connections.let_go()
        request_started.connect(reset_queries)
        request_started.connect(close_old_connections)


@pytest.fixture
def application(warm: None) -> Application:
    return on_warm_connections(backend)


def test_one_after_the_other_has_the_same_in_whatever_thread(application: Application) -> None:
    own = backend()
    first = application({}, None)
    with ThreadPoolExecutor(1) as thread:
        second = thread.submit(application, {}, None).result()
    assert first == second != own
    assert backend() == own


def test_at_once_each_has_its_own(warm: None) -> None:
    both = Barrier(2)

    def answer(*_: object) -> list[bytes]:
        both.wait(10)
        return backend()

    application = on_warm_connections(answer)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: application({}, None), range(2))
    assert first != second


def test_a_transaction_keeps_its_own_and_what_is_lent_stays_lent(warm: None) -> None:
    warm_connections.keep()
    with transaction.atomic():
        own = backend()
        with warm_connections.lent():
            assert backend() == own
    with warm_connections.lent():
        lent = backend()
        with warm_connections.lent():
            assert backend() == lent != own


def test_one_is_asked_only_where_it_was_not_used_lately(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    now = [1_000.0]
    monkeypatch.setattr(kept, "monotonic", lambda: now[0])
    with warm_connections.lent():
        own: Any = connections["default"]  # itself, not what stands for it in each thread
        own.ensure_connection()
        monkeypatch.setattr(own, "health_check_enabled", True)

    def is_usable() -> bool:
        asked.append(True)
        return True

    monkeypatch.setattr(own, "is_usable", is_usable)
    for later, times in ((MOMENT / 2, 0), (MOMENT / 2, 0), (MOMENT * 2, 1), (0, 1)):
        now[0] += later
        application({}, None)
        assert len(asked) == times


def test_one_that_broke_is_not_used_again(application: Application) -> None:
    first = application({}, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [int(b"".join(first))])
    with pytest.raises(OperationalError):
        application({}, None)
    assert application({}, None) != first
