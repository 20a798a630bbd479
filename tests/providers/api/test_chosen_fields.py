"""`?fields=`: answers in part."""

from collections.abc import Iterator

import pytest
from django.test import Client

from providers.api.base import ApiView
from providers.api.chosen_fields import names_in
from providers.api.document import addresses
from providers.models import Project, Scope
from tests.campaigns.api.test_reading import one_of_each
from tests.factories import ProfileFactory
from tests.providers.api.keys import OWN_KEY, client_with_key
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db

PEOPLE = "/api/v1/profiles"


def reading() -> Iterator[tuple[str, type[ApiView]]]:
    for address, view in addresses():
        if "GET" in view.operations and names_in(view.operations["GET"].answer):
            yield address, view


@pytest.mark.parametrize(("address", "view"), [*reading()], ids=str)
def test_of_every_answer_a_part_can_be_had(
    address: str, view: type[ApiView], project: Project
) -> None:
    numbers, caller = one_of_each(project), client_with_key(project, *Scope)
    at = f"/api/v1{address.replace('<int:number>', str(numbers.get(address.split('/')[1])))}"
    names = list(names_in(view.operations["GET"].answer))
    whole, part = caller.get(at).json(), caller.get(at, {"fields": ",".join(names[:2])}).json()
    if "records" in whole:
        assert part["next"] == whole["next"]
        (whole, part) = (each["records"][0] if each["records"] else {} for each in (whole, part))
    assert part == {name: whole[name] for name in names[:2] if name in whole}


def test_a_page_in_part_goes_on_where_it_ended(project: Project) -> None:
    people = [ProfileFactory.create(project=project) for _ in range(3)]
    caller, query = client_with_key(project, Scope.READ), {"fields": "id", "limit": 2}
    first = caller.get(PEOPLE, query).json()
    second = caller.get(PEOPLE, {**query, "cursor": first["next"]}).json()
    assert first["records"] + second["records"] == [{"id": one.pk} for one in people]


@pytest.mark.parametrize("fields", ["", "id,", "id,shoe", "id;name", "Id", "é", "x" * 5_000])
def test_a_field_that_isnt_there_is_named(fields: str, project: Project) -> None:
    answer = client_with_key(project).get(OWN_KEY, {"fields": fields})
    assert code_of(answer) == (422, "query.wrong")
    (part,) = answer.json()["errors"]
    assert (part["path"], "name, project" in part["detail"]) == ("fields", True)
    assert len(part["detail"]) < 300


def test_a_refusal_is_told_whole(project: Project, client: Client) -> None:
    reader = client_with_key(project, Scope.WRITE)
    assert code_of(reader.get(f"{PEOPLE}/1", {"fields": "id"})) == (403, "key.scope")
    assert code_of(client_with_key(project).get(f"{PEOPLE}/1", {"fields": "id"}))[0] == 404
    assert code_of(client.get(PEOPLE, {"fields": "id"}))[0] == 401
