"""A form or a call does the same with fields that nobody offered as without them: whose project a
row belongs to, its state, who made it and whose rows it names are not for the sender to say.
"""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import BooleanField, ForeignKey, JSONField, Model
from pytest_django import Settings

from providers.models import Project, Scope
from tests.campaigns.api.test_reading import one_of_each
from tests.console_rights import Who
from tests.factories import ProjectFactory
from tests.providers.api.keys import client_with_key
from tests.test_api_doors import DOORS, Door
from tests.test_tenants import (
    ADDRESSES,
    LEADS_TO_LOGIN,
    REFUSED,
    Address,
    client_of,
    nothing_kept,
    rows_of_project,
)

pytestmark = pytest.mark.django_db

OURS = {"providers", "templates_app", "campaigns", "callbacks"}
# Random or of the moment, each time anew.
FRESH = {"digest", "public_id", "token", "secret", "extra_token", "etag", "password"}
# Keeps the form as it was sent, until it is saved through the form.
KEEPS_ALL = {"campaigns_campaign_keep", "templates_app_template_keep"}
# How long Gupshup took, and numbers of new rows in columns of their own.
DIFFERS_BY_ITSELF = {"providers.Verification", "campaigns.WordsDue"}
NAMED = re.compile(r'name="([^"]+)"')
RIGHTS = {"is_superuser": "on", "is_staff": "on", "is_active": "on", "role": "admin", "id": "1"}

Rows = dict[str, list[str]]


@pytest.fixture(autouse=True)
def _gupshup_is_not_there(settings: Settings) -> None:
    settings.GATEWAY_SEND_URL = settings.GATEWAY_TEMPLATE_URL = "http://127.0.0.1:9/"


def our_models() -> list[type[Model]]:
    models = (model for model in apps.get_models() if model._meta.app_label in OURS)
    return [model for model in models if model._meta.label not in DIFFERS_BY_ITSELF]


def known_numbers() -> dict[type[Model], set[Any]]:
    return {model: set(model._base_manager.values_list("pk", flat=True)) for model in our_models()}


class Everything:
    """Every row, but for moments, numbers of new rows and what is drawn by chance. Where nothing
    was written since, a table has what it had at first; PostgreSQL counts what a transaction
    writes, also what is rolled back."""

    WRITES = """
        SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"""

    def __init__(self) -> None:
        self._known = known_numbers()
        self._at_first = {model: self._rows_of(model) for model in our_models()}

    def after(self, act: Callable[[], int]) -> tuple[int, Rows]:
        """The status of what it answers, and all rows; then it is undone."""
        with nothing_kept():
            before = self._writes()
            status, now = act(), self._writes()
            written = {table for table, count in now.items() if count != before.get(table)}
            return status, {
                model._meta.label: self._rows_of(model) if model._meta.db_table in written else rows
                for model, rows in self._at_first.items()
            }

    def _writes(self) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(self.WRITES)
            return dict(cursor.fetchall())

    def _rows_of(self, model: type[Model]) -> list[str]:
        return sorted(map(repr, _rows(model, self._known)))


def _rows(model: type[Model], known: dict[type[Model], set[Any]]) -> list[tuple[Any, ...]]:
    fields = [
        field
        for field in model._meta.concrete_fields
        if field.get_internal_type() != "DateTimeField" and field.name not in FRESH
    ]
    return [
        tuple(_told(field, value, model, known) for field, value in zip(fields, row, strict=True))
        for row in model._base_manager.values_list(*(field.attname for field in fields))
    ]


def _told(field: Any, value: Any, model: type[Model], known: dict[type[Model], set[Any]]) -> Any:
    of = model if field.primary_key else field.related_model
    if of in known:
        return value if value in known[of] else "new"
    return "new" if field.name == "target_id" and value else value


def forms_of(page: Any) -> Iterator[Any]:
    for context in getattr(page, "context", None) or []:
        for value in context.flatten().values() if hasattr(context, "flatten") else ():
            form = getattr(value, "form", value)  # an AdminForm has it inside
            if hasattr(form, "fields") and hasattr(form, "add_prefix"):
                yield form


