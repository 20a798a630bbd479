import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from callbacks.models import LastCall, Receipt, ReceiptState
from callbacks.receiving import storing
from callbacks.receiving.storing import IncomingRequest, NotStoredError, ReceiptStore
from providers.models import Project
from tests.callbacks.committing import commit
from tests.factories import ProjectFactory

pytestmark = pytest.mark.usefixtures("committed")


class Commits:
    """How often the store said that something was committed."""

    def __init__(self) -> None:
        self.n = 0

    def __call__(self) -> None:
        self.n += 1


@pytest.fixture
def commits() -> Commits:
    return Commits()


@pytest.fixture
def store(commits: Commits) -> Iterator[ReceiptStore]:
    store = ReceiptStore(on_commit=commits)
    yield store
    store.close()


@pytest.fixture
def project(committed: None) -> Project:
    return commit(ProjectFactory.create)


def arrival(project: Project, body: bytes = b"[]", **fields: str) -> IncomingRequest:
    values = {
        "endpoint": "status",
        "method": "POST",
        "content_type": "application/json",
        "query": "",
        **fields,
    }
    return IncomingRequest(project_id=project.pk, body=body, **values)


def test_a_receipt_keeps_the_request_byte_by_byte(store: ReceiptStore, project: Project) -> None:
    body = bytes(range(256))

    store.store(arrival(project, body, query="externalId=1-2", method="PUT"))

    receipt = Receipt.objects.get()
    assert (
        receipt.project,
        receipt.endpoint,
        receipt.method,
        receipt.content_type,
        receipt.query,
        bytes(receipt.body),
        receipt.state,
        receipt.tries,
        receipt.rejected,
    ) == (
        project,
        "status",
        "PUT",
        "application/json",
        "externalId=1-2",
        body,
        ReceiptState.WAITING,
        0,
        [],
    )


def test_requests_at_the_same_time_share_commits_and_all_are_stored(
    store: ReceiptStore, project: Project, commits: Commits
) -> None:
    bodies = [str(n).encode() for n in range(400)]

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(lambda body: store.store(arrival(project, body)), bodies))

    stored = Counter(bytes(body) for body in Receipt.objects.values_list("body", flat=True))
    assert stored == Counter(bodies)
    assert 0 < commits.n <= 400


def test_a_row_that_cannot_be_stored_does_not_take_the_others_with_it(
    store: ReceiptStore, project: Project
) -> None:
    group = [arrival(project, str(n).encode()) for n in range(20)]
    group[7] = arrival(project, b"7", query="a NUL \x00 is no text")

    verdicts = store._table.insert(group)

    assert verdicts == [n != 7 for n in range(20)]
    assert Receipt.objects.count() == 19


def test_the_request_that_cannot_be_stored_is_told_so(
    store: ReceiptStore, project: Project, commits: Commits
) -> None:
    with pytest.raises(NotStoredError):
        store.store(arrival(project, query="\x00"))

    assert (Receipt.objects.count(), commits.n) == (0, 0)


def test_a_lost_connection_is_replaced_at_once(store: ReceiptStore, project: Project) -> None:
    store.store(arrival(project, b"1"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    store.store(arrival(project, b"2"))

    assert Receipt.objects.count() == 2


def test_nothing_is_stored_while_the_database_is_away_and_it_recovers_by_itself(
    store: ReceiptStore, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "PORT", "1")
        with pytest.raises(NotStoredError):
            store.store(arrival(project))

    store.store(arrival(project))

    assert Receipt.objects.count() == 1


def test_a_full_queue_refuses_at_once(
    project: Project, commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "MOST_WAITING", 0)

    with pytest.raises(NotStoredError):
        ReceiptStore(on_commit=commits).store(arrival(project))


def test_who_waits_too_long_gives_up_and_the_others_go_on(
    project: Project, commits: Commits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "WAIT_SECONDS", 0.2)
    store = ReceiptStore(on_commit=commits)
    leads, goes_on = threading.Event(), threading.Event()
    insert = store._table.insert

    def slow(arrivals: list[IncomingRequest]) -> list[bool]:
        leads.set()
        goes_on.wait(10)
        return insert(arrivals)

    monkeypatch.setattr(store._table, "insert", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(store.store, arrival(project, b"first"))
        leads.wait(10)
        with pytest.raises(NotStoredError):
            store.store(arrival(project, b"second"))
        goes_on.set()
        first.result(10)
    store.store(arrival(project, b"third"))

    store.close()
    bodies = [bytes(body) for body in Receipt.objects.order_by("id").values_list("body", flat=True)]
    assert bodies == [b"first", b"third"]


def test_a_probe_is_noted_but_not_stored(store: ReceiptStore, project: Project) -> None:
    store.store(arrival(project, b"", method="GET"))

    assert Receipt.objects.count() == 0
    assert LastCall.objects.when(project, "status") is not None
    assert LastCall.objects.when(project, "response") is None


def test_a_call_is_noted_every_few_seconds_not_every_time(
    store: ReceiptStore, project: Project
) -> None:
    store.store(arrival(project))
    first = LastCall.objects.when(project, "status")
    store.store(arrival(project))
    again = LastCall.objects.when(project, "status")
    store._table._noted.clear()
    store.store(arrival(project))
    later = LastCall.objects.when(project, "status")

    assert first is not None
    assert later is not None
    assert (first == again, later > first) == (True, True)


def test_a_receipt_is_committed_before_its_request_comes_back(
    store: ReceiptStore, project: Project
) -> None:
    store.store(arrival(project))

    parameters = connection.get_connection_params()
    with psycopg.connect(**(parameters | {"cursor_factory": psycopg.Cursor})) as other:
        assert other.execute("SELECT count(*) FROM callbacks_receipt").fetchone() == (1,)
