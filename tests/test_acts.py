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
from tests.acts import ACTS, LIVE_ACTS, Act, Deed
from tests.factories import UserFactory
from tests.test_architecture import app_of, floor_of, modules
from tests.writers import called_in, functions, writers, writes_itself

APPS = ("callbacks", "campaigns", "templates_app", "providers")
# They take `by` for the acts that call them, and do nothing by themselves.
HANDING_ON = (
    "providers.watch.auditing.record",
    "campaigns.planning.approvals.back_to_draft",
    "campaigns.planning.approvals.close_request",
    "campaigns.running.lifecycle.move",
    "campaigns.running.lifecycle.set_going",
    "providers.watch.auditing.record_each",
    "providers.connection.dependents.stop_dependents",
    "providers.connection.disconnecting.replace_account",
    "templates_app.keeping.history.note",
    # What is only about to be looked at: `bring_in` does it.
    "templates_app.incoming.fetching_list.ask_for_list",
    "templates_app.incoming.importing.keep",
)


def name_of(act: Callable[..., object]) -> str:
    return f"{act.__module__}.{act.__name__}"


KNOWN = {name_of(act): known for act, known in ACTS.items()}
KNOWN |= {f"{name_of(act)}, live": known for act, known in LIVE_ACTS.items()}
ONCE = {name: known for name, known in KNOWN.items() if not known.again}


def acts() -> Iterator[Callable[..., object]]:
    """Those who take `by`, wherever they stand."""
    for module in modules():
        if app_of(module) in APPS and floor_of(module) == "acts":
            for _name, found in inspect.getmembers(import_module(module), inspect.isfunction):
                if found.__module__ == module and is_act(found):
                    yield found


def is_act(found: Callable[..., object]) -> bool:
    by = inspect.signature(found).parameters.get("by")
    if found.__name__.startswith("_") or name_of(found) in HANDING_ON:
        return False
    return by is not None and by.annotation in (Actor, "Actor")


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


@pytest.mark.django_db
@pytest.mark.parametrize("known", KNOWN.values(), ids=KNOWN)
def test_an_act_stands_once_in_the_audit_log(known: Act, project: Project) -> None:
    by = UserFactory.create()
    deed = known.prepare(project)
    before = len(entries())

    deed(Actor(by))

    place = None if known.entry.startswith(("installation.", "person.")) else project.pk
    assert entries()[before:] == [(known.entry, by.pk, place)]


@pytest.mark.django_db
@pytest.mark.parametrize("known", ONCE.values(), ids=ONCE)
def test_a_second_click_stands_nowhere(known: Act, project: Project) -> None:
    by = UserFactory.create()
    deed = known.prepare(project)
    do(deed, by)
    told = entries()

    do(deed, by)

    assert entries() == told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", ONCE.values(), ids=ONCE)
def test_nine_at_once_are_one(known: Act, project: Project) -> None:
    by = UserFactory.create()
    deed = known.prepare(project)

    def click(_number: int) -> None:
        try:
            do(deed, by)
        finally:
            connection.close()

    with ThreadPoolExecutor(9) as people:
        list(people.map(click, range(9)))

    assert [entry for entry, *_ in entries()].count(known.entry) == 1


# What doors call that writes without saying who, and why the audit log needs no word of it.
UNSIGNED = {
    "callbacks.inbox.unread.mark_seen": "a mark for the team",
    "callbacks.inbox.unread.mark_unread": "a mark for the team",
    "campaigns.audience.uploads.uploading_in_company.upload_calls": "each call says by whom",
    "campaigns.audience.erasing.carrying_out.carry_out": "whoever ordered it has acted",
    "campaigns.audience.erasing.journal.erase_again": "orders it as Kabootar itself",
    "providers.api_keys.answering_once.answer_once": "what a call was answered",
    "providers.api_keys.daily_sends.spend_sends": "counts what its caller sends",
    "providers.api_keys.daily_sends.spending": "counts what its caller sends",
    "providers.api_keys.recognizing.recognize": "notes that a key was used",
    "providers.api_keys.recognizing.recognize_each": "notes that a key was used",
    "providers.connection.callback_keys.keys_in_use": "makes a project's first key",
    "providers.connection.callback_urls.callback_urls": "makes a project's first key",
    "providers.connection.verifying.remember": "what Gupshup answered",
    "providers.people.inviting.accept": "whoever joins is who acts",
    "providers.people.inviting.accept_as_new": "whoever joins is who acts",
    "providers.people.sign_in_limits.begin": "counts a try",
    "providers.people.sign_in_limits.forget": "counts a try",
    "providers.people.sign_in_limits.succeed": "counts a try",
    "providers.people.signing_in.come_in": "whoever comes in is who acts",
    "providers.people.signing_in.end_sessions": "a part of what is recorded",
    "providers.people.signing_in.go_out": "whoever goes is who acts",
    "providers.people.signing_in.note_failure": "nobody has come in",
    "providers.people.two_factor.accepts": "a part of signing in",
    "providers.people.unsaved.forget": "what is typed and not saved",
    "providers.people.unsaved.keep": "what is typed and not saved",
    "providers.people.two_factor.being_set_up": "a key that is not confirmed yet",
}


def test_whatever_a_door_calls_that_writes_takes_by() -> None:
    doors = [module for module in modules() if floor_of(module) == "doors"]
    called = {name for module in doors for name in called_in(module)} & writers()
    acts = {name for name in called if floor_of(name.rpartition(".")[0]) == "acts"}
    ours = {name for name in acts if app_of(name) in APPS}
    assert {name for name in ours if not functions()[name].takes_by} == {*UNSIGNED}


def test_no_door_writes_by_itself() -> None:
    doors = [module for module in modules() if floor_of(module) == "doors"]
    assert [module for module in doors if app_of(module) in APPS and writes_itself(module)] == []
