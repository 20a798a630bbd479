"""People by sets: each record gets its verdict, and what it says of somebody is kept as an import
would."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from campaigns.audience.consent import ConsentError
from campaigns.audience.uploads import profile_properties
from campaigns.audience.uploads.typed_values import MOST_NAMED, NOT_NAMED, OTHERS
from campaigns.audience.uploads.uploading_profiles import upload
from campaigns.audience.uploads.verdicts import Outcome, Verdict
from campaigns.models import PhoneBlock, Profile, ProfileProperty
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.campaigns.flags import history_of
from tests.factories import PhoneBlockFactory, ProfileFactory, ProjectFactory

pytestmark = pytest.mark.django_db
PHONE, KEY = "+919000011122", 919000011122


def outcome(project: Project, *records: object, **more: bool) -> list[str]:
    """A word each; where it is refused, its code."""
    verdicts = upload(project, records, by=SYSTEM, **more)
    return [verdict.code or verdict.outcome.value for verdict in verdicts]


def person(**given: object) -> dict[str, Any]:
    return {"identity": "asha", **given}


def left_out(project: Project, *records: object) -> dict[str, str]:
    verdicts = upload(project, records, by=SYSTEM)
    assert {verdict.code for verdict in verdicts} == {""}
    return dict(verdicts[-1].left_out)


def known(project: Project, *fields: str) -> dict[str, tuple[object, ...]]:
    rows = Profile.objects.of(project).values_list("identity", *fields)
    return {identity: tuple(values) for identity, *values in rows}


def test_a_person_is_created_then_changed_then_left_as_it_is(project: Project) -> None:
    given = person(
        name=" Asha  Rao ", phone="090000 11122", email="a@example.com", language="hi",
        time_zone="asia/kolkata", **{"MSG-whatsapp": True, "msg-DNDwhatsapp": "false"},
        properties={
            "City": " Pune ", "Spent": 12.5, "VIP": True, "Born": "1990-03-15", "Pin": "411001",
            "Tags": ["tea", "tea"], "Seen": "$D_1790000000", "Blank": " ", "Nothing": None,
        },
    )  # fmt: skip
    assert upload(project, [given], by=SYSTEM) == [Verdict(Outcome.CREATED)]
    assert outcome(project, given) == ["unchanged"]
    changes = person(name="Asha", email=None, language="", properties={"City": "Delhi"})
    assert outcome(project, changes) == ["updated"]

    assert known(project, "name", "phone", "match_key", "email", "language", "time_zone") == {
        "asha": ("Asha", PHONE, KEY, "a@example.com", "hi", "Asia/Kolkata")
    }
    assert Profile.objects.get().properties == {
        "City": "Delhi", "Spent": 12.5, "VIP": True, "Born": "1990-03-15", "Pin": "411001",
        "Tags": ["tea"], "Seen": "2026-09-21T14:13:20Z",
    }  # fmt: skip
    assert dict(ProfileProperty.objects.values_list("name", "type")) == {
        "City": "text", "Spent": "number", "VIP": "boolean", "Born": "date", "Pin": "text",
        "Tags": "texts", "Seen": "date",
    }  # fmt: skip
    entries = AuditEntry.objects.filter(action="profile.uploaded")
    assert list(entries.values_list("note", flat=True)) == ["1 people", "1 people"]


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (None, "record.not_an_object"),
        ([], "record.not_an_object"),
        ({}, "person.missing"),
        ({"name": "Asha"}, "person.missing"),
        ({"identity": "", "phone": ""}, "person.missing"),
        (person(identity=["a"]), "person.not_a_text"),
        (person(identity=True), "person.not_a_text"),
        (person(identity="null"), "person.identity_unreadable"),
        (person(identity="a\0"), "person.identity_unreadable"),
        (person(identity="\ud800"), "person.identity_unreadable"),
        (person(identity="x" * 10_000_000), "person.identity_unreadable"),
        (person(phone="12"), "person.phone_unreadable"),
        (person(phone={"a": 1}), "person.not_a_text"),
        (person(email="nobody"), "profile.email_unreadable"),
        (person(email=5), "profile.email_unreadable"),
        (person(email="a\0@example.com"), "profile.email_unreadable"),
        (person(name="x" * 201), "profile.name_unreadable"),
        (person(name="x" * 10_000_000), "profile.name_unreadable"),
        (person(name="\ud800"), "profile.name_unreadable"),
        (person(language="x" * 21), "profile.language_unreadable"),
        (person(time_zone="Mars/Base"), "profile.time_zone_unreadable"),
        (person(**{"MSG-whatsapp": "perhaps"}), "profile.subscribed_unreadable"),
        (person(**{"MSG-whatsapp": 1}), "profile.subscribed_unreadable"),
        (person(**{"MSG-dndWhatsApp": []}), "profile.blocked_unreadable"),
        (person(properties=[1]), "profile.properties_unreadable"),
    ],
)
def test_what_cant_be_read_is_refused_by_record(
    project: Project, record: object, code: str
) -> None:
    good = {"identity": "ravi"}
    assert outcome(project, record, good) == [code, "created"]
    assert list(known(project)) == ["ravi"]


def test_what_cant_be_kept_of_a_person_is_left_out_and_named(project: Project) -> None:
    hostile = {
        "Object": {"a": 1}, "Big": 10**15, "Not a number": float("nan"), "Long": "x" * 513,
        "Mixed": [1], "Zero": "a\0b", "Half": "\ud800", "<odd>": 1, "": 1, "name": "Asha",
        "Phone": PHONE, "Many": [str(n) for n in range(101)],
    }  # fmt: skip
    fine = {"Quote": "\"\\'", "Lines": "a\nb", "Percent": "%s {table}", "Year 0": "0000-01-01"}
    given = person(properties=hostile | fine, Gender="F", **{"x" * 500: 1, "\ud800": 1})
    reasons = left_out(project, given)
    assert set(reasons) == set(hostile) | {"Gender", "x" * 120, "?"}
    assert reasons["Gender"] == (
        "There is no such field. Give what is your own among the properties."
    )
    assert Profile.objects.get().properties == fine


@pytest.mark.parametrize(
    ("settled", "given", "kept"),
    [
        ("number", "12.50", 12.5),
        ("number", "twelve", "It is not a number like 1250 or 12.5."),
        ("number", True, "It holds number already."),
        ("number", "2026-01-31", "It is not a number like 1250 or 12.5."),
        ("boolean", "yes", True),
        ("boolean", 1, "It holds yes or no already."),
        ("date", "31.1.2026", "It is not a date (2026-01-31)."),
        ("date", 5, "It holds date already."),
        ("text", 411001, "411001"),
        ("text", " 2026-01-31 ", "2026-01-31"),
        ("text", True, "It holds text already."),
        ("texts", "tea", ["tea"]),
        ("texts", "2026-01-31", ["2026-01-31"]),
    ],
)
def test_a_value_is_kept_as_the_propertys_type_where_that_loses_nothing(
    project: Project, settled: str, given: object, kept: object
) -> None:
    ProfileProperty.objects.create(project=project, name="It", type=settled)
    reasons = left_out(project, person(properties={"It": given}))
    properties = Profile.objects.get().properties
    assert (properties.get("It"), reasons) == (
        (None, {"It": kept}) if str(kept).startswith("It ") else (kept, {})
    )
    assert ProfileProperty.objects.get().type == settled


def test_the_first_value_settles_the_type_of_a_new_property(project: Project) -> None:
    records = [
        {"identity": "refused", "email": "?", "properties": {"Size": True}},
        {"identity": "a", "properties": {"Size": 5}},
        {"identity": "b", "properties": {"Size": "six"}},
    ]
    verdicts = upload(project, records, by=SYSTEM)
    assert verdicts[2].left_out == {"Size": "It is not a number like 1250 or 12.5."}
    assert ProfileProperty.objects.get().type == "number"


def test_a_project_learns_so_many_properties_at_most(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile_properties, "MOST_PROPERTIES", 3)
    many = {f"p {n:05}": n for n in range(10_000)}
    told = left_out(project, person(properties=many))
    assert (len(told), told[OTHERS]) == (MOST_NAMED + 1, NOT_NAMED)
    assert Profile.objects.get().properties == {f"p {n:05}": n for n in range(3)}
    assert left_out(project, person(properties={"p 00001": 5})) == {}


def test_records_about_one_person_are_taken_as_one_in_their_order(project: Project) -> None:
    records = [
        person(name="First", phone=PHONE, properties={"City": "Pune"}),
        {"phone": "0 90000 11122", "properties": {"VIP": True}},
        person(name="Last", properties={"City": "Delhi"}),
    ]
    assert outcome(project, *records) == ["created"] * 3
    assert outcome(project, *records) == ["unchanged"] * 3
    assert known(project, "name", "properties") == {
        "asha": ("Last", {"City": "Delhi", "VIP": True})
    }


def test_a_phone_alone_is_whoever_has_it_first_and_else_the_identity(project: Project) -> None:
    for identity in ("first", "second"):
        ProfileFactory.create(project=project, identity=identity, phone=PHONE, match_key=KEY)
    records = [{"phone": PHONE, "name": "Asha"}, {"phone": "+5511987654321"}]
    assert outcome(project, *records) == ["updated", "created"]
    names = known(project, "name", "match_key")
    assert names["first"] == ("Asha", KEY)
    assert names["+5511987654321"] == ("", 551187654321)


def test_unknown_people_are_refused_where_the_call_says_so(project: Project) -> None:
    ProfileFactory.create(project=project, identity="asha", name="Asha")
    stranger = {"identity": "new", "phone": PHONE, "MSG-dndWhatsApp": True}
    records = [person(name="Rao"), stranger, {"phone": "+919000000003"}]
    assert outcome(project, *records, create=False) == ["updated"] + ["person.unknown"] * 2
    assert known(project, "name") == {"asha": ("Rao",)}
    assert not PhoneBlock.objects.exists()


def test_the_flags_say_that_an_upload_set_them_and_a_stop_stays(project: Project) -> None:
    PhoneBlockFactory.create(project=project, match_key=KEY, blocked=True, own_word=True)
    records = [
        person(phone=PHONE, **{"MSG-whatsapp": True, "MSG-dndWhatsApp": False}),
        {"identity": "ravi", "phone": "+919000000002", "MSG-dndWhatsApp": True},
        {"identity": "mina", "MSG-whatsapp": "FALSE", "MSG-dndWhatsApp": True},  # of no phone
    ]
    assert outcome(project, *records) == ["created"] * 3
    assert outcome(project, *records) == ["unchanged"] * 3
    blocks = PhoneBlock.objects.order_by("match_key").values_list("match_key", "source", "own_word")
    assert list(blocks) == [(919000000002, "api", False), (KEY, "keyword", True)]
    assert {(one.identity, one.match_key, one.value) for one in history_of(project)} == {
        ("asha", None, True), ("mina", None, False), (None, 919000000002, True),
    }  # fmt: skip
    assert {one.source for one in history_of(project)} == {"api"}


def test_how_somebody_agreed_is_kept_with_the_flag_alone(project: Project) -> None:
    given = person(phone=PHONE, **{"MSG-whatsapp": True, "MSG-dndWhatsApp": True})
    upload(project, [given], by=SYSTEM, consent="Ticked “Send me offers” at the checkout")
    assert {one.flag: one.words for one in history_of(project)} == {
        "MSG-whatsapp": "Ticked “Send me offers” at the checkout", "MSG-dndWhatsApp": "",
    }  # fmt: skip


def test_words_of_consent_that_would_be_cut_off_are_refused_before_anything(
    project: Project,
) -> None:
    with pytest.raises(ConsentError, match="500 characters"):
        upload(project, [person()], by=SYSTEM, consent="x" * 501)
    assert not Profile.objects.exists()


def test_people_of_other_projects_stay_theirs(project: Project) -> None:
    other = ProjectFactory.create()
    ProfileFactory.create(project=other, identity="asha", phone=PHONE, match_key=KEY, name="Theirs")
    assert outcome(project, {"phone": PHONE, "name": "Ours"}, person()) == ["created"] * 2
    assert known(other, "name") == {"asha": ("Theirs",)}


def test_nothing_at_all_is_an_upload(project: Project) -> None:
    assert upload(project, [], by=SYSTEM) == []
    assert outcome(project, None) == ["record.not_an_object"]
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_people_from_two_connections_at_once_are_there_once() -> None:
    project = ProjectFactory.create()
    records = [
        {"identity": f"u-{n}", "MSG-whatsapp": True, "properties": {"City": "Pune"}}
        for n in range(500)
    ]

    def take_in(some: Sequence[object]) -> list[str]:
        try:
            return outcome(project, *some)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        words = list(pool.map(take_in, [records, records[::-1]]))
    assert sorted(words[0] + words[1]) == ["created"] * 500 + ["unchanged"] * 500
    assert Profile.objects.of(project).count() == 500
    assert len(history_of(project)) == 500
