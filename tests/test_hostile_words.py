"""Whatever stands in a text column comes to a page as text, never as a part of the page.

Every text column of every model is filled with what would end an attribute, a text area or a
script, past all forms; then every address of the console is asked.
"""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.db.models import CharField, F, Field, JSONField, Model, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpResponse
from pytest_django import Settings

from providers.models import Project
from tests.console_pages import PAGES, changelist
from tests.console_rights import Who
from tests.test_tenants import ADDRESSES, LEADS_TO_LOGIN, ask, client_of, rows_of_project

MARK = "<q1"
WORDS = """'"></textarea></script><q1-evil x-data x-init="steal()">{{7*7}}{% now %}"""
ESCAPED = "&lt;q1"
SHORT = '"><q1'  # where no more finds room
OURS = {"providers", "templates_app", "campaigns", "callbacks"}
FILE_NAME = re.compile(r"""attachment; filename(="[^"<>]*"|\*=utf-8''[^"<>]*)$""")
# Columns that are read by a rule when they are shown, so that other text is an error of its own.
READ_BY_RULE = {
    "providers.CallbackSource.network",
    "providers.SendingIP.network",
    "providers.User.password",  # another one ends the session
    "providers.Project.time_zone",
    "providers.Project.default_country",
}


def text_columns(model: type[Model]) -> list[Any]:
    return [
        field
        for field in model._meta.concrete_fields
        if type(field) in (CharField, TextField) and not field.choices and not field.primary_key
        if f"{model._meta.label}.{field.name}" not in READ_BY_RULE
    ]


def _fill(model: type[Model], field: "Field[Any, Any]") -> bool:
    """Whether the database took it; a constraint may know better."""
    words = WORDS if len(WORDS) + 20 <= (field.max_length or 10_000) else SHORT
    text: Any = Value(words[: field.max_length])
    if field.unique or words == WORDS:
        key = model._meta.pk_fields[-1].name  # the last one tells rows of a composite key apart
        text = Concat(text, Cast(F(key), CharField()))
    try:
        with transaction.atomic():
            return model._base_manager.update(**{field.name: text}) > 0
    except DatabaseError:
        return False


def _with_words(value: Any) -> Any:
    """A JSON value with every text replaced but single words, which are those of its shape."""
    if isinstance(value, dict):
        return {key: _with_words(each) for key, each in value.items()} or {WORDS: WORDS}
    if isinstance(value, list):
        return [_with_words(each) for each in value]
    return (
        WORDS if isinstance(value, str) and not re.fullmatch(r"[A-Za-z_]{0,20}", value) else value
    )


def _fill_json(model: type[Model], name: str) -> None:
    for row in model._base_manager.all():
        with transaction.atomic():
            value = _with_words(getattr(row, name))
            model._base_manager.filter(pk=row.pk).update(**{name: value})


def fill_everything() -> int:
    """How many columns hold the words now."""
    filled = 0
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model._meta.label == "providers.AuditEntry":
            continue  # the audit log can't be changed
        filled += sum(_fill(model, field) for field in text_columns(model))
        for field in model._meta.concrete_fields:
            if isinstance(field, JSONField):
                _fill_json(model, field.name)
    return filled


@pytest.fixture(autouse=True)
def _gupshup_is_not_there(settings: Settings) -> None:
    settings.GATEWAY_SEND_URL = settings.GATEWAY_TEMPLATE_URL = "http://127.0.0.1:9/"


@pytest.fixture
def rows(project: Project) -> dict[str, Model]:
    return rows_of_project(project)


def raw_part(answer: HttpResponse, text: str) -> str:
    """What of the answer is no text; empty where all is well."""
    name = answer.headers.get("Content-Disposition", "")
    if name and not FILE_NAME.match(name):
        return name
    at = text.find(MARK) if answer.headers["Content-Type"].startswith("text/html") else -1
    return text[max(at - 200, 0) : at + 40] if at >= 0 else ""


@pytest.mark.parametrize("who", [Who.ADMIN, Who.OPERATOR])
def test_no_address_shows_a_text_as_a_part_of_the_page(
    who: Who, project: Project, rows: dict[str, Model]
) -> None:
    client = client_of(who, project)
    assert fill_everything() > 60
    asked = [
        (name, method, address.url(rows))
        for name, address in ADDRESSES.items()
        if name not in LEADS_TO_LOGIN
        for method in ("get", "post")
    ]
    asked += [(page, "get", f"{changelist(PAGES[page].model)}?q=%22%3E{MARK}") for page in PAGES]
    raw, escaped = {}, set()
    for name, method, url in asked:
        answer = ask(client, method, url)
        text = getattr(answer, "content", b"").decode(errors="replace")
        if part := raw_part(answer, text):
            raw[f"{method} {name}"] = part
        if ESCAPED in text:
            escaped.add(name)
    assert (raw, len(escaped) > 40) == ({}, True), sorted(escaped)
