"""People and events come in by the API: what is stored and refused, and what each is told."""

import gzip
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.api import uploads
from campaigns.audience.uploads.typed_values import MOST_NAMED, NOT_NAMED
from campaigns.models import EventKind, Profile
from providers.api.bodies import MOST_WRONG
from providers.api_keys.ceilings import AT_ONCE, under_way
from providers.api_keys.making import revoke
from providers.models import AuditEntry, Project, Scope
from providers.watch.actors import SYSTEM
from tests.factories import ProfileFactory, ProjectFactory
from tests.providers.api.keys import client_with_key, key_of, program
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db

PROFILES, EVENTS = "/api/v1/profiles", "/api/v1/events"
JSON = "application/json"


@pytest.fixture
def shop(project: Project) -> Client:
    return client_with_key(project, Scope.WRITE)


def send(caller: Client, address: str, body: object, **more: Any) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return caller.post(address, raw, content_type=JSON, **more)


def test_people_come_in_and_every_record_is_told_what_became_of_it(project: Project) -> None:
    key, text = key_of(project, Scope.WRITE)
    ProfileFactory.create(project=project, identity="u-1", name="Asha", phone="", match_key=None)
    records: list[Any] = [
        {"identity": "u-1", "name": "Asha Rao", "shoe": 38},
        {"identity": "u-2", "phone": "+919000000002", "properties": {"City": "Pune"}},
        {"phone": "12"},
        "somebody",
        {"identity": "u-1", "name": "Asha Rao"},
    ]
    answer = send(program(text), PROFILES, {"records": records, "create": True})
    told = answer.json()
    assert answer.status_code == 200
    assert told["counts"] == {"updated": 2, "created": 1, "refused": 2}
    assert [record.get("code") for record in told["records"]] == [
        None,
        None,
        "person.phone_unreadable",
        "record.not_an_object",
        None,
    ]
    assert list(told["records"][0]["left_out"]) == ["shoe"]
    assert told["records"][1] == {"outcome": "created"}
    again = send(program(text), PROFILES, {"records": records, "create": True}).json()["counts"]
    assert again == {"unchanged": 3, "refused": 2}
    kept = Profile.objects.filter(project=project).order_by("identity")
    assert list(kept.values_list("identity", "name")) == [("u-1", "Asha Rao"), ("u-2", "")]
    entry = AuditEntry.objects.get(action="profile.uploaded")
    assert (entry.key, entry.by, entry.project) == (key, None, project)


def test_nobody_is_created_unless_the_call_says_so(project: Project, shop: Client) -> None:
    person, event = {"identity": "u-1", "name": "Asha"}, {"identity": "u-1", "name": "Ordered"}
    for body, address in ((person, PROFILES), (event, EVENTS)):
        told = send(shop, address, {"records": [body]}).json()["records"]
        assert [record["code"] for record in told] == ["person.unknown"]
    assert not Profile.objects.exists()
    created = send(shop, EVENTS, {"records": [event], "create_people": True}).json()["counts"]
    assert (created, Profile.objects.get().identity) == ({"stored": 1}, "u-1")


def test_events_come_in_once_and_unknown_fields_are_named(project: Project, shop: Client) -> None:
    ProfileFactory.create(project=project, identity="u-1")
    at = timezone.now().isoformat()
    order = {"identity": "u-1", "name": "Ordered", "at": at, "id": "o-1", "when": at}
    body = {"records": [order, {**order, "properties": {"Total": 12.5}, "id": "o-2"}]}
    first, second = (send(shop, EVENTS, body).json() for _ in range(2))
    assert (first["counts"], second["counts"]) == ({"stored": 2}, {"repeated": 2})
    assert list(first["records"][0]["left_out"]) == ["when"]
    assert EventKind.objects.get(project=project).name == "Ordered"


def test_a_key_writes_into_its_own_project_alone(project: Project) -> None:
    other = ProjectFactory.create()
    theirs = ProfileFactory.create(project=other, identity="u-1", name="Zoya")
    caller = client_with_key(project, Scope.WRITE)
    record = {"identity": "u-1", "phone": theirs.phone, "name": "Asha"}
    send(caller, PROFILES, {"records": [record], "create": True})
    send(caller, EVENTS, {"records": [{"identity": "u-1", "name": "Ordered"}]})
    theirs.refresh_from_db()
    assert (theirs.name, EventKind.objects.filter(project=other).exists()) == ("Zoya", False)
    assert Profile.objects.get(project=project).name == "Asha"


