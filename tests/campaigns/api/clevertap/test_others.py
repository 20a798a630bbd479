"""The calls beside uploading: opting out, reading, erasing and counting people."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.audience.subscriptions import set_block
from campaigns.models import ErasedProfile, Erasure, PhoneBlock, Profile, Source
from providers.models import AuditEntry, Project
from tests.factories import PhoneBlockFactory, ProfileFactory
from tests.providers.api.clevertap_calls import call, fault_of, program_of

pytestmark = pytest.mark.django_db

PHONE, KEY = "+919000000001", 919000000001
COUNT = "/1/counts/profiles.json"


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
    today = int(f"{timezone.now():%Y%m%d}")
    return {"event_name": "Order placed", "from": today - 10_000, "to": today + 1, **more}


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
    for people, properties in asked.items():
        told = call(shop, COUNT, query(event_properties=properties)).json()
        assert told == {"status": "success", "count": people}
    others = [
        ({"name": "City", "operator": "contains", "value": "700"}, 1),
        ({"name": "Gift", "operator": "equals", "value": "True"}, 2),
        ({"name": "Amount", "operator": "equals", "value": 100}, 1),
    ]
    for each, people in others:
        assert call(shop, COUNT, query(props=[each])).json()["count"] == people
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
        query(advanced_query={"did_all": []}),
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
