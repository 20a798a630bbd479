"""What was read of a request is gone when its answer is: nothing of it waits for Python to look for
garbage, by which time a few hundred such requests would have filled the memory."""

import gc
import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from config.ops.freed_requests import django_letting_go
from providers.models import Project, Scope
from providers.process import garbage
from tests.console_rights import Who
from tests.providers.api.keys import key_of
from tests.test_api_bodies import DOORS, JSON, THEIRS
from tests.test_tenants import ADDRESSES, client_of, rows_of_project

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 50_000
TOKEN = "A" * 32
FIELDS = ("name", "title", "username", "email", "q", "next", "zzz")
FORM = urlencode(dict.fromkeys(FIELDS, "a" * LONG) | {"csrfmiddlewaretoken": TOKEN}).encode()
FORM_TYPE = "application/x-www-form-urlencoded"
BODIES = [
    json.dumps(dict.fromkeys(FIELDS, "a" * LONG)).encode(),
    json.dumps({"records": ["a" * LONG], "d": ["a" * LONG]}).encode(),
    b'{"name": "' + b"a" * LONG,
]


@pytest.fixture
def application() -> WSGIHandler:
    return django_letting_go()


@pytest.fixture(autouse=True)
def _never_looked_for() -> Iterator[None]:
    logging.disable()  # the lines that pytest keeps hold their requests
    gc.collect()
    gc.disable()
    yield
    logging.disable(logging.NOTSET)
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


def send(
    application: WSGIHandler, method: str, at: str, body: bytes, kind: str, **more: Any
) -> int:
    """The status."""
    statuses = list[str]()
    request = RequestFactory().generic(method, at, body, kind, **more)
    answer = application(request.environ, lambda status, *_: statuses.append(status))
    answer.close()
    return int(statuses[0].split()[0])


def left() -> int:
    """How many characters stay of what is long, in rings that nobody else holds any more."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    gc.set_debug(0)
    texts = {id(text): len(text) for each in gc.garbage for text in texts_of(each)}
    return sum(length for length in texts.values() if length >= LONG)


def texts_of(each: object) -> Iterator[str | bytes | bytearray]:
    """Those that it holds, by way of what Python never looks at, too."""
    for held in gc.get_referents(each):
        if type(held) in (str, bytes, bytearray):  # isinstance() would ask what is lazy
            yield held
        elif not gc.is_tracked(held):
            yield from texts_of(held)


@pytest.mark.parametrize("body", BODIES, ids=["fields", "records", "half"])
def test_of_a_call_of_the_api_nothing_stays(
    project: Project, application: WSGIHandler, body: bytes
) -> None:
    key = key_of(project, *Scope)[1]
    headers = {"Authorization": f"Bearer {key}"}
    theirs = {"X-CleverTap-Account-Id": "x", "X-CleverTap-Passcode": key}
    rows = dict.fromkeys(("campaigns", "lists", "segments", "templates", "conversations"), 1)
    statuses = {
        send(application, door.method, door.at(rows), body, JSON, headers=headers) for door in DOORS
    }
    for door in THEIRS:
        send(application, "POST", door.address, body, JSON, headers=theirs)
    assert left() == 0
    assert statuses & {400, 422}


@pytest.mark.parametrize("who", [Who.STRANGER, Who.ADMIN, Who.OPERATOR])
def test_of_forms_no_more_stays_than_has_room(
    who: Who, project: Project, application: WSGIHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Templates are a ring with all that they show."""
    monkeypatch.setattr(garbage, "BODIES", 3 * len(FORM))
    rows = rows_of_project(project)
    cookies = client_of(who, project).cookies
    cookies["csrftoken"] = TOKEN
    headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in cookies.items())}
    pages = ["/login/", "/nothing/here/", *(address.url(rows) for address in ADDRESSES.values())]
    statuses = {send(application, "POST", page, FORM, FORM_TYPE, headers=headers) for page in pages}
    assert left() < 3 * 3 * len(FORM)
    assert len(statuses) > 1
