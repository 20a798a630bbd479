"""Every address of the API, with every method: nobody comes in without a key that may do it, and
nothing of another project is reached by any key.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import serializers
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, CustomList, Export, Message, Outbox, Profile, Segment
from providers.api.document import addresses
from providers.models import AuditEntry, Conversation, Project, Scope
from templates_app.models import Template
from tests.campaigns.api.test_reading import one_of_each
from tests.factories import ProjectFactory, ProviderFactory
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key, key_of, program
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db

ROWS: list[type[Model]] = [
    *(Profile, CustomList, Segment, Template, Campaign, Message, Outbox, Conversation, Export),
]


@dataclass(frozen=True)
class Door:
    address: str
    method: str
    scope: Scope | None

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    def at(self, numbers: dict[str, int]) -> str:
        of = self.address.split("/")[1].partition(":")[0]
        return f"/api/v1{self.address.replace('<int:number>', str(numbers.get(of)))}"


def doors() -> Iterator[Door]:
    for address, view in addresses():
        for method in view.operations:
            yield Door(address, method, view.scopes.get(method))


DOORS = list(doors())
OF_ROWS = [door for door in DOORS if "<" in door.address]
every_door = pytest.mark.parametrize("door", DOORS, ids=str)


def knock(caller: Client, door: Door, numbers: dict[str, int]) -> Any:
    """With a body that does nothing wherever one is wanted."""
    body = {"records": [], "identities": [], "name": "Ours", "rule": {}}
    send = getattr(caller, door.method.lower())
    if door.method == "GET":
        return send(door.at(numbers))
    return send(door.at(numbers), json.dumps(body), content_type="application/json")


def everything() -> str:
    return "".join(serializers.serialize("json", model._base_manager.all()) for model in ROWS)


@every_door
def test_nobody_comes_in_without_a_key(door: Door, project: Project) -> None:
    answer = knock(Client(), door, one_of_each(project))
    assert code_of(answer) == (401, "key.missing")


@every_door
def test_a_session_of_the_console_is_no_key(
    door: Door, project: Project, project_admin: Client
) -> None:
    assert code_of(knock(project_admin, door, one_of_each(project))) == (401, "key.missing")


@every_door
def test_a_key_does_nothing_without_its_scope(door: Door, project: Project) -> None:
    numbers = one_of_each(project)
    ProviderFactory.create(project=project)
    before = everything()
    others = [scope for scope in Scope if scope is not door.scope]
    answer = knock(client_with_key(project, *others), door, numbers)
    if door.scope is None:
        assert answer.status_code == 200
    else:
        assert code_of(answer) == (403, "key.scope")
        check(answer)
    assert everything() == before


@every_door
def test_a_key_that_is_over_opens_nothing(door: Door, project: Project) -> None:
    numbers = one_of_each(project)
    caller = client_with_key(project, *Scope, ends=timezone.now())
    assert code_of(knock(caller, door, numbers)) == (401, "key.ended")


@every_door
def test_nothing_of_another_project_is_reached_or_changed(door: Door, project: Project) -> None:
    one_of_each(project)
    theirs = one_of_each(ProjectFactory.create(name="Zanzibar"))
    Campaign.objects.update(status="running")
    before = everything()
    answer = knock(client_with_key(project, *Scope), door, theirs)
    if door in OF_ROWS:
        assert code_of(answer) == (404, "not_found")
        assert everything() == before
    else:
        numbers = {record.get("id") for record in answer.json().get("records", ())}
        mine = set(Profile.objects.of(project).values_list("pk", flat=True)) | numbers_of(project)
        assert numbers - mine == set()
    assert "Zanzibar" not in answer.content.decode()
    assert AuditEntry.objects.filter(project__name="Zanzibar", key__isnull=False).count() == 0


def numbers_of(project: Project) -> set[int]:
    of_project = (CustomList, Segment, Template, Campaign, Message, Conversation, Export)
    rows = (model._base_manager.filter(project=project) for model in of_project)
    return {pk for each in rows for pk in each.values_list("pk", flat=True)}


def test_no_answer_and_no_row_holds_a_keys_secret(project: Project) -> None:
    _key, text = key_of(project, *Scope)
    secret = text.split("_", 3)[3]
    numbers = one_of_each(project)
    caller = program(text)
    told = [knock(caller, door, numbers).content.decode() for door in DOORS]
    assert [answer for answer in told if secret in answer] == []
    entries = serializers.serialize("json", AuditEntry.objects.all())
    assert secret not in entries


def test_each_address_is_about_rows_that_are_known_here(project: Project) -> None:
    numbers = one_of_each(project)
    assert [door for door in OF_ROWS if "None" in door.at(numbers)] == []
