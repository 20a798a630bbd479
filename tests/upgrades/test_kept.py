"""Names that stand in a database, a queue or a cookie are kept to the letter: kept.json.

A name that is new is added there with the release that brings it. One may only go when nothing can
hold it any more, two releases after the last one that wrote it.
"""

import ast
import inspect
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from campaigns.audience.imports.saving import CHUNK
from config.celery import app as celery_app
from config.queues import QUEUES
from tests.test_architecture import modules

KEPT: dict[str, Any] = json.loads((Path(__file__).parent / "kept.json").read_text())


@cache
def strings() -> set[str]:
    """Every text that stands in the code, those that are a part of one too."""
    nodes = (node for path in modules().values() for node in ast.walk(ast.parse(path.read_text())))
    found = (node.value for node in nodes if isinstance(node, ast.Constant))
    return {text for text in found if isinstance(text, str)}


# What they are called with, or what so is named, says what happened.
RECORDING = ("record", "record_each", "_record_saved", "_audit", "_move", "move", "set_going")
RECORDING += ("audited", "record_notes")


@cache
def audited() -> set[str]:
    """Texts in the calls that record something."""
    nodes = [node for path in modules().values() for node in ast.walk(ast.parse(path.read_text()))]
    telling = [node for node in nodes if _name_of(node) in RECORDING]
    inner = (part for node in telling for part in ast.walk(node))
    return {str(part.value) for part in inner if isinstance(part, ast.Constant)}


def _name_of(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
        case ast.keyword(arg=str(name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name.lower()
    return ""


@pytest.mark.parametrize("name", KEPT["tasks"])
def test_a_task_that_yesterday_has_queued_is_done(name: str) -> None:
    celery_app.loader.import_default_modules()
    task = celery_app.tasks[name]
    inspect.signature(task.run).bind(*KEPT["tasks"][name]["takes"])
    # It may have another queue today, but yesterday's is still listened to.
    assert KEPT["tasks"][name]["queue"] in QUEUES
    assert celery_app.amqp.router.route({}, name)["queue"].name in QUEUES


def test_beat_hints_at_everything_as_before() -> None:
    now = {name: entry["task"] for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}
    assert {name: now.get(name) for name in KEPT["beat"]} == KEPT["beat"]


def test_models_have_their_labels_and_tables() -> None:
    now = {m._meta.label: m._meta.db_table for m in apps.get_models(include_auto_created=True)}
    assert {label: now.get(label) for label in KEPT["tables"]} == KEPT["tables"]


@pytest.mark.parametrize("path", KEPT["migrations import"])
def test_what_old_migrations_import_is_where_it_was(path: str) -> None:
    assert callable(import_string(path))


def test_salts_and_names_of_what_is_signed_are_the_same() -> None:
    assert set(KEPT["salts"]) - strings() == set()


@pytest.mark.parametrize("kind", KEPT["audit log"])
def test_the_audit_log_has_no_second_word_for_the_same(kind: str) -> None:
    noun, happened = kind.split(".")
    nouns = strings() | {model._meta.model_name for model in apps.get_models()}
    statuses = {f"became_{text}" for text in strings()}
    assert kind in audited() or (noun in nouns and happened in audited() | statuses)


def test_half_an_import_is_counted_in_the_same_chunks() -> None:
    """It has noted which ones are saved: others would leave people out."""
    assert KEPT["rows in a chunk of an import"] == CHUNK


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "keys"), KEPT["unique keys by which statements pass by"].items())
def test_statements_of_the_version_before_find_the_keys_they_name(
    table: str, keys: list[str]
) -> None:
    """Its workers go on while an upgrade has migrated already."""
    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute(
                f"EXPLAIN INSERT INTO {table} DEFAULT VALUES ON CONFLICT {key} DO NOTHING"
            )
