"""The calls beside uploading: opting out, reading, erasing and counting people."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from time import time
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.api.clevertap import people
from campaigns.audience.subscriptions import set_block
from campaigns.models import ErasedProfile, Erasure, PhoneBlock, Profile, Source
from providers.models import AuditEntry, Project
from providers.secrets.encryption import encrypt
from tests.factories import PhoneBlockFactory, ProfileFactory, ProjectFactory
from tests.providers.api.clevertap_calls import call, fault_of, program_of

pytestmark = pytest.mark.django_db

PHONE, KEY = "+919000000001", 919000000001
COUNT, EVENTS = "/1/counts/profiles.json", "/1/counts/events.json"
DOWNLOAD = "/1/profiles.json"


@pytest.fixture
def shop(project: Project) -> Client:
    return program_of(project)


def subscribe(caller: Client, *records: object) -> dict[str, Any]:
    told: dict[str, Any] = call(caller, "/1/subscribe", {"d": list(records)}).json()
    return told


def record(status: object, value: object = PHONE, kind: object = "whatsapp") -> dict[str, object]:
    return {"type": kind, "value": value, "status": status}


def test_a_phone_is_blocked_and_freed_again(project: Project, shop: Client) -> None:
    for status, blocked in (("Unsubscribe", True), ("Resubscribe", False)):
        told = subscribe(shop, record(status))
        assert told == {"status": "success", "processed": 1, "unprocessed": []}
        assert PhoneBlock.objects.get(project=project).blocked is blocked
    assert AuditEntry.objects.filter(action="subscription.uploaded").count() == 2


def test_what_cant_be_told_is_echoed(project: Project, shop: Client) -> None:
    PhoneBlockFactory.create(project=project, match_key=KEY, blocked=True, own_word=True)
    records = [
        record("Resubscribe"),
        record("Unsubscribe", "12"),
        record("Maybe"),
        record("Unsubscribe", kind="email"),
        record("Unsubscribe", kind="phone"),
        "somebody",
        record("Unsubscribe", "+919000000002"),
    ]
    told = subscribe(shop, *records)
    assert (told["status"], told["processed"]) == ("partial", 1)
    assert [one["code"] for one in told["unprocessed"]] == [512, 516, 512, 512, 512, 512]
    assert [one["record"] for one in told["unprocessed"]] == records[:-1]
    assert "STOP" in told["unprocessed"][0]["error"]
    assert PhoneBlock.objects.get(match_key=KEY).blocked


def test_a_person_is_told_with_what_they_did(project: Project, shop: Client) -> None:
    now = int(timezone.now().timestamp())
    events = [
        {"type": "event", "identity": "c-1", "evtName": "Ordered", "ts": now - ago, "evtData": {}}
        for ago in (60, 30)
    ]
    data = {"Name": "Asha", "Phone": PHONE, "Email": "asha@example.com", "City": "Pune"}
    call(shop, "/1/upload", {"d": [{"type": "profile", "identity": "c-1", "profileData": data}]})
    call(shop, "/1/upload", {"d": events})
    set_block(project, KEY, blocked=True, source=Source.CONSOLE, at=timezone.now())
    told = [
        shop.get("/1/profile.json", query).json()
        for query in ({"identity": "c-1"}, {"email": "asha@example.com"})
    ]
    assert (
        told[0]
        == told[1]
        == {
            "status": "success",
            "record": {
                "identity": "c-1",
                "email": "asha@example.com",
                "name": "Asha",
                "phone": PHONE,
                "profileData": {"City": "Pune", "MSG-whatsapp": None, "MSG-dndWhatsApp": True},
                "events": {"Ordered": {"count": 2, "first_seen": now - 60, "last_seen": now - 30}},
                "platformInfo": [],
            },
        }
    )


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"identity": "nobody"}, 404),
        ({"email": "nobody@example.com"}, 404),
        ({}, 400),
        ({"objectId": "d-1"}, 400),
        ({"identity": "c-1", "email": "a@example.com"}, 400),
        ({"identity": "\0"}, 400),
        ({"guid": "c-1"}, 400),
    ],
)
def test_who_asks_for_nobody_is_told(query: dict[str, str], status: int, shop: Client) -> None:
    assert fault_of(shop.get("/1/profile.json", query))[0] == status


def test_people_are_erased_and_a_second_time_there_is_nobody(
    project: Project, shop: Client
) -> None:
    for identity in ("c-1", "c-2", "7", "c-3"):
        ProfileFactory.create(project=project, identity=identity)
    for identities in ("c-1", ["c-1", "c-2", "nobody"], 7, "nobody"):
        answer = call(shop, "/1/delete/profiles.json", {"identity": identities})
        assert (answer.status_code, answer.json()) == (200, {"status": "success"})
    going = ErasedProfile.objects.values_list("profile_id", flat=True)
    left = Profile.objects.of(project).exclude(pk__in=going)
    assert list(left.values_list("identity", flat=True)) == ["c-3"]
    assert list(Erasure.objects.order_by("pk").values_list("people", flat=True)) == [1, 1, 1]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"identity": []},
        {"identity": ""},
        {"identity": None},
        {"identity": {"a": 1}},
        {"identity": ["c-1", 5.5]},
        {"identity": ["c-1", "\0"]},
        {"identity": True},
        {"identity": ["c-1"] * 101},
        {"guid": "d-1"},
        {"identity": "c-1", "guid": "d-1"},
        [],
    ],
)
def test_nobody_is_erased_by_a_slip(body: object, project: Project, shop: Client) -> None:
    ProfileFactory.create(project=project, identity="c-1")
    assert fault_of(call(shop, "/1/delete/profiles.json", body))[0] == 400
    assert not Erasure.objects.exists()


def query(**more: object) -> dict[str, object]:
    days = {"from": day(-365), "to": day(1)}
    return {"event_name": "Order placed", **days, **more}


def day(away: int) -> int:
    return int(f"{timezone.now() + timedelta(days=away):%Y%m%d}")


def test_people_are_counted_by_what_they_did(shop: Client) -> None:
    orders = [("c-1", 300, True), ("c-2", 500, False), ("c-2", 700, True), ("c-3", 100, False)]
    records = [
        {
            "type": "event",
            "identity": identity,
            "evtName": "Order placed",
            "evtData": {"Amount": amount, "City": f"City {amount}", "Gift": gift},
        }
        for identity, amount, gift in orders
    ]
    call(shop, "/1/upload", {"d": records})
    asked = {
        3: [],
        1: [{"name": "Amount", "operator": "greater_than", "value": 400}],
        2: [{"name": "Amount", "operator": "between", "value": [200, 600]}],
    }
    for count, properties in asked.items():
        told = call(shop, COUNT, query(event_properties=properties)).json()
        assert told == {"status": "success", "count": count}
    others = [
        ({"name": "City", "operator": "contains", "value": "700"}, 1),
        ({"name": "Gift", "operator": "equals", "value": "True"}, 2),
        ({"name": "Amount", "operator": "equals", "value": 100}, 1),
    ]
    for other, count in others:
        assert call(shop, COUNT, query(props=[other])).json()["count"] == count
    for each, times in ([], 4), (asked[1], 2), (asked[2], 2):
        told = call(shop, EVENTS, query(event_properties=each)).json()
        assert told == {"status": "success", "count": times}
    assert call(shop, EVENTS, query(event_name="Never")).json()["count"] == 0
    assert call(shop, COUNT, query(event_name="order PLACED")).json()["count"] == 3
    assert call(shop, COUNT, query(event_name="Never")).json()["count"] == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        query(to=20261340),
        query(to=1),
        query(**{"from": "20260101"}),
        query(event_name=5),
        query(advanced_query={"did_any": {"any_events": []}}),
        query(advanced_query={"did_not": []}),
        query(advanced_query={"did_none": [5]}),
        query(advanced_query={"did_none": [{"event_name": "Order placed"}]}),
        query(advanced_query={"did_all": [query()] * 21}),
        query(common_profile_properties={"profile_fields": [5]}),
        query(common_profile_properties={"device": []}),
        query(**{"from": 20261201, "to": 20261130}),
        {"advanced_query": {}},
        query(event_properties=[5]),
        query(event_properties=[{"name": "Amount", "operator": "exists"}]),
        query(event_properties=[{"name": "Amount", "operator": "equals", "value": None}]),
        query(event_properties=[{"name": "Nothing", "operator": "equals", "value": "x"}]),
        query(event_properties=[{"name": "Amount", "operator": ["equals"], "value": 5}]),
    ],
)
def test_a_query_that_is_not_known_is_refused(body: object, shop: Client) -> None:
    call(shop, "/1/upload", {"d": [{"type": "event", "identity": "a", "evtName": "Order placed",
        "evtData": {"Amount": 5}}]})  # fmt: skip
    assert fault_of(call(shop, COUNT, body))[0] == 400


def upload(caller: Client, *records: tuple[str, str, dict[str, object]]) -> None:
    kinds = {"profile": "profileData", "event": "evtData"}
    told = [
        {"type": kind, "identity": identity, kinds[kind]: data, "evtName": "Order placed"}
        if kind == "event"
        else {"type": kind, "identity": identity, kinds[kind]: data}
        for kind, identity, data in records
    ]
    assert call(caller, "/1/upload", {"d": told}).json()["status"] == "success"


def test_people_are_found_by_what_they_are_and_did_not_do(shop: Client) -> None:
    upload(
        shop,
        ("profile", "c-1", {"City": "Pune"}),
        ("profile", "c-2", {"City": "Pune"}),
        ("profile", "c-3", {"City": "Agra"}),
        ("event", "c-1", {"Amount": 5}),
    )
    in_pune = {"profile_fields": [{"name": "City", "operator": "equals", "value": "Pune"}]}
    asked = [
        ({"common_profile_properties": in_pune}, 2),
        ({"common_profile_properties": in_pune, "advanced_query": {"did_none": [query()]}}, 1),
        ({"advanced_query": {"did_all": [query()], "did_none": [query(event_name="Never")]}}, 1),
        ({**query(), "common_profile_properties": in_pune}, 1),
    ]
    for body, count in asked:
        assert call(shop, COUNT, body).json() == {"status": "success", "count": count}


def test_people_are_downloaded_page_by_page(project: Project, shop: Client) -> None:
    upload(shop, *((kind, f"c-{n}", {}) for n in range(5) for kind in ("profile", "event")))
    ProfileFactory.create(project=project, identity="c-9")
    cursor = call(shop, f"{DOWNLOAD}?batch_size=2", query()).json()["cursor"]
    pages = []
    while cursor:
        told = shop.get(DOWNLOAD, {"cursor": cursor}).json()
        pages.append([(one["identity"], one["events"]["Order placed"]["count"])
                      for one in told["records"]])  # fmt: skip
        cursor = told.get("next_cursor")
    assert [one for page in pages for one in page] == [(f"c-{n}", 1) for n in (4, 3, 2, 1, 0)]
    assert [len(page) for page in pages[:2]] == [2, 2]
    nobody = call(shop, DOWNLOAD, query(event_name="Never")).json()["cursor"]
    assert shop.get(DOWNLOAD, {"cursor": nobody}).json() == {"status": "success", "records": []}


def test_a_query_may_stand_in_the_address(shop: Client) -> None:
    upload(shop, *((kind, "c-1", {}) for kind in ("profile", "event")))
    asked = {"batch_size": "10", "query": json.dumps(query())}
    cursor = shop.get(DOWNLOAD, asked).json()["cursor"]
    (person,) = shop.get(DOWNLOAD, {"cursor": cursor, "batch_size": "10"}).json()["records"]
    assert person["identity"] == "c-1"
    for wrong in ("", "{", "[]", "null", '{"zzz": 1}', '{"from": NaN}', "é", "[" * 5_000):
        assert fault_of(shop.get(DOWNLOAD, {"query": wrong}))[0] == 400


def test_a_cursor_says_nothing_and_is_good_for_its_project_and_four_days(
    project: Project, shop: Client
) -> None:
    upload(shop, ("profile", "c-1", {"City": "Zanzibar"}))
    fields = [{"name": "City", "operator": "equals", "value": "Zanzibar"}]
    asked = {"common_profile_properties": {"profile_fields": fields}}
    cursor = call(shop, DOWNLOAD, asked).json()["cursor"]
    assert "Zanzibar" not in urlsafe_b64decode(cursor + "==").decode(errors="ignore")
    other = program_of(ProjectFactory.create())
    assert fault_of(other.get(DOWNLOAD, {"cursor": cursor}))[0] == 400
    for forged in ("", "x", cursor[:-4], encrypt("[]"), encrypt("5"), encrypt(f'["a", {1}]')):
        assert fault_of(shop.get(DOWNLOAD, {"cursor": forged}))[0] == 400
    assert fault_of(shop.get(DOWNLOAD))[0] == 400
    with patch.object(people, "time", lambda: time() + 4 * 86_400 + 5):
        assert fault_of(shop.get(DOWNLOAD, {"cursor": cursor}))[0] == 400
    for size in ("0", "5001", "a"):
        assert fault_of(call(shop, f"{DOWNLOAD}?batch_size={size}", asked))[0] == 400
    fields[0]["value"] = "x" * 4_000
    assert fault_of(call(shop, DOWNLOAD, asked))[0] == 400