def test_who_may_only_read_sends_nothing_in(project: Project) -> None:
    caller = client_with_key(project, Scope.READ)
    answers = [send(caller, at, {"records": []}) for at in (PROFILES, EVENTS)]
    assert [code_of(answer) for answer in answers] == [(403, "key.scope")] * 2


DEEP = b'{"records": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
FULL = b'{"records": []}' + b" " * (5 * 1024 * 1024 - 15)
PACKED = {"headers": {"Content-Encoding": "gzip"}}


@pytest.mark.parametrize(
    ("body", "more", "said"),
    [
        (FULL, {}, None),
        (FULL + b" ", {}, (413, "body.too_large")),
        (gzip.compress(FULL), PACKED, None),
        (gzip.compress(FULL + b" "), PACKED, (413, "body.too_large")),
        (gzip.compress(b"0" * 100_000_000), PACKED, (413, "body.too_large")),
        (gzip.compress(FULL)[:-9], PACKED, (400, "body.broken_gzip")),
        (b'{"records": []}', PACKED, (400, "body.broken_gzip")),
        (b'{"records": []}', {"headers": {"Content-Encoding": "br"}}, (415, "body.packed")),
        (b" ", {}, (400, "body.broken")),
        (b"[]", {}, (400, "body.no_object")),
        (b"null", {}, (400, "body.no_object")),
        (b'{"records": [NaN]}', {}, (400, "body.broken")),
        (b'{"records": [-Infinity]}', {}, (400, "body.broken")),
        (b'{"records": [1%s]}' % (b"0" * 5_000), {}, (400, "body.broken")),
        (b'{"records": ["\xff"]}', {}, (400, "body.broken")),
        (b'{"records": [], "records": []}', {}, (400, "body.double_name")),
        (b'{"records": [{"a": 1, "a": 1}]}', {}, (400, "body.double_name")),
        (DEEP, {}, (400, "body.too_many_parts")),
        (b'{"records": %s1%s}' % (b"[" * 40_000, b"]" * 40_000), {}, (400, "body.too_deep")),
        (b'{"records": [%s{}]}' % (b"[]," * 100_000), {}, (400, "body.too_many_parts")),
        (
            json.dumps({"records": [], **dict.fromkeys(map(str, range(1_000)))}).encode(),
            {},
            (400, "body.too_many_names"),
        ),
        (b"[" * 1_000_000 + b"]" * 1_000_000, {}, (400, "body.too_many_parts")),
        (b'{"records": %s1%s}' % (b"[" * 19, b"]" * 19), {}, None),
        (b'{"records": %s1%s}' % (b"[" * 20, b"]" * 20), {}, (400, "body.too_deep")),
        (b'{"records": %s}' % json.dumps([{}] * 1_001).encode(), {}, (422, "body.wrong")),
    ],
)
def test_a_body_is_taken_whole_or_refused(
    body: bytes, more: dict[str, Any], said: tuple[int, str] | None, shop: Client
) -> None:
    answer = send(shop, EVENTS, body, **more)
    assert (None if answer.status_code == 200 else code_of(answer)) == said


def test_only_json_is_read(shop: Client) -> None:
    answer = shop.post(EVENTS, {"records": "[]"})
    assert code_of(answer) == (415, "body.not_json")


def test_wrong_fields_are_named(shop: Client) -> None:
    answer = send(shop, PROFILES, {"records": {}, "create": 1, "notify": True})
    assert code_of(answer) == (422, "body.wrong")
    assert {part["path"]: part["code"] for part in answer.json()["errors"]} == {
        "notify": "unknown_field",
        "records": "wrong_type",
        "create": "wrong_type",
    }
    long = send(shop, PROFILES, {"records": [], "consent": "x" * 501})
    assert code_of(long) == (422, "consent.too_long")