def offered(page: Any) -> dict[str, Any]:
    """What the forms of a page send, as they stand."""
    return {
        form.add_prefix(name): "" if value in (None, False) else value
        for form in forms_of(page)
        for name in form.fields
        if not hasattr(value := form[name].value(), "read")
    }


def asked_for(model: type[Model] | None, theirs: dict[str, Model]) -> dict[str, Any]:
    """Every column of the row that the page is about, and rights."""
    wanted: dict[str, Any] = dict(RIGHTS)
    by_model = {type(row): row.pk for row in theirs.values()}
    for field in model._meta.concrete_fields if model else ():
        value = _wanted(field, by_model)
        wanted |= {field.name: value, field.attname: value}
    return wanted


def _wanted(field: Any, by_model: dict[Any, Any]) -> Any:
    if isinstance(field, ForeignKey):
        return by_model.get(field.related_model, 1)
    if isinstance(field, BooleanField):
        return "on"
    if field.choices:
        return [value for value, _words in field.flatchoices][-1]
    return "{}" if isinstance(field, JSONField) else "7"


def test_no_form_takes_what_it_does_not_offer(project: Project) -> None:
    mine = rows_of_project(project)
    theirs = rows_of_project(ProjectFactory.create())
    client = client_of(Who.ADMIN, project)
    everything, took, posted = Everything(), {}, 0
    for name, address in ADDRESSES.items():
        if name in LEADS_TO_LOGIN | KEEPS_ALL:
            continue
        at = address.url(mine)
        page = client.get(at)
        own = offered(page) | {"_form_submitted": "1", "post": "yes"}
        without = _done(client, at, own, everything)
        if without is None:
            continue
        posted += 1
        wanted = asked_for(_model_of(address, mine), theirs)
        for written in _names_in(page):
            wanted.pop(written, None)
        differs = _differs(without, _done(client, at, wanted | own, everything))
        if differs:
            took[name] = differs
    assert (posted > 50, took) == (True, {})


def _names_in(page: Any) -> set[str]:
    """Also those of forms that are written by hand."""
    is_file = page.streaming or not page.headers["Content-Type"].startswith("text/html")
    return set() if is_file else set(NAMED.findall(page.content.decode()))


def _model_of(address: Address, mine: dict[str, Model]) -> type[Model] | None:
    return type(mine[address.model]) if address.model else None


def _done(
    client: Any, at: str, data: dict[str, Any], everything: Everything
) -> tuple[int, Rows] | None:
    """None where nobody may post."""
    cookies = deepcopy(client.cookies)
    status, state = everything.after(lambda: client.post(at, data).status_code)
    client.cookies = cookies
    return None if status in REFUSED else (status, state)


def _differs(without: tuple[int, Rows], extra: tuple[int, Rows] | None) -> Any:
    assert extra is not None
    rows = {label for label, found in without[1].items() if found != extra[1].get(label)}
    return rows or (without[0] != extra[0] and (without[0], extra[0]))


@pytest.mark.parametrize("door", [d for d in DOORS if d.method != "GET"], ids=str)
def test_no_call_takes_what_it_does_not_offer(door: Door, project: Project) -> None:
    numbers = one_of_each(project)
    theirs = one_of_each(ProjectFactory.create())
    caller = client_with_key(project, *Scope)
    everything = Everything()
    own: dict[str, Any] = {"records": [], "identities": [], "name": "Ours", "rule": {}}
    extra = {"project": 1, "project_id": 1, "status": "approved", "created_by": 1, "id": 1}
    extra |= {f"{name}_id": number for name, number in theirs.items()}

    def done(body: dict[str, Any]) -> tuple[int, Rows]:
        send = getattr(caller, door.method.lower())
        at, sent = door.at(numbers), json.dumps(body)
        return everything.after(lambda: send(at, sent, content_type="application/json").status_code)

    without, with_extra = done(own), done(own | extra)
    assert with_extra[0] in (without[0], 400, 422)
    assert with_extra[0] >= 400 or with_extra[1] == without[1]
