"""One person is made or changed by a call: whole, or not at all."""

import json
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Profile, ProfileProperty
from providers.models import ApiAnswer, AuditEntry, Project, Scope
from tests.factories import ProfileFactory, ProjectFactory
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db

AT = "/api/v1/profiles"
ASHA = {"identity": "c-1", "phone": "+919000000001", "name": "Asha"}


@pytest.fixture
def shop(project: Project) -> Client:
    return client_with_key(project)


def put(caller: Client, body: object, **headers: str) -> Any:
    answer = caller.put(AT, json.dumps(body), content_type="application/json", headers=headers)
    check(answer)
    return answer


def test_somebody_is_made_then_changed_then_left_as_they_are(
    project: Project, shop: Client
) -> None:
    bodies = [
        {**ASHA, "MSG-whatsapp": True, "consent": "Checkout", "properties": {"City": "Pune"}},
        {"identity": "c-1", "properties": {"Points": {"$incr": 5}}},
        ASHA,
        {"phone": "+919000000001", "name": "Asha Rao"},
        {"phone": "+919000000002"},
    ]
    told = [put(shop, body).json() for body in bodies]
    asha, other = Profile.objects.of(project).order_by("pk")
    assert [one["outcome"] for one in told] == [
        *("created", "updated", "unchanged", "updated", "created"),
    ]
    assert [one["id"] for one in told] == [asha.pk] * 4 + [other.pk]
    assert (asha.name, asha.subscribed) == ("Asha Rao", True)
    assert asha.properties == {"City": "Pune", "Points": 5}
    person = shop.get(f"{AT}/{asha.pk}").json()
    assert (person["identity"], person["MSG-whatsapp"]) == ("c-1", True)
    assert AuditEntry.objects.filter(action="profile.uploaded").count() == 4


def test_a_repeat_counts_once_and_what_is_kept_of_it_names_nobody(shop: Client) -> None:
    body = {**ASHA, "properties": {"Points": {"$incr": 5}}}
    answers = [put(shop, body, **{"Idempotency-Key": "a"}) for _ in range(2)]
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert Profile.objects.get().properties == {"Points": 5}
    kept = ApiAnswer.objects.get().body
    assert [word for word in ("c-1", "Asha", "9000000001") if word in kept] == []


@pytest.mark.parametrize(
    ("body", "code", "paths"),
    [
        ({}, "person.missing", []),
        ({"identity": ["c-1"]}, "person.not_a_text", []),
        ({"phone": "12"}, "person.phone_unreadable", []),
        ({**ASHA, "email": "?"}, "profile.email_unreadable", []),
        ({**ASHA, "MSG-whatsapp": 1}, "profile.subscribed_unreadable", []),
        ({**ASHA, "properties": [1]}, "profile.properties_unreadable", []),
        ({**ASHA, "consent": 5}, "body.wrong", ["consent"]),
        ({**ASHA, "consent": "x" * 501}, "consent.too_long", []),
        ({**ASHA, "shoe": 38}, "body.wrong", ["shoe"]),
        ({**ASHA, "properties": {"A": {"a": 1}, "B": 1}}, "body.wrong", ["properties.A"]),
        ({**ASHA, "\ud800": 1, "properties": {"\udfff": 1}}, "body.wrong", ["?"]),
        ({**ASHA, "records": []}, "body.wrong", ["records"]),
    ],
)
def test_what_cant_be_kept_is_named_and_nothing_is_stored(
    body: dict[str, Any], code: str, paths: list[str], shop: Client
) -> None:
    answer = put(shop, body)
    assert code_of(answer) == (422, code)
    assert [part["path"] for part in answer.json().get("errors", [])] == paths
    assert not Profile.objects.exists()
    assert not ProfileProperty.objects.exists()


def test_nobody_of_another_project_is_changed(project: Project, shop: Client) -> None:
    theirs = ProfileFactory.create(project=ProjectFactory.create(), identity="c-1", name="Zoya")
    told = put(shop, {"identity": "c-1", "phone": theirs.phone, "name": "Asha"}).json()
    theirs.refresh_from_db()
    assert (theirs.name, told["outcome"], told["id"] == theirs.pk) == ("Zoya", "created", False)
    reader = client_with_key(project, Scope.READ)
    assert code_of(put(reader, ASHA)) == (403, "key.scope")
