"""A small call is answered before Django sees it; what is unusual about one, Django sees whole."""

import json
import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from pytest_django import Settings

from campaigns.api import small_uploads
from campaigns.audience.uploads import uploading_in_company
from campaigns.models import Occurrence
from config.ops import small_calls
from config.ops.small_calls import ADDRESS, answering_small_calls
from providers.api.base import COUNTED
from providers.models import Project
from tests.factories import ProfileFactory
from tests.providers.api.keys import key_of, known

pytestmark = pytest.mark.django_db(transaction=True)

CALL = {"records": [{"identity": "asha", "name": "Ordered", "id": 1}]}


class Django:
    """Takes what is left to it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.environ: dict[str, Any] = {}

    def __call__(self, environ: dict[str, Any], _start: Any) -> list[bytes]:
        self.environ = environ
        self.bodies.append(environ["wsgi.input"].read())
        return [b"Django's"]


class Torn(BytesIO):
    """Who sends it goes away."""

    def read(self, _size: int | None = -1) -> bytes:
        raise OSError


@pytest.fixture(autouse=True)
def anew(settings: Settings) -> Iterator[None]:
    settings.MIDDLEWARE = ["django.middleware.security.SecurityMiddleware",
        "config.ops.request_log.RequestLogMiddleware",
        "django.middleware.common.CommonMiddleware"]  # fmt: skip
    for kept in (small_calls.usual_head, small_uploads._company):
        kept.cache_clear()
    yield
    for kept in (small_calls.usual_head, small_uploads._company):
        kept.cache_clear()


@pytest.fixture
def key(project: Project) -> str:
    ProfileFactory.create(project=project, identity="asha")
    return known(key_of(project)[1])


def answered(
    key: str, body: bytes = b"", *, path: str = ADDRESS, **environ: Any
) -> tuple[Django, bytes]:
    django = Django()
    body = body or json.dumps(CALL).encode()
    headers = {"Authorization": f"Bearer {key}"}
    made = RequestFactory().post(path, body, content_type="application/json", headers=headers)
    given = {**made.environ, "wsgi.input": BytesIO(body), **environ}
    answer = answering_small_calls(django)(given, lambda *_: None)
    return django, b"".join(answer)


def test_it_is_answered_and_has_its_line_in_the_log(
    key: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="config.ops.request_log"):
        django, answer = answered(key)
    assert json.loads(answer) == {"counts": {"stored": 1}, "records": [{"outcome": "stored"}]}
    assert django.bodies == []
    assert [line.split(" 200 ")[0] for line in caplog.messages] == ["POST api_campaigns:events"]


@pytest.mark.parametrize(
    "unusual",
    [
        {"path": "/api/v1/profiles"},
        {"path": f"{ADDRESS}?create=1"},
        {"REQUEST_METHOD": "PUT"},
        {"HTTP_HOST": "elsewhere.example"},
        {"HTTP_AUTHORIZATION": "Basic x"},
        {"HTTP_IDEMPOTENCY_KEY": "once"},
        {"CONTENT_TYPE": "text/plain"},
        {"CONTENT_LENGTH": "16385"},
        {"body": b'{"records": [], "more": 1}'},
        {"body": b"{"},
    ],
    ids=str,
)
def test_what_is_unusual_is_left_to_django_from_its_beginning(
    key: str, unusual: dict[str, Any]
) -> None:
    whole = unusual.get("body", json.dumps(CALL).encode())
    django, _ = answered(key, **unusual)
    assert django.bodies == [whole]
    assert COUNTED not in django.environ
    assert Occurrence.objects.count() == 0


def test_who_goes_away_amid_the_body_is_left_to_django(key: str) -> None:
    torn: dict[str, Any] = {"wsgi.input": Torn()}
    django, _ = answered(key, **torn)
    assert django.bodies == [b""]


@pytest.mark.parametrize("error", [OperationalError, RuntimeError])
def test_what_breaks_is_left_to_django_which_finds_out_what_to_say(
    key: str, error: type[Exception]
) -> None:
    with patch.object(uploading_in_company, "store_known", side_effect=error):
        django, answer = answered(key)
    assert (answer, len(django.bodies)) == (b"Django's", 1)


def test_without_tls_django_says_so(key: str, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert answered(key)[1] == b"Django's"
