"""Whatever is posted: no error of ours, nothing lost, the good neighbours applied, nobody else's
rows touched. The parsers alone are tried harder in parsers/test_anything.py.
"""

import gzip
import json
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as quick
from hypothesis import strategies as st

from callbacks.models import Receipt, ReceiptState
from callbacks.receipts import processing
from campaigns.models import Message, State
from providers.models import Project
from tests.callbacks.committing import commit
from tests.callbacks.parsers.test_anything import queries, values
from tests.callbacks.posting import Gupshup, gupshup_of, report
from tests.factories import MessageFactory, ProjectFactory, ReceiptFactory, RunFactory

MOST = 1024 * 1024
FEW = quick(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

bodies = st.one_of(
    st.binary(max_size=200),
    values.map(lambda value: json.dumps(value).encode()),
    values.map(lambda value: f"response={quote(json.dumps(value))}".encode()),
)
content_types = st.one_of(
    st.sampled_from(
        [
            "",
            "application/json",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            "text/html; charset=utf-7",
            "application/json; charset=no-such",
            "image/png",
        ]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=300),
)
HOSTILE = {
    "nested": b"[" * 100_000,
    "nested in a form": b"response=" + b"%5B" * 100_000,
    "an object in an object": b'{"response":' * 20_000,
    "nan": b'[{"externalId": NaN, "eventType": Infinity, "eventTs": -Infinity}]',
    "400 digits": b'[{"externalId": "1-2", "eventType": "READ", "eventTs": ' + b"9" * 400 + b"}]",
    "400 digits as an id": b'[{"externalId": ' + b"9" * 400 + b', "eventType": "READ"}]',
    "lone surrogates": b'[{"externalId": "\\ud800", "eventType": "\\udfff"}]',
    "nul": b'[{"externalId": "\\u0000", "eventType": "READ\\u0000"}]\0\0',
    "duplicate keys": b'[{"externalId": "1-2", "externalId": "3-4", "eventType": "READ"}]',
    "gzip bomb": gzip.compress(b"[" * 10_000_000),
    "exactly 1 MiB": b"[" + b" " * (MOST - 2) + b"]",
    "1 MiB of elements": b"[" + b"1," * (MOST // 2 - 2) + b"1]",
    "1 MiB of fields": b"a=1&" * (MOST // 4 - 1),
    "1 MiB of escapes": b"response=" + b"%7B" * (MOST // 3 - 10),
    "1970": b'[{"externalId": "1-2", "eventType": "READ", "eventTs": 1}]',
    "2099": b'[{"externalId": "1-2", "eventType": "READ", "eventTs": "4086441600000"}]',
    "html": b"<!DOCTYPE html><html></html>",
    "not utf-8": b"\xff\xfe\xfd",
}


@pytest.fixture
def project(committed: None) -> Project:
    return commit(ProjectFactory.create)


@pytest.fixture
def gupshup(project: Project) -> Gupshup:
    return commit(lambda: gupshup_of(project))


@FEW
@given(body=bodies, content_type=content_types, query=queries)
@example(body=b"", content_type="", query="")
def test_the_door_stores_whatever_has_something_in_it(
    gupshup: Gupshup, body: bytes, content_type: str, query: str
) -> None:
    before = Receipt.objects.count()

    asked = quote(query, safe="=&?", errors="surrogatepass")
    answer = Client().generic(
        "POST", f"/gupshup/status?a={gupshup.key}&{asked}", body, content_type
    )

    stored = Receipt.objects.count() - before
    assert (answer.status_code, stored) in {(200, 1), (400, 0)}
    if body:
        assert bytes(Receipt.objects.latest("pk").body) == body


@FEW
@given(key=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_a_forged_key_is_refused_and_stores_nothing(gupshup: Gupshup, key: str) -> None:
    account, _, secret = gupshup.key.partition(".")
    for forged in (key, f"{account}.{key}", f"{key}.{secret}", f"{gupshup.key}{key}"):
        assert Gupshup(quote(forged, safe="")).post(b"[]").status_code == 403
    assert Receipt.objects.count() == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_are_stored(name: str, gupshup: Gupshup) -> None:
    assert gupshup.post(HOSTILE[name]).status_code == 200
    assert bytes(Receipt.objects.get().body) == HOSTILE[name]


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_are_read_once_and_explained_shortly(name: str) -> None:
    receipt = ReceiptFactory.create(body=HOSTILE[name])

    processing.drain()

    receipt.refresh_from_db()
    assert receipt.state in (ReceiptState.APPLIED, ReceiptState.NOT_UNDERSTOOD)
    assert receipt.tries == 1
    assert len(json.dumps(receipt.rejected)) < 50_000


def test_one_byte_more_than_a_mebibyte_is_refused(gupshup: Gupshup) -> None:
    assert gupshup.post(b"x" * (MOST + 1)).status_code == 413
    assert Receipt.objects.count() == 0


@pytest.mark.django_db
@FEW
@given(
    payloads=st.lists(values, max_size=4),
    fields=st.dictionaries(
        st.sampled_from(["eventType", "eventTs", "errorCode", "cause", "destAddr", "extra"]),
        values,
        max_size=4,
    ),
)
def test_nothing_in_a_batch_harms_its_neighbours_or_another_project(
    db: None, payloads: list[object], fields: dict[str, object]
) -> None:
    own = MessageFactory.create(run=RunFactory.create(), state=State.SENT, attempt=1)
    strange = MessageFactory.create(run=RunFactory.create(), state=State.SENT, attempt=1)
    before = Message.objects.filter(pk=strange.pk).values().get()
    for payload in [*payloads, report(strange.pk, **fields), [report(own.pk), report(strange.pk)]]:
        ReceiptFactory.create(project=own.project, payload=payload)

    processing.drain()

    assert not Receipt.objects.filter(
        state__in=[ReceiptState.WAITING, ReceiptState.FAILED]
    ).exists()
    own.refresh_from_db()
    assert own.state == State.DELIVERED
    assert Message.objects.filter(pk=strange.pk).values().get() == before
    Receipt.objects.all().delete()
