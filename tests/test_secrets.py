"""No password anywhere, and no callback key outside the two fields and the set-up text: one run of
everything that touches them, then a look at everything that was written on the way.
"""

import base64
import http.client
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django_otp.oath import totp
from pytest_django import Settings

from callbacks.models import Receipt, ReceiptState
from callbacks.tasks import drain
from campaigns.models import TestSend
from config.celery import app as celery_app
from providers.connection.callback_urls import current_key, whole_key
from providers.models import CallbackKey, Project, Provider, Role, Scope, TwoFactor
from providers.people.two_factor import setup_key
from tests.callbacks.receiving.test_server import production_settings, wait_until_up
from tests.conftest import client_in
from tests.console_pages import PAGES, plain_pages, row_pages
from tests.factories import (
    ConversationFactory,
    MembershipFactory,
    ProjectFactory,
    ProviderFactory,
)
from tests.factories.providers import PASSWORD
from tests.gateway_simulator import CREDENTIALS, simulator_process
from tests.ports import free_port
from tests.providers.api.clevertap_calls import showing
from tests.providers.api.keys import key_of, program
from tests.test_api_doors import DOORS, knock, one_of_each
from tests.test_clevertap_doors import DOORS as CLEVERTAP_DOORS
from tests.test_clevertap_doors import knock as knock_as_there
from tests.workers import celery_worker, kill

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CONNECT, SECOND_FACTOR = "/providers/provider/", "/account/second-factor/"
CHOSEN = "nine quiet lives chosen"
WRONG = {"hsm_password": "typed-hsm-wrong", "two_way_password": "typed-two-way-wrong"}
PASSWORDS = (CREDENTIALS["hsm_password"], CREDENTIALS["two_way_password"], *WRONG.values())
FORM = {
    "nickname": "Main account",
    **CREDENTIALS,
    "number": "+919800000009",
    "rate": "20",
    "opt_in_by": "kabootar",
    "auto_reply_text": "",
}
TEST = {"country": "IN", "to": "9800000001", "text": "Hello", "anyway": "on"}
BODY = re.compile(rb'"body": ?"([A-Za-z0-9+/=]+)"')
SECONDS = 60.0


@dataclass
class Written:
    """Everything that somebody could read afterwards, by where it stood."""

    pages: dict[str, str] = field(default_factory=dict)
    rest: dict[str, str] = field(default_factory=dict)

    def places_of(self, secret: str) -> list[str]:
        texts = {**self.pages, **self.rest}
        return [place for place, text in texts.items() if secret in text]


@dataclass
class Person:
    """Somebody at the console, whose every page is kept."""

    name: str
    client: Client
    written: Written

    def get(self, address: str) -> None:
        self._keep(address, self.client.get(address, follow=True))

    def post(self, address: str, **typed: str) -> None:
        self._keep(f"POST {address}", self.client.post(address, typed, follow=True))

    def _keep(self, address: str, answer: Any) -> None:
        place = f"{self.name}: {address} #{len(self.written.pages)}"
        self.written.pages[place] = answer.content.decode()


def test_no_password_is_anywhere_and_no_key_outside_its_two_fields(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "factory")
    written = Written()
    project = ProjectFactory.create(name="Tea shop")
    with simulator_process() as simulator, listening_to_redis() as commands:
        settings.GATEWAY_SEND_URL = settings.GATEWAY_TEMPLATE_URL = simulator.gateway_url
        with running(settings, tmp_path, simulator.gateway_url) as port:
            accounts = play_accounts(project, written)
            keys = play(project, written, port)
            api_secret = call_api(project, written)
            collect(written, caplog=caplog, commands=commands, folder=tmp_path)

    assert {password: written.places_of(password) for password in PASSWORDS} == {
        password: [] for password in PASSWORDS
    }
    assert written.places_of(api_secret) == []
    assert len(keys) == 2
    for key in keys:
        places = written.places_of(key)
        assert places  # it was looked for in the right form
        assert [place for place in places if not place_of_keys(place)] == []
    for secret, shown_on in accounts.items():
        places = written.places_of(secret)
        assert [place for place in places if not shown_on or shown_on not in place] == []
        assert bool(places) == bool(shown_on)
    assert "send_due" in written.rest["redis"]
    assert "campaigns.tasks.send_due" in written.rest["worker.log"]


