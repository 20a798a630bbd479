"""Every call that takes a body, ours and CleverTap's: what is no body, too large or not known is
refused and named, and nothing is changed."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from providers.api.document import addresses
from providers.models import Project, Scope
from tests.campaigns.api.test_reading import one_of_each
from tests.factories import ProviderFactory
from tests.providers.api.clevertap_calls import fault_of, program_of
from tests.providers.api.keys import client_with_key
from tests.providers.api.test_own_key import code_of
from tests.test_api_doors import Door, everything
from tests.test_clevertap_doors import DOORS as CLEVERTAP_DOORS

pytestmark = pytest.mark.django_db

JSON = "application/json"
MOST = 5 * 1024 * 1024
UNKNOWN = b'{"identity": "c-1", "zzz": 1}'
PACKED = {"Content-Encoding": "gzip"}


@dataclass(frozen=True)
class Bad:
    name: str
    body: bytes
    said: tuple[int, str]
    media_type: str = JSON
    packed: bool = False

    def __str__(self) -> str:
        return self.name


BAD = [
    Bad("nothing", b" ", (400, "body.broken")),
    Bad("a list", b"[]", (400, "body.no_object")),
    Bad("null", b"null", (400, "body.no_object")),
    Bad("half", b'{"zzz": ', (400, "body.broken")),
    Bad("not a number", b'{"zzz": NaN}', (400, "body.broken")),
    Bad("a name twice", b'{"zzz": 1, "zzz": 2}', (400, "body.double_name")),
    Bad("deep", b'{"zzz": %s1%s}' % (b"[" * 20, b"]" * 20), (400, "body.too_deep")),
    Bad("deeper", b"[" * 1_000_000 + b"]" * 1_000_000, (400, "body.too_many_parts")),
    Bad("a byte more", UNKNOWN.ljust(MOST + 1), (413, "body.too_large")),
    Bad("a bomb", gzip.compress(b"0" * 50_000_000), (413, "body.too_large"), packed=True),
    Bad("a form", b"zzz=1", (415, "body.not_json"), "application/x-www-form-urlencoded"),
]
every_bad_body = pytest.mark.parametrize("bad", BAD, ids=str)


def doors() -> Iterator[Door]:
    for address, view in addresses():
        for method, operation in view.operations.items():
            if operation.body is not None:
                yield Door(address, method, view.scopes.get(method))


DOORS = list(doors())
THEIRS = [door for door in CLEVERTAP_DOORS if door.method == "POST"]


@pytest.fixture
def numbers(project: Project) -> dict[str, int]:
    ProviderFactory.create(project=project)
    return one_of_each(project)


def send(caller: Client, method: str, at: str, bad: Bad) -> Any:
    headers = PACKED if bad.packed else {}
    return caller.generic(method, at, bad.body, bad.media_type, headers=headers)


@every_bad_body
def test_what_is_no_body_is_refused_everywhere(
    bad: Bad, project: Project, numbers: dict[str, int]
) -> None:
    before, caller = everything(), client_with_key(project, *Scope)
    told = {str(door): send(caller, door.method, door.at(numbers), bad) for door in DOORS}
    assert {code_of(answer) for answer in told.values()} == {bad.said}
    assert everything() == before
    assert len(told) > 15


@every_bad_body
def test_as_there_it_is_a_bad_request(bad: Bad, project: Project, numbers: dict[str, int]) -> None:
    before, caller = everything(), program_of(project, *Scope)
    told = [send(caller, "POST", door.address, bad) for door in THEIRS]
    assert {fault_of(answer)[0] for answer in told} == {400}
    assert everything() == before


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_field_that_is_not_known_is_named(
    door: Door, project: Project, numbers: dict[str, int]
) -> None:
    before, caller = everything(), client_with_key(project, *Scope)
    answer = caller.generic(door.method, door.at(numbers), UNKNOWN, JSON)
    assert code_of(answer) == (422, "body.wrong")
    assert "zzz" in {part["path"] for part in answer.json()["errors"]}
    assert everything() == before


def test_as_there_it_is_named_too(project: Project, numbers: dict[str, int]) -> None:
    caller = program_of(project, *Scope)
    for door in THEIRS:
        answer = caller.generic("POST", door.address, json.dumps({"zzz": 1}).encode(), JSON)
        assert "zzz" in fault_of(answer)[1], door
