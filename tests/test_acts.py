"""Every act says who did it, once: nothing changes without an entry, nothing is told that was not.

The acts stand in acts.py; whatever takes `by` on the floor of acts has to stand there.
"""

import inspect
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from providers.models import AuditEntry, Project, User
from providers.refusals import Refusal
from providers.watch.actors import Actor
from tests.acts import ACTS, Deed
from tests.factories import UserFactory
from tests.test_architecture import app_of, floor_of, modules

APPS = ("campaigns",)
ONCE = [act for act, known in ACTS.items() if not known.again]


def name_of(act: Callable[..., object]) -> str:
    return f"{act.__module__}.{act.__name__}"


def acts() -> Iterator[Callable[..., object]]:
    """Those who take `by`, wherever they stand."""
    for module in modules():
        if app_of(module) in APPS and floor_of(module) == "acts":
            for _name, found in inspect.getmembers(import_module(module), inspect.isfunction):
                own = found.__module__ == module and not found.__name__.startswith("_")
                by = inspect.signature(found).parameters.get("by")
                if own and by is not None and by.annotation in (Actor, "Actor"):
                    yield found


def entries() -> list[tuple[str, int | None, int | None]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "by", "project"))


def do(deed: Deed, by: User) -> None:
    with suppress(Refusal):
        deed(Actor(by))


@pytest.fixture(autouse=True)
def _alone(settings: Settings, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.GATEWAY_SEND_URL = "http://127.0.0.1:9/"  # nobody is there


def test_whatever_takes_by_stands_among_the_acts() -> None:
    assert sorted(map(name_of, acts())) == sorted(map(name_of, ACTS))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ACTS, ids=name_of)
def test_an_act_stands_once_in_the_audit_log(act: Callable[..., object], project: Project) -> None:
    by, known = UserFactory.create(), ACTS[act]
    deed = known.prepare(project)
    before = len(entries())

    deed(Actor(by))

    place = None if known.entry.startswith("installation.") else project.pk
    assert entries()[before:] == [(known.entry, by.pk, place)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ONCE, ids=name_of)
def test_a_second_click_stands_nowhere(act: Callable[..., object], project: Project) -> None:
    by, known = UserFactory.create(), ACTS[act]
    deed = known.prepare(project)
    do(deed, by)
    told = entries()

    do(deed, by)

    assert entries() == told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ONCE, ids=name_of)
def test_nine_at_once_are_one(act: Callable[..., object], project: Project) -> None:
    by, known = UserFactory.create(), ACTS[act]
    deed = known.prepare(project)

    def click(_number: int) -> None:
        try:
            do(deed, by)
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as people:
        list(people.map(click, range(9)))

    assert [entry for entry, *_ in entries()].count(known.entry) == 1