HOSTILE = [None, 1e308, 10**300, -0.0, "\0", "\ud800", "x" * 70_000, [], {}, [[]], {"a": {}}, True]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_no_value_anywhere_breaks_anything(value: object, shop: Client) -> None:
    fields = ("identity", "phone", "name", "at", "id", "properties", "email", "MSG-whatsapp")
    records: list[object] = [{"identity": "u-1", "name": "Ordered", f: value} for f in fields]
    records += [value, {"identity": "u-1", "name": "Ordered", "properties": {"A": value}}]
    for address, more in ((PROFILES, {"create": True}), (EVENTS, {"create_people": True})):
        answer = send(shop, address, {"records": records, **more})
        assert (answer.status_code, len(answer.json()["records"])) == (200, len(records))
    infinite = b'{"records": [{"identity": "u-1", "name": "B", "properties": {"A": 1e999}}]}'
    assert send(shop, EVENTS, infinite).status_code == 200


MANY = 900


@pytest.mark.parametrize("address", [PROFILES, EVENTS])
def test_an_answer_stays_short_whatever_is_left_out(address: str, shop: Client) -> None:
    """Each name with its reason is many times as long as it was in the body."""
    names = {f"n{number}": [1] for number in range(MANY)}
    record = {"identity": "u-1", "name": "Ordered", "properties": names, **names}
    body = {"records": [record], "create": True, "create_people": True}
    del body["create_people" if address == PROFILES else "create"]
    told = send(shop, address, body).json()["records"][0]["left_out"]
    assert (len(told), told["…"]) == (MOST_NAMED + 1, NOT_NAMED)
    wrong = send(shop, address, {"records": [], **names})
    assert code_of(wrong) == (422, "body.wrong")
    assert len(wrong.json()["errors"]) == MOST_WRONG


@pytest.mark.parametrize("address", [PROFILES, EVENTS])
def test_a_name_with_half_a_sign_is_told_too(address: str, shop: Client) -> None:
    for body, said in (
        (b'{"records": [], "\\ud800": 1}', (422, "body.wrong")),
        (b'{"records": [{"\\ud800": 1, "\\ud800": 2}]}', (400, "body.double_name")),
    ):
        assert code_of(send(shop, address, body)) == said
    record = b'{"identity": "u-1", "name": "A", "\\ud800": 1, "properties": {"\\udfff": 1}}'
    assert send(shop, address, b'{"records": [%s]}' % record).status_code == 200


def test_a_key_holds_a_few_threads_and_no_more(project: Project) -> None:
    key, text = key_of(project, Scope.WRITE)
    other = client_with_key(project, Scope.WRITE)
    assert [under_way.begin(key.pk) for _ in range(AT_ONCE + 1)] == [True] * AT_ONCE + [False]
    refused = send(program(text), PROFILES, {"records": []})
    assert (code_of(refused), refused["Retry-After"]) == ((429, "key.too_many"), "1")
    assert send(other, PROFILES, {"records": []}).status_code == 200
    under_way.end(key.pk)
    for body, status in (({"records": []}, 200), ({}, 422), ({"records": []}, 200)):
        assert send(program(text), PROFILES, body).status_code == status
    for _ in range(AT_ONCE - 1):
        under_way.end(key.pk)


@pytest.mark.parametrize(("address", "good"), [(PROFILES, "created"), (EVENTS, "stored")])
def test_of_a_thousand_every_other_is_bad(address: str, good: str, shop: Client) -> None:
    records = [
        {"identity": f"u-{n}", "name": "Ordered"} if n % 2 == 0 else {"phone": "12", "name": n}
        for n in range(1_000)
    ]
    more = {"create": True} if address == PROFILES else {"create_people": True}
    told = send(shop, address, {"records": records, **more}).json()
    assert told["counts"] == {good: 500, "refused": 500}
    assert [one["outcome"] for one in told["records"]] == [good, "refused"] * 500
    assert Profile.objects.count() == 500


def test_a_key_revoked_in_mid_call_ends_that_call_whole_and_opens_nothing_more(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, text = key_of(project, Scope.WRITE)
    tell = uploads.told

    def revoking(verdicts: Any) -> Any:
        revoke(key, by=SYSTEM)
        return tell(verdicts)

    monkeypatch.setattr(uploads, "told", revoking)
    body = {"records": [{"identity": "u-1"}], "create": True}
    first, second = (send(program(text), PROFILES, body) for _ in range(2))
    assert first.json()["counts"] == {"created": 1}
    assert code_of(second) == (401, "key.revoked")
