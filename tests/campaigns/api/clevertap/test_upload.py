"""POST /1/upload: what a program that feeds CleverTap sends, and what it is told."""

import json
import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.api.clevertap import reading_records
from campaigns.audience.uploads.typed_values import NESTED
from campaigns.models import EventKind, Occurrence, PhoneBlock, Profile
from providers.models import AuditEntry, Project, Scope
from tests.factories import ProfileFactory
from tests.providers.api.clevertap_calls import call, program_of

pytestmark = pytest.mark.django_db

UPLOAD = "/1/upload"


@pytest.fixture
def shop(project: Project) -> Client:
    return program_of(project, Scope.WRITE)


def upload(caller: Client, *records: object, query: str = "") -> dict[str, Any]:
    answer = call(caller, UPLOAD + query, {"d": list(records)})
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def profile(identity: object = "c-17", **data: object) -> dict[str, Any]:
    return {"type": "profile", "identity": identity, "profileData": data}


def event(identity: object = "c-17", name: object = "Order placed", **data: object) -> Any:
    return {"type": "event", "identity": identity, "evtName": name, "evtData": data}


def all_good(processed: int) -> dict[str, Any]:
    return {"status": "success", "processed": processed, "unprocessed": []}


def test_people_and_events_come_in_one_list(project: Project, shop: Client) -> None:
    now = int(time.time())
    person = profile(
        Name="Asha", Email="asha@example.com", Phone="+919000000017", Gender="f", Age="31",
        DOB="$D_631152000", Tz="Asia/Kolkata", Married="Y", Cities={"$add": ["Pune"]},
        Points={"$incr": 5}, **{"MSG-whatsapp": True, "Customer Type": "Gold"},
    )  # fmt: skip
    order = {**event(Amount=450.5, **{"Paid on": f"$D_{now}"}), "ts": now}
    stranger = {**event(919000000099, Amount=1), "ts": now}
    assert upload(shop, order, person, stranger) == all_good(3)
    asha = Profile.objects.get(project=project, identity="c-17")
    assert (asha.name, asha.email, asha.phone, asha.time_zone, asha.subscribed) == (
        "Asha",
        "asha@example.com",
        "+919000000017",
        "Asia/Kolkata",
        True,
    )
    assert asha.properties == {
        "Gender": "F",
        "Age": 31,
        "DOB": "1990-01-01T00:00:00Z",
        "Married": "Y",
        "Cities": ["Pune"],
        "Points": 5,
        "Customer Type": "Gold",
    }
    happened = Occurrence.objects.get(profile_id=asha.pk)
    assert (happened.at.timestamp(), happened.properties["Amount"]) == (now, 450.5)
    assert happened.properties["Paid on"].startswith(f"{timezone.now():%Y-%m-%d}")
    assert Profile.objects.filter(project=project, identity="919000000099").exists()
    assert EventKind.objects.get(project=project).name == "Order placed"
    entries = AuditEntry.objects.filter(key__isnull=False).values_list("action", flat=True)
    assert sorted(entries) == ["event.uploaded", "profile.uploaded"]
    assert upload(shop, order, stranger) == all_good(2)
    assert Occurrence.objects.count() == 2


def test_a_dry_run_tells_the_same_and_keeps_nothing(shop: Client) -> None:
    records = [profile(Name="Asha", Cities={"$add": ["Pune"]}), event(), profile(Age="old")]
    dry = upload(shop, *records, query="?dryRun=1")
    assert (dry["status"], dry["processed"]) == ("partial", 2)
    kept = (Profile, EventKind, Occurrence)
    assert [model.objects.exists() for model in kept] == [False] * 3
    assert not AuditEntry.objects.filter(key__isnull=False).exists()
    assert upload(shop, *records, query="?dryRun=0") == dry
    assert [model.objects.count() for model in kept] == [1] * 3


