"""10,000 callbacks at once against the callback process: each is stored or told 503, none is lost,
and every one that was taken is applied once.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from callbacks.models import Receipt, ReceiptState
from callbacks.receipts import processing
from tests.benchmarks.posting import post
from tests.callbacks.committing import commit
from tests.callbacks.receiving.test_server import Server, running_server

COUNT = 10_000
CONNECTIONS = 500


@pytest.fixture
def server(committed: None, settings: Settings) -> Iterator[Server]:
    with running_server(settings, REDIS_URL="redis://127.0.0.1:1/0") as server:
        yield server


def test_of_ten_thousand_callbacks_at_once_none_is_lost(server: Server) -> None:
    bodies = [
        b'[{"externalId": "1-%d", "eventType": "READ", "extra": "x"}]' % n for n in range(COUNT)
    ]
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(b"\n".join(bodies))
        url = f"http://127.0.0.1:{server.port}/gupshup/status?a={server.key}"
        posted = post(
            url, Path(file.name), content_type="application/json", connections=CONNECTIONS
        )

    stored = [bytes(body) for body in Receipt.objects.values_list("body", flat=True)]
    assert set(posted.statuses) <= {"200", "503"}
    assert sum(posted.statuses.values()) == COUNT
    assert len(set(stored)) == len(stored) == posted.statuses["200"]
    assert set(stored) <= set(bodies)

    commit(lambda: processing.drain(seconds=120))

    assert list(
        Receipt.objects.values_list("state", "foreign_count", "facts", "tries").distinct()
    ) == [(ReceiptState.APPLIED, 1, 1, 1)]
