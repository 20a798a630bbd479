"""The API's process: what it answers, and that it counts small calls apart."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from providers.api_keys.ceilings import AT_ONCE, under_way
from providers.models import Project
from tests.callbacks.receiving.test_server import production_settings
from tests.config.ops.servers import granian
from tests.providers.api.keys import key_of, program

EVENTS = "/api/v1/events"
HOST = {"Host": "kabootar.example"}


@pytest.fixture
def apart(settings: Settings) -> None:
    settings.API_SMALL_CALLS_AT_ONCE = AT_ONCE + 1


def send(shop: Client, size: int, **headers: str) -> int:
    body = json.dumps({"records": []}).ljust(size)
    answer = shop.post(EVENTS, body, content_type="application/json", headers=headers)
    return answer.status_code


@pytest.mark.django_db
@pytest.mark.usefixtures("apart")
def test_small_calls_are_counted_apart_from_those_that_hold_memory(project: Project) -> None:
    key, text = key_of(project)
    shop, small = program(text), 100
    for _ in range(AT_ONCE):
        under_way.begin(key.pk)
    try:
        large = send(shop, 16 * 1024 + 1)
        packed = send(shop, small, content_encoding="gzip")
        fit = [send(shop, small), send(shop, 16 * 1024)]
        for _ in range(AT_ONCE + 1):
            under_way.begin(key.pk, is_small=True)
        too_many = send(shop, small)
    finally:
        for _ in range(AT_ONCE):
            under_way.end(key.pk)
        for _ in range(AT_ONCE + 1):
            under_way.end(key.pk, is_small=True)
    assert (large, packed, fit, too_many) == (429, 429, [200, 200], 429)


def addresses(urls: str) -> set[tuple[str, str]]:
    return {
        (str(pattern.pattern), name)
        for pattern in get_resolver(urls).url_patterns
        for name in _names(pattern)
    }


def _names(pattern: URLPattern | URLResolver) -> Iterator[str]:
    if isinstance(pattern, URLResolver):
        yield from (str(each.pattern) for each in pattern.url_patterns)


def test_it_answers_every_address_of_the_api_that_the_console_answers() -> None:
    of_programs = {each for each in addresses("config.urls") if each[0] in ("api/v1/", "1/")}
    assert addresses("config.urls_api") == of_programs


@pytest.mark.django_db
def test_it_says_what_is_wrong_as_the_console_does(settings: Settings) -> None:
    paths = ["/api/nothing", "/api/v1/nothing", "/1/nothing", "/nothing"]
    environment = production_settings(settings) | {"DJANGO_SETTINGS_MODULE": "config.settings.api"}
    with granian("config.wsgi_api:application", **environment) as port:
        told = [asked(port, path) for path in paths]
        insecure = asked(port, "/api/v1/key", proto="http")
    assert told == [(404, "not_found"), (401, "key.missing"), (401, 401), (404, None)]
    assert insecure == (403, "request.insecure")


def asked(port: int, path: str, *, proto: str = "https") -> tuple[int, object]:
    """The status, and the code that the answer tells."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=HOST | {"X-Forwarded-Proto": proto})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body).get("code") if body else None
