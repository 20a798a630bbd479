"""The API's process: what it answers, and that it counts small calls apart."""

import json
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django import Settings

from campaigns.models import Occurrence
from providers.api_keys.ceilings import AT_ONCE, under_way
from providers.models import Project
from tests.callbacks.receiving.test_server import production_settings
from tests.config.ops.servers import granian
from tests.factories import ProfileFactory
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


@pytest.mark.django_db(transaction=True)
def test_it_says_what_is_wrong_as_the_console_does_and_answers_small_calls_as_others(
    project: Project, settings: Settings
) -> None:
    ProfileFactory.create(project=project, identity="asha")
    calls = [
        {"records": [{"identity": identity, "name": "Ordered", "id": number, "properties": {}}]}
        for number, identity in enumerate(["asha", "nobody"])
    ]
    text = key_of(project)[1]
    paths = ["/api/nothing", "/api/v1/nothing", "/1/nothing", "/nothing"]
    environment = production_settings(settings) | {"DJANGO_SETTINGS_MODULE": "config.settings.api"}
    with granian("config.wsgi_api:application", **environment) as port:
        told = [asked(port, path) for path in paths]
        insecure = asked(port, "/api/v1/key", proto="http")
        for call in calls:
            # Who names a packing, even none, is answered by Django.
            long = [sent(port, call, text, **{"Content-Encoding": "identity"}) for _ in range(2)]
            assert sent(port, call, text) == long[1]
        wrong = [
            sent(port, calls[0], text, **{"X-Forwarded-Proto": "http"})[0],
            sent(port, calls[0], text, Host="elsewhere.example")[0],
            sent(port, calls[0], text[:-1])[0],
        ]
    assert Occurrence.objects.count() == 1
    assert wrong == [403, 400, 401]
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


def sent(port: int, call: object, key: str, **more: str) -> tuple[int, dict[str, str], object]:
    """The status, the head but for what differs from call to call, and what is said."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    given = {"X-Forwarded-Proto": "https", "Authorization": f"Bearer {key}"}
    head = HOST | given | {"Content-Type": "application/json"} | more
    connection.request("POST", EVENTS, json.dumps(call), headers=head)
    answer = connection.getresponse()
    body, names = json.loads(answer.read()), dict(answer.getheaders())
    connection.close()
    own = ("x-request-id", "ratelimit", "date")
    assert len(names.get("x-request-id", "")) == 16 or answer.status >= 400
    return answer.status, {n: v for n, v in names.items() if n.lower() not in own}, body