REASONS: list[tuple[dict[str, Any], int, str]] = [
    (
        profile(Email="asha"),
        515,
        "Profile data is incorrect. Email is not valid.Skipped record number : 2",
    ),
    (
        profile(Phone="12"),
        516,
        "Profile data is incorrect. Phone number is not valid.Skipped record number : 2",
    ),
    (
        profile(Employed="maybe"),
        517,
        "Profile data is incorrect. Employed needs to be Y/N.Skipped record number : 2",
    ),
    (
        profile(Education="PhD"),
        518,
        (
            "Profile data is incorrect. Education needs to be School/College/Graduate."
            ".Skipped record number : 2"
        ),
    ),
    (
        profile(Married=True),
        519,
        "Profile data is incorrect. Married needs to be Y/N.Skipped record number : 2",
    ),
    (
        profile(Age="old"),
        520,
        "Profile data is incorrect. Age is invalid.Skipped record number : 2",
    ),
    (
        event(name=""),
        509,
        (
            "Event Name is incorrect. ErrorCode: 509 - Event name is mandatory. "
            "Skipped record number : 2"
        ),
    ),
    (
        {**event(), "ts": 0},
        525,
        (
            "Event data is incorrect. ErrorCode: 525 - Timestamp should be present in the Unix "
            "Epoch format. Skipped record number : 2"
        ),
    ),
]


@pytest.mark.parametrize(("record", "code", "error"), REASONS)
def test_a_bad_record_is_echoed_with_code_and_reason_and_holds_up_no_other(
    record: dict[str, Any], code: int, error: str, shop: Client
) -> None:
    told = upload(shop, profile("c-1", Name="Asha"), record, event("c-1"))
    assert told == {
        "status": "partial",
        "processed": 2,
        "unprocessed": [{"status": "fail", "code": code, "error": error, "record": record}],
    }


def test_a_number_that_no_answer_can_hold_is_echoed_as_none(shop: Client) -> None:
    """JSON can say it. Nobody is told that nothing was stored, when the others were."""
    body = (
        b'{"d": [{"type": "profile", "identity": "c-1", "profileData": {"Name": "Asha"}},'
        b' {"type": "event", "identity": "c-1", "evtName": "B", "ts": -1e999,'
        b' "evtData": {"a": [1e999, 1]}}]}'
    )
    answer = call(shop, UPLOAD, body)
    told = answer.json()
    assert (answer.status_code, told["processed"]) == (200, 1)
    (bad,) = told["unprocessed"]
    assert (bad["code"], bad["record"]["ts"]) == (525, None)
    assert bad["record"]["evtData"] == {"a": [None, 1]}


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ("somebody", 512),
        (None, 512),
        ([], 512),
        ({}, 524),
        ({"type": "profiles", "identity": "a"}, 524),
        ({"type": ["event"], "identity": "a"}, 524),
        ({"type": "token", "identity": "a"}, 530),
        ({"type": "profile", "profileData": {"Name": "Asha"}}, 523),
        (profile(identity=""), 523),
        (profile(identity={"a": 1}), 523),
        (profile(identity="null"), 523),
        (profile(identity="x" * 300), 523),
        ({"type": "profile", "objectId": "d-1", "profileData": {}}, 526),
        ({"type": "event", "objectId": "d-1", "evtName": "Ordered"}, 526),
        ({**profile(), "profileData": []}, 512),
        ({**event(), "evtData": "x"}, 512),
        (profile(Gender="X"), 514),
        (profile(Gender={"a": 1}), None),
        (profile(Phone=True), 516),
        (profile(Phone=[1]), 516),
        (profile(Email=5), 515),
        (profile(Age=-1), 520),
        (profile(Age=True), 520),
        (profile(**{"MSG-whatsapp": "perhaps"}), 512),
        (event(name=7), 509),
        (event(name="App Launched"), 513),
        (event(name="notification SENT"), 513),
        (event(name="x" * 200), 512),
        ({**event(), "ts": "now"}, 525),
        ({**event(), "ts": True}, 525),
        ({**event(), "ts": int(time.time() * 1000)}, 525),
        ({**event(), "ts": 86_400}, 525),
        ({**event(), "ts": int(time.time()) + 200_000}, 525),
        ({**profile(), "ts": "x"}, 525),
        (event(**{f"p{n}": n for n in range(257)}), 522),
    ],
)
def test_what_is_wrong_has_its_number(record: object, code: int | None, shop: Client) -> None:
    told = upload(shop, record)
    assert [one["code"] for one in told["unprocessed"]] == ([code] if code else [])
    if code:
        assert (told["status"], told["processed"], Profile.objects.exists()) == ("fail", 0, False)


