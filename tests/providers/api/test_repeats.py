"""One Idempotency-Key, one act: what repeats are told, alone, at once and a day later."""

import gzip
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from campaigns.api import uploads
from campaigns.models import Occurrence, Profile
from providers.api.base import ApiView
from providers.api_keys import ceilings
from providers.api_keys.answering_once import KEPT
from providers.models import ApiAnswer, AuditEntry, Project
from providers.tasks import forget_old_api_answers
from tests.factories import ProjectFactory
from tests.providers.api.keys import client_with_key
from tests.providers.api.test_own_key import code_of

PROFILES, EVENTS = "/api/v1/profiles", "/api/v1/events"
PERSON = {"create": True, "records": [{"identity": "u-1", "name": "Asha"}]}
ORDER = {"create_people": True, "records": [{"identity": "u-1", "name": "Ordered"}]}


def call(caller: Client, name: str, body: object, *, at: str = PROFILES, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Idempotency-Key": name, **headers}
    return caller.post(at, raw, content_type="application/json", headers=sent)


@pytest.fixture
def shop(project: Project) -> Client:
    return client_with_key(project)


@pytest.mark.django_db
def test_a_repeat_is_told_the_same_and_does_nothing(shop: Client) -> None:
    first, second = (call(shop, "order-77", ORDER, at=EVENTS) for _ in range(2))
    assert (first.json()["counts"], second.content) == ({"stored": 1}, first.content)
    assert [a.headers.get("Idempotency-Replayed") for a in (first, second)] == [None, "true"]
    told = AuditEntry.objects.filter(action="event.uploaded", key__isnull=False)
    assert (Occurrence.objects.count(), told.count()) == (1, 1)


@pytest.mark.django_db
def test_quotes_and_packing_are_no_difference(shop: Client) -> None:
    call(shop, "a", PERSON)
    packed = gzip.compress(json.dumps(PERSON).encode(), mtime=7)
    answers = [call(shop, '"a"', PERSON), call(shop, "a", packed, **{"Content-Encoding": "gzip"})]
    assert [answer["Idempotency-Replayed"] for answer in answers] == ["true"] * 2


@pytest.mark.django_db
def test_a_key_that_was_used_for_another_call_is_refused(shop: Client) -> None:
    call(shop, "a", PERSON)
    other_body = call(shop, "a", {**PERSON, "create": False})
    other_address = call(shop, "a", PERSON, at=EVENTS)
    told = [code_of(answer) for answer in (other_body, other_address)]
    assert told == [(422, "idempotency.another_call")] * 2


@pytest.mark.django_db
def test_each_api_key_has_names_of_its_own(project: Project, shop: Client) -> None:
    others = [client_with_key(project), client_with_key(ProjectFactory.create())]
    answers = [call(caller, "a", PERSON) for caller in (shop, *others)]
    assert [a.headers.get("Idempotency-Replayed") for a in answers] == [None] * 3
    assert [a.json()["counts"] for a in answers] == [
        {"created": 1},
        {"unchanged": 1},
        {"created": 1},
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", '""', " ", "x" * 256, "é", "a b", "\x7f", '"a'])
def test_what_is_no_name_is_refused_or_one(name: str, shop: Client) -> None:
    answer = call(shop, name, PERSON)
    if name == '"a':
        assert answer.status_code == 200
    else:
        assert code_of(answer) == (400, "idempotency.unreadable")
    assert call(shop, "x" * 255, PERSON).status_code == 200


@pytest.mark.django_db
def test_a_refused_call_leaves_its_key_free(shop: Client) -> None:
    refused = call(shop, "a", {"records": [], "consent": "x" * 501})
    assert (refused.status_code, ApiAnswer.objects.count()) == (422, 0)
    assert call(shop, "a", PERSON).json()["counts"] == {"created": 1}


@pytest.mark.django_db(transaction=True)
def test_where_it_breaks_after_the_act_nothing_is_done(shop: Client) -> None:
    with patch.object(uploads, "told", side_effect=RuntimeError):
        assert code_of(call(shop, "a", PERSON)) == (500, "broke")
    assert (Profile.objects.exists(), ApiAnswer.objects.exists()) == (False, False)
    assert call(shop, "a", PERSON).json()["counts"] == {"created": 1}


@pytest.mark.django_db
def test_an_answer_is_kept_for_a_day(shop: Client) -> None:
    call(shop, "a", PERSON)
    call(shop, "b", PERSON)
    old = ApiAnswer.objects.filter(name="a")
    old.update(at=Now() - KEPT + timedelta(minutes=1))
    assert call(shop, "a", PERSON)["Idempotency-Replayed"] == "true"
    old.update(at=Now() - KEPT)
    assert call(shop, "a", ORDER, at=EVENTS).json()["counts"] == {"stored": 1}
    old.update(at=Now() - KEPT)
    forget_old_api_answers()
    assert list(ApiAnswer.objects.values_list("name", flat=True)) == ["b"]


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """From so many connections, all beginning together."""
    together = threading.Barrier(number)

    def one(which: int) -> Any:
        together.wait()
        try:
            return act(which)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(one, range(number)))


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_one_act(project: Project, shop: Client) -> None:
    at_the_act = threading.Event()
    tell = uploads.told

    def slowly(verdicts: Any) -> Any:
        """Until somebody else was turned away."""
        at_the_act.wait(10)
        return tell(verdicts)

    def try_it(_which: int) -> tuple[int, str]:
        answer = call(shop, "a", ORDER, at=EVENTS)
        if answer.status_code != 200:
            at_the_act.set()
            return code_of(answer)
        return 200, answer.headers.get("Idempotency-Replayed", "")

    with patch.object(uploads, "told", slowly), patch.object(ceilings, "most_at_once") as most:
        most.return_value = 20
        told = Counter(at_once(20, try_it))
    assert told.keys() <= {(200, ""), (200, "true"), (409, "idempotency.running")}
    assert (told[200, ""], Occurrence.objects.count(), sum(told.values())) == (1, 1, 20)
    assert told[409, "idempotency.running"] > 0
    assert try_it(0) == (200, "true")


def views() -> Iterator[type[ApiView]]:
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern).startswith("api/"):
            for pattern in resolver.url_patterns:
                assert isinstance(pattern, URLPattern)
                yield pattern.callback.view_class  # type: ignore[attr-defined]


def is_reading(view: type[ApiView], method: str) -> bool:
    operation = view.operations.get(method.upper())
    return operation is not None and operation.is_reading


def test_whatever_changes_something_is_done_once() -> None:
    changing = {
        f"{view.__name__}.{method}": getattr(view, method)
        for view in views()
        for method in ("post", "put", "patch", "delete")
        if hasattr(view, method) and not is_reading(view, method)
    }
    assert [name for name, one in changing.items() if not getattr(one, "is_done_once", False)] == []
    assert "Events.post" in changing
