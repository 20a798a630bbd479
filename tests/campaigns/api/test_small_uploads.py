"""A call with an event or a few goes a short way, and is answered as if it went the long one."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from campaigns.api import small_uploads
from campaigns.audience.uploads import uploading_in_company
from campaigns.models import EventKindDay, Occurrence
from providers.api_keys import ceilings
from providers.models import ApiKey, AuditEntry, Project, Scope
from tests.factories import ProfileFactory, ProjectFactory
from tests.faults.stores import wait_until
from tests.providers.api.keys import key_of, known, program

pytestmark = pytest.mark.django_db(transaction=True)

AT = "/api/v1/events"


@pytest.fixture(autouse=True)
def anew(settings: Settings) -> Iterator[None]:
    settings.API_SMALL_CALLS_AT_ONCE = 24
    small_uploads._company.cache_clear()
    yield
    small_uploads._company.cache_clear()


@pytest.fixture
def key(project: Project) -> tuple[ApiKey, str]:
    ProfileFactory.create(project=project, identity="asha")
    made = key_of(project, Scope.WRITE)
    known(made[1])
    return made


def event(**given: object) -> dict[str, Any]:
    at = timezone.now() - timedelta(hours=1)
    return {"identity": "asha", "name": "Ordered", "at": at.isoformat(), "properties": {}, **given}


def sent(shop: Client, body: object, **more: Any) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    address, kind = more.pop("address", AT), more.pop("content_type", "application/json")
    return shop.post(address, text, content_type=kind, **more)


def told(answer: Any) -> tuple[int, object, dict[str, str]]:
    """Without what differs from call to call."""
    own = ("X-Request-Id", "RateLimit")
    head = {name: value for name, value in answer.headers.items() if name not in own}
    return answer.status_code, answer.json(), head


GOOD = [event(id="a"), event(id="b", name="Visited", properties={"N": {}, "City": "Pune"})]
CALLS: list[tuple[object, dict[str, Any]]] = [
    ({"records": GOOD}, {}),
    ({"records": [event(id="a"), event(identity="nobody"), {"name": 5}, 7]}, {}),
    ({"records": []}, {}),
    ({"records": [event(id=n) for n in range(21)]}, {}),
    ({"records": [event(identity="new")], "create_people": True}, {}),
    ({"records": GOOD, "other": 1}, {}),
    ({"records": "a"}, {}),
    ([], {}),
    ("{", {}),
    ("", {}),
    ('{"records": [], "records": []}', {}),
    ({"records": GOOD}, {"content_type": "text/plain"}),
    ({"records": GOOD}, {"address": f"{AT}?dry=1"}),
    ({"records": GOOD}, {"headers": {"Idempotency-Key": "once"}}),
    ({"records": GOOD}, {"headers": {"Content-Encoding": "gzip"}}),
    ({"records": GOOD}, {"headers": {"Authorization": "Bearer kb_live_000000000000_x"}}),
    ({"records": GOOD}, {"headers": {"Authorization": "Basic x"}}),
]


def test_it_answers_as_the_view_does(project: Project, key: tuple[ApiKey, str]) -> None:
    shop = program(key[1])
    for body, more in CALLS:
        long: list[Any] = []
        with patch.object(small_uploads, "_small", return_value=None):
            sent(shop, body, **more)
            long.append(told(sent(shop, body, **more)))
        long.append(told(sent(shop, body, **more)))
        assert long[0] == long[1], body
    assert EventKindDay.objects.count() > 0


def test_it_goes_the_short_way_in_the_first_place(key: tuple[ApiKey, str]) -> None:
    with patch("campaigns.api.uploads.Events.post", side_effect=AssertionError):
        answer = sent(program(key[1]), {"records": [event(id=1)]})
    assert answer.json() == {"counts": {"stored": 1}, "records": [{"outcome": "stored"}]}
    assert AuditEntry.objects.get(action="event.uploaded").key == key[0]


def test_each_of_many_at_once_is_told_of_its_own(
    project: Project, key: tuple[ApiKey, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shops = [program(key[1]) for _ in range(12)]
    groups: list[int] = []
    serve = small_uploads._Serving.serve

    def counted(serving: Any, calls: Any) -> Any:
        groups.append(len(calls))
        return serve(serving, calls)

    monkeypatch.setattr(small_uploads._Serving, "serve", counted)

    def send(number: int) -> list[str]:
        try:
            records = [event(id=f"{number}-{n}") for n in range(number % 3 + 1)]
            told = sent(shops[number], {"records": [*records, {"name": "Nobody's"}]}).json()
            return [record["outcome"] for record in told["records"]]
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(send, range(12)))
    assert found == [["stored"] * (n % 3 + 1) + ["refused"] for n in range(12)]
    assert (sum(groups), Occurrence.objects.count()) == (12, 24)
    assert AuditEntry.objects.filter(action="event.uploaded").count() == 12


def test_a_key_that_was_revoked_or_lacks_the_scope_is_refused_at_once(
    project: Project, key: tuple[ApiKey, str]
) -> None:
    shop, body = program(key[1]), {"records": [event(id=1)]}
    assert sent(shop, body).status_code == 200
    ApiKey.objects.update(scopes=[Scope.READ])
    assert sent(shop, body).json()["code"] == "key.scope"
    ApiKey.objects.update(scopes=[Scope.WRITE], networks=["192.0.2.0/24"])
    assert sent(shop, body).json()["code"] == "key.elsewhere"
    ApiKey.objects.update(networks=[], revoked_at=timezone.now())
    assert sent(shop, body).json()["code"] == "key.revoked"


def test_whoever_makes_too_many_calls_is_told_so(
    key: tuple[ApiKey, str], settings: Settings
) -> None:
    settings.API_CALLS_A_MINUTE = 2
    shop = program(key[1])
    answers = [sent(shop, {"records": []}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]


def test_what_goes_on_through_the_view_is_counted_once(key: tuple[ApiKey, str]) -> None:
    shop = program(key[1])
    before = left(sent(shop, {"records": []}))
    for broken in ({"return_value": [ValueError()]}, {"side_effect": OperationalError}):
        with patch.object(small_uploads, "upload_calls", **broken):
            assert sent(shop, {"records": []}).status_code == 200
    assert left(sent(shop, {"records": []})) == before - 3


def left(answer: Any) -> int:
    return int(answer["RateLimit"].split(";")[1].removeprefix("r="))


def test_no_more_of_a_key_are_under_way_than_may_be(key: tuple[ApiKey, str]) -> None:
    for _ in range(24):
        ceilings.under_way.begin(key[0].pk, is_small=True)
    try:
        assert sent(program(key[1]), {"records": []}).status_code == 429
    finally:
        for _ in range(24):
            ceilings.under_way.end(key[0].pk, is_small=True)
    assert sent(program(key[1]), {"records": []}).status_code == 200
    assert not ceilings.under_way._calls


def test_no_more_of_a_key_wait_than_may_be_under_way(
    key: tuple[ApiKey, str], settings: Settings
) -> None:
    settings.API_SMALL_CALLS_AT_ONCE = 2
    with held_up([key[1]] * 2) as answers:
        third = sent(program(key[1]), {"records": []})
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (third.status_code, third.json()["code"]) == (429, "key.too_many")
    assert not ceilings.waiting._calls


def test_a_project_with_many_keys_leaves_threads_to_the_others(
    project: Project, settings: Settings
) -> None:
    settings.API_SMALL_CALLS_AT_ONCE = 2
    most = ceilings.most_of_a_project()
    theirs = [known(key_of(project)[1]) for _ in range(most)]
    more, new = known(key_of(project)[1]), key_of(project)[1]
    other = key_of(ProjectFactory.create())[1]
    with held_up(theirs) as answers:
        refused = [sent(program(each), {"records": []}) for each in (more, new)]
        taken = sent(program(other), {"records": []})
    assert [answer.status_code for answer in answers] == [200] * most
    assert [(one.status_code, one["Retry-After"]) for one in refused] == [(429, "1")] * 2
    assert "of this project's keys" in refused[0].json()["detail"]
    assert taken.status_code == 200
    assert not ceilings.calls_of_projects._calls


@contextmanager
def held_up(keys: Sequence[str]) -> Iterator[list[Any]]:
    """A small call with each waits for the database as long as the block takes; then their answers
    are in the list."""
    goes_on = Event()

    def wait(_serving: Any, calls: Any) -> Any:
        goes_on.wait(10)
        return [None for _ in calls]

    def send(key: str) -> Any:
        try:
            return sent(program(key), {"records": []})
        finally:
            connection.close()

    answers: list[Any] = []
    held = patch.object(small_uploads._Serving, "serve", wait)
    with held, ThreadPoolExecutor(len(keys)) as threads:
        sending = threads.map(send, keys)
        wait_until(lambda: sum(ceilings.waiting._calls.values()) == len(keys))
        yield answers
        goes_on.set()
        answers += sending


def test_what_breaks_on_the_short_way_goes_the_long_one(key: tuple[ApiKey, str]) -> None:
    broken = patch.object(uploading_in_company, "store_known", side_effect=OperationalError)
    with broken:
        answer = sent(program(key[1]), {"records": [event(id=1)]})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert sent(program(key[1]), {"records": [event(id=1)]}).json()["counts"] == {"stored": 1}
