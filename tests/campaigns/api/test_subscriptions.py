"""Programs tell who wants no more messages, by phone, whether or not anybody has it."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.audience.subscriptions import set_block
from campaigns.models import PhoneBlock, Source, SubscriptionChange
from providers.models import ApiKey, AuditEntry, Project
from tests.factories import ProfileFactory, ProjectFactory
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key

pytestmark = pytest.mark.django_db

PHONE, KEY = "+919000000001", 919000000001


@pytest.fixture
def shop(project: Project) -> Client:
    return client_with_key(project)


def tell(caller: Client, *records: object) -> Sequence[dict[str, Any]]:
    body = {"records": list(records)}
    answer = caller.post("/api/v1/subscriptions", body, content_type="application/json")
    check(answer)
    found: Sequence[dict[str, Any]] = answer.json()["records"]
    return found


def record(status: str, phone: object = PHONE) -> dict[str, object]:
    return {"type": "whatsapp", "value": phone, "status": status}


def blocked() -> dict[int, bool]:
    return dict(PhoneBlock.objects.values_list("match_key", "blocked"))


def outcomes(told: Sequence[dict[str, Any]]) -> list[str]:
    return [one.get("code", one["outcome"]) for one in told]


def test_a_phone_is_blocked_and_freed_again(project: Project, shop: Client) -> None:
    ProfileFactory.create(project=project, phone=PHONE, match_key=KEY)
    other = ProjectFactory.create()
    set_block(other, KEY, blocked=True, source=Source.CONSOLE, at=timezone.now())
    steps = [record("Resubscribe"), record("Unsubscribe"), record("Unsubscribe")]
    told = [outcomes(tell(shop, step)) for step in [*steps, record("resubscribe")]]
    assert told == [["unchanged"], ["updated"], ["unchanged"], ["updated"]]
    assert PhoneBlock.objects.get(project=project).blocked is False
    assert PhoneBlock.objects.get(project=other).blocked is True
    changes = SubscriptionChange.objects.filter(project=project).order_by("pk")
    assert [(one.value, one.source) for one in changes] == [(True, "api"), (False, "api")]
    assert {one.words for one in changes} == {f"Told by the API key “{ApiKey.objects.get()}”."}
    entries = AuditEntry.objects.filter(action="subscription.uploaded")
    assert [entry.key is not None for entry in entries] == [True, True]


def test_a_persons_own_stop_stays(project: Project, shop: Client) -> None:
    keyword = {"source": Source.KEYWORD, "own_word": True}
    set_block(project, KEY, blocked=True, at=timezone.now(), **keyword)  # type: ignore[arg-type]
    assert outcomes(tell(shop, record("Resubscribe"))) == ["subscription.own_stop"]
    assert blocked() == {KEY: True}
    assert outcomes(tell(shop, record("Unsubscribe"))) == ["unchanged"]


def test_the_last_word_about_a_phone_counts(shop: Client) -> None:
    told = tell(shop, record("Resubscribe"), record("Unsubscribe"), record("Unsubscribe", "+1 2"))
    assert outcomes(told) == ["updated", "updated", "person.phone_unreadable"]
    assert blocked() == {KEY: True}


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("somebody", "record.not_an_object"),
        ([], "record.not_an_object"),
        ({"type": "email", "value": PHONE, "status": "Unsubscribe"}, "subscription.type"),
        ({"value": PHONE, "status": "Unsubscribe"}, "subscription.type"),
        (record("Delete"), "subscription.status"),
        ({"type": "whatsapp", "value": PHONE, "status": None}, "subscription.status"),
        (record("Unsubscribe", None), "person.not_a_text"),
        (record("Unsubscribe", "\ud800"), "person.phone_unreadable"),
        ({**record("Unsubscribe"), "\ud800": 1}, "record.unknown_field"),
    ],
)
def test_a_bad_record_holds_up_no_other(bad: object, code: str, shop: Client) -> None:
    assert outcomes(tell(shop, bad, record("Unsubscribe"))) == [code, "updated"]
    assert blocked() == {KEY: True}


def test_a_thousand_of_which_every_other_is_bad(shop: Client) -> None:
    records = [
        record("Unsubscribe", f"+9190000{n:05d}") if n % 2 else record("Never")
        for n in range(1_000)
    ]
    told = outcomes(tell(shop, *records))
    assert told == ["subscription.status", "updated"] * 500
    assert PhoneBlock.objects.filter(blocked=True).count() == 500