def test_an_event_that_is_switched_off_is_discarded(project: Project, shop: Client) -> None:
    upload(shop, event())
    EventKind.objects.update(ignored=True)
    (refused,) = upload(shop, event(Amount=2))["unprocessed"]
    assert refused["code"] == 528


def test_what_has_no_place_here_is_named(project: Project, shop: Client) -> None:
    given = profile(
        identity="c-1", Name="Asha", Tz="Mars", Address={"City": "Pune"}, **{"MSG-email": False}
    )
    given["profileData"]["identity"] = "c-2"
    told = upload(shop, {**given, "platform": "web"}, event("c-1", Items=[{"a": 1}], Amount=2))
    assert (told["status"], told["processed"]) == ("success", 2)
    of_profile, of_event = told["left_out"]
    assert (of_profile["record"], of_event["record"]) == (1, 2)
    assert list(of_profile["fields"]) == ["platform", "Tz", "MSG-email", "identity", "Address"]
    assert of_profile["fields"]["identity"] == reading_records.ONE_IDENTITY
    assert list(of_event["fields"]) == ["Items"]
    assert NESTED not in of_profile["fields"].values()
    assert Profile.objects.get(project=project).name == "Asha"


def test_a_device_that_is_joined_to_a_person_is_that_person(project: Project, shop: Client) -> None:
    joined = {"type": "profile", "objectId": "d-1", "profileData": {"identity": "c-1", "Age": 30}}
    others = [{"type": "event", "FBID": "f-1", "evtName": "Ordered"}, {**event(), "GPID": "g-1"}]
    assert upload(shop, joined, *others) == all_good(3)
    known = Profile.objects.filter(project=project).values_list("identity", flat=True)
    assert sorted(known) == ["c-1", "c-17", "f-1"]


def test_whoever_wants_no_messages_is_blocked(project: Project, shop: Client) -> None:
    ProfileFactory.create(project=project, identity="c-1", phone="+919000000001")
    flags = {"MSG-dndWhatsApp": True, "MSG-whatsapp": False}
    assert upload(shop, profile("c-1", Phone="+919000000001", **flags)) == all_good(1)
    assert PhoneBlock.objects.get(project=project).blocked
    assert Profile.objects.get(project=project).subscribed is False


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"d": {}}', 400),
        (b'{"records": []}', 400),
        (b'{"d": [], "e": 1}', 400),
        (b'{"d": [NaN]}', 400),
        (b'{"d": [], "d": []}', 400),
        (b'{"d": ' + b"[" * 30 + b"]" * 30 + b"}", 400),
        (b'{"d": %s}' % json.dumps([{}] * 1_001).encode(), 400),
        (b'{"d": []}' + b" " * 5 * 1024 * 1024, 400),
        (b'{"d": []}', 200),
    ],
)
def test_a_body_that_is_no_list_of_records_is_refused_whole(
    body: bytes, status: int, shop: Client
) -> None:
    answer = call(shop, UPLOAD, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    if status != 200:
        told = answer.json()
        assert (told["status"], told["code"], bool(told["error"])) == ("fail", status, True)
    assert not Profile.objects.exists()


def test_an_unknown_parameter_is_named(shop: Client) -> None:
    answer = call(shop, f"{UPLOAD}?dryrun=1", {"d": []})
    assert (answer.status_code, "dryrun" in answer.json()["error"]) == (400, True)
    assert call(shop, f"{UPLOAD}?dryRun=perhaps", {"d": []}).status_code == 400
