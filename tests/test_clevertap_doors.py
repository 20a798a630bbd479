"""Every address below /1/: nobody comes in without a key that may do it, and nothing of another
project is reached by any key.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import serializers
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from providers.api.base import ApiView
from providers.models import AuditEntry, Project, Scope
from tests.campaigns.api.test_reading import one_of_each
from tests.factories import ProfileFactory, ProjectFactory
from tests.providers.api.clevertap_calls import call, fault_of, program, program_of
from tests.providers.api.keys import key_of
from tests.test_api_doors import everything

pytestmark = pytest.mark.django_db

THEIRS, THEIR_PHONE = "zanzibar-1", "+919000099999"
RECORDS: list[dict[str, Any]] = [
    {"type": "profile", "identity": THEIRS, "profileData": {"Phone": THEIR_PHONE}},
    {"type": "whatsapp", "value": THEIR_PHONE, "status": "Unsubscribe"},
]

QUERY = {"event_name": "Ordered", "from": 20260101, "to": 20261231}
GROUPS: dict[str, dict[str, object]] = {
    "trends.json": {"groups": {"foo": {"trend_type": "daily"}}},
    "top.json": {"groups": {"foo": {"property_type": "event_properties", "name": "City"}}},
}
TARGET = {"id": 1, "name": "Zan", "target_mode": "whatsapp", "where": QUERY, "when": "now"}


@dataclass(frozen=True)
class Door:
    address: str
    method: str
    scope: Scope

    def __str__(self) -> str:
        return f"{self.method} {self.address}"


def doors() -> Iterator[Door]:
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and str(resolver.pattern) == "1/":
            for each in resolver.url_patterns:
                assert isinstance(each, URLPattern)
                view: type[ApiView] = each.callback.view_class  # type: ignore[attr-defined]
                for method, scope in view.scopes.items():
                    yield Door(f"/1/{each.pattern}", method, scope)


DOORS = list(doors())
every_door = pytest.mark.parametrize("door", DOORS, ids=str)


def knock(caller: Client, door: Door) -> Any:
    if door.method == "GET":
        return caller.get(door.address, {"identity": THEIRS})
    of_others: dict[str, object] = {
        "delete": {"identity": THEIRS},
        "counts": QUERY | GROUPS.get(door.address.split("/")[-1], {}),
        "profiles.json": QUERY,
        "targets": TARGET,
    }
    return call(caller, door.address, of_others.get(door.address.split("/")[2], {"d": RECORDS}))


def test_each_method_has_a_scope() -> None:
    assert {str(door) for door in DOORS} == {
        "POST /1/upload",
        "POST /1/subscribe",
        "GET /1/profile.json",
        "POST /1/delete/profiles.json",
        "POST /1/counts/profiles.json",
        "POST /1/counts/events.json",
        "POST /1/counts/trends.json",
        "POST /1/counts/top.json",
        "POST /1/profiles.json",
        "GET /1/profiles.json",
        "POST /1/targets/create.json",
        "POST /1/targets/stop.json",
        "POST /1/targets/list.json",
        "POST /1/targets/result.json",
    }


@every_door
def test_nobody_comes_in_without_a_key(door: Door, project_admin: Client) -> None:
    assert [fault_of(knock(caller, door))[0] for caller in (Client(), project_admin)] == [401] * 2


@every_door
def test_a_key_does_nothing_without_its_scope(door: Door, project: Project) -> None:
    one_of_each(project)
    before = everything()
    others = [scope for scope in Scope if scope is not door.scope]
    assert fault_of(knock(program_of(project, *others), door))[0] == 403
    assert everything() == before


@every_door
def test_nothing_of_another_project_is_reached_or_changed(door: Door, project: Project) -> None:
    theirs = ProjectFactory.create(name="Zanzibar")
    person = ProfileFactory.create(
        project=theirs, identity=THEIRS, phone=THEIR_PHONE, name="Zoya", properties={"City": "Zan"}
    )
    before = serializers.serialize("json", [person])
    answer = knock(program_of(project, *Scope), door)
    person.refresh_from_db()
    assert serializers.serialize("json", [person]) == before
    assert [word for word in ("Zoya", 'Zan"') if word in answer.content.decode()] == []
    assert AuditEntry.objects.filter(project=theirs, key__isnull=False).count() == 0


@every_door
def test_no_answer_and_no_entry_holds_a_keys_secret(door: Door, project: Project) -> None:
    key, text = key_of(project, *Scope)
    answer = knock(program(key, text), door)
    entries = serializers.serialize("json", AuditEntry.objects.all())
    assert text.split("_", 3)[3] not in answer.content.decode() + entries