def test_a_leak_is_found_wherever_it_is(
    project: Project, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What the other test looks through would show a secret."""
    secret, written = "seeded-leak-4711", Written()
    ProviderFactory.create(project=project, nickname=secret)
    (tmp_path / "access.log").write_text(f"GET /gupshup/status/{secret} 200")
    with listening_to_redis() as commands:
        logging.getLogger("campaigns").warning("Refused: %s", secret)
        celery_app.send_task("nobody.listens", args=[secret], queue="seeded")
        Person("viewer", client_in(project, Role.VIEWER), written).get(CONNECT)
        collect(written, caplog=caplog, commands=commands, folder=tmp_path)
    redis.Redis.from_url(django_settings.REDIS_URL).delete("seeded")
    assert written.places_of(secret) == [
        f"viewer: {CONNECT} #0",
        "our log",
        "redis",
        "database",
        "access.log",
    ]


def collect(
    written: Written, *, caplog: pytest.LogCaptureFixture, commands: list[str], folder: Path
) -> None:
    wait_until_heard(commands)
    written.rest |= {
        "our log": "\n".join(f"{r.getMessage()} {r.exc_text}" for r in caplog.records),
        "redis": "\n".join(commands),
        "database": dump(),
        **{file.name: file.read_text(errors="replace") for file in folder.glob("*.log")},
    }


def play_accounts(project: Project, written: Written) -> dict[str, str]:
    """Signing in and what belongs to it: each secret with the one page that shows it, if any."""
    admin = Person("boss", client_in(project, Role.ADMIN), written)
    member = MembershipFactory.create(project=project, role=Role.MARKETER)
    name, person = member.user.username, Person("person", Client(), written)
    person.post("/login/", username=name, password="typed-wrong-at-sign-in")
    person.post("/login/", username="typed-as-a-name-by-mistake", password="x")
    person.post("/login/", username=name, password=PASSWORD)
    person.get(SECOND_FACTOR)
    row = TwoFactor.objects.get()
    person.post(SECOND_FACTOR, code=f"{totp(bytes.fromhex(row.key)):06d}")
    codes = re.findall(r"^(?:.*>)?(\w{5}-\w{5})$", last_page(written), re.MULTILINE)
    person.post("/logout/")
    person.post("/login/", username=name, password=PASSWORD)
    person.post("/login/code/", code="typed-wrong-code")
    person.post("/login/code/", code=codes[0])
    admin.post("/providers/membership/add/", email="guest@example.com", role="viewer")
    invitation = link_shown(written)
    admin.post(f"/providers/membership/{member.pk}/password-link/")
    reset = link_shown(written)
    guest = Person("guest", Client(), written)
    guest.get(f"/invitation/{invitation}/")
    guest.post("/invitation/", full_name="Guest", new_password1=CHOSEN, new_password2=CHOSEN)
    return {
        "typed-wrong-at-sign-in": "",
        CHOSEN: "",
        row.key: "",
        setup_key(row): f"person: {SECOND_FACTOR}",
        codes[0]: f"person: POST {SECOND_FACTOR}",
        codes[1]: f"person: POST {SECOND_FACTOR}",
        reset: "password-link/",
    }


def last_page(written: Written) -> str:
    return list(written.pages.values())[-1]


def link_shown(written: Written) -> str:
    """The secret part of it."""
    found = re.search(r'id="one-link"[^>]*>([^<]+)<', last_page(written))
    assert found
    return found[1].strip("/").rpartition("/")[2]


def call_api(project: Project, written: Written) -> str:
    """Right calls and wrong ones, to every address. The secret of the key."""
    numbers, (key, text) = one_of_each(project), key_of(project, *Scope)
    as_there = {"right": showing(key.public_id, text), "cut": showing(key.public_id, text[:-1])}
    as_there["basic"] = showing(text, text)
    callers = {"right": program(text), "cut": program(text[:-1]), "basic": program(f"x {text}")}
    for name, caller in callers.items():
        for door in DOORS:
            answer = knock(caller, door, numbers)
            written.pages[f"API, {name} key: {door}"] = f"{answer.headers} {answer.content!r}"
        for door in CLEVERTAP_DOORS:
            answer = knock_as_there(as_there[name], door)
            written.pages[f"CleverTap, {name} key: {door}"] = f"{answer.headers} {answer.content!r}"
        in_address = caller.get(f"/api/v1/key?key={text}")
        written.pages[f"API, {name} key in the address"] = in_address.content.decode()
    return text.split("_", 3)[3]


def place_of_keys(place: str) -> bool:
    """The provider's own page, for those who may change the project; an incident leads there."""
    pages = rf"({CONNECT}(add/|\d+/|\?| #)|/providers/incident/\d+/change/)"
    return re.match(rf"(marketer|admin): (POST )?{pages}", place) is not None


def play(project: Project, written: Written, port: int) -> set[str]:
    """Everything that touches a password or a key. The secrets of the keys, old and new."""
    admin = Person("admin", client_in(project, Role.ADMIN), written)
    viewer = Person("viewer", client_in(project, Role.VIEWER), written)
    marketer = Person("marketer", client_in(project, Role.MARKETER), written)

    marketer.get(f"{CONNECT}add/")
    marketer.post(f"{CONNECT}add/", **(FORM | {"number": "123456789"}))
    for typed in (FORM | WRONG, FORM):
        marketer.post(f"{CONNECT}verify/hsm/", **typed)
        marketer.post(f"{CONNECT}verify/two_way/", **typed)
        marketer.post("/campaigns/testsend/panel/", **typed)
        marketer.post("/campaigns/testsend/submit/", **typed, **TEST)
    marketer.post(f"{CONNECT}add/", **FORM)
    marketer.post(f"{CONNECT}add/", **FORM)
    provider = Provider.objects.get()
    ConversationFactory.create(project=project, phone="+919800000001")
    marketer.post("/campaigns/testsend/submit/", **TEST)
    wait_until(lambda: not TestSend.objects.filter(verdict="").exists())

    first = whole_key(current_key(project))
    admin.post(f"{CONNECT}callback-key/", seen=str(current_key(project).pk), grace="7")
    second = whole_key(current_key(project))
    for key in (first, second, f"{project.account_id}.wrong"):
        call_back(port, key)
    wait_until(all_drained)
    marketer.post(f"{CONNECT}{provider.pk}/change/", **(FORM | WRONG))
    marketer.post("/campaigns/testsend/submit/", **TEST)
    wait_until(lambda: not TestSend.objects.filter(verdict="").exists())

    for person in (admin, marketer, viewer):
        look_at_every_page(person, project)
    admin.post(f"{CONNECT}{provider.pk}/delete/", post="yes")
    return set(CallbackKey.objects.filter(project=project).values_list("secret", flat=True)) & {
        first.partition(".")[2],
        second.partition(".")[2],
    }


def look_at_every_page(person: Person, project: Project) -> None:
    for model_admin in PAGES.values():
        for address in plain_pages(model_admin):
            person.get(address)
        rows = model_admin.model._base_manager.order_by("-pk")[:3]
        for row in rows:
            for page in row_pages(model_admin):
                if not page.name.endswith("_delete"):
                    person.get(page.url(row))
    person.get("/")
    person.get("/no/such/page/")


def call_back(port: int, key: str) -> None:
    """In each way that a call can come, right and wrong."""
    report = '[{"externalId": "1-1-1", "eventType": "SENT", "eventTs": 1658264959000}]'
    for method, address, body in (
        ("POST", f"/gupshup/status?a={key}", report),
        ("POST", f"/gupshup/status/{key}", report),
        ("GET", f"/gupshup/status/{key}?externalId=1-1-1&status=SENT", ""),
        ("GET", f"/gupshup/response?a={key}?mobile=919800000002&type=text&text=Hi", ""),
        ("POST", f"/gupshup/response?a={key}", "{broken"),
        ("POST", f"/gupshup/response/{key}", ""),
        ("POST", f"/gupshup/response?a={key}", "x" * (1024 * 1024 + 1)),
        ("PUT", f"/gupshup/status/{key}", report),
        ("POST", f"/gupshup/elsewhere/{key}", report),
    ):
        call = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            call.request(method, address, body=body or None)
            call.getresponse().read()
        except OSError:
            continue  # a body that is too large may be cut off
        finally:
            call.close()


@contextmanager
def running(settings: Settings, folder: Path, gateway: str) -> Iterator[int]:
    """Workers and the callback process as production has them, their output kept in files. The
    port for callbacks."""
    port = free_port()
    environment = {"GATEWAY_SEND_URL": gateway, "GATEWAY_TEMPLATE_URL": gateway}
    keys = {"CREDENTIAL_KEYS": ",".join(settings.CREDENTIAL_KEYS)}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
        "--port", str(port), "--workers", "1", "--blocking-threads", "8",
        "config.wsgi_callbacks:application"]  # fmt: skip
    with (folder / "callbacks.log").open("wb") as called, (folder / "worker.log").open("wb") as out:
        server = subprocess.Popen(
            command,
            env=os.environ | production_settings(settings) | keys,
            stdout=called,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until_up(port)
            with celery_worker(output=out, level="debug", **environment, **keys):
                yield port
        finally:
            kill(server)


@contextmanager
def listening_to_redis() -> Iterator[list[str]]:
    """Every command that reaches Redis, with the arguments of tasks in plain."""
    commands: list[str] = []
    over = threading.Event()
    client = redis.Redis.from_url(django_settings.REDIS_URL, socket_timeout=None)

    def listen() -> None:
        with client.monitor() as monitor:
            for command in monitor.listen():
                if over.is_set():
                    return
                commands.append(in_plain(str(command["command"])))

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    wait_until_heard(commands)
    try:
        yield commands
    finally:
        over.set()
        client.ping()
        thread.join(5)
        client.close()


def in_plain(command: str) -> str:
    raw = command.replace("\\", "").encode()
    bodies = [base64.b64decode(body).decode(errors="replace") for body in BODY.findall(raw)]
    return " ".join([command, *bodies])


def dump() -> str:
    """Every row of every table."""
    rows: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} AS t")
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def wait_until_heard(commands: list[str]) -> None:
    """Whatever reached Redis before this call is in the list, and whatever comes will be."""
    client, token = redis.Redis.from_url(django_settings.REDIS_URL), uuid4().hex

    def is_heard() -> bool:
        client.echo(token)
        return any(token in command for command in list(commands))

    wait_until(is_heard)


def all_drained() -> bool:
    """Asks for it each time, as beat does: a hint of the callback process may come to nothing."""
    drain.delay()
    return not Receipt.objects.filter(state=ReceiptState.WAITING).exists()


def wait_until(done: Callable[[], bool]) -> None:
    deadline = monotonic() + SECONDS
    while not done():
        assert monotonic() < deadline, "It takes too long"
        sleep(0.1)
