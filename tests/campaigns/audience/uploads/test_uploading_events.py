"""Events by sets: each record gets its verdict, and what is good is stored once."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.utils import timezone
from pytest_django import Settings

from campaigns.audience.uploads import catalogue, storing_events, uploading_events
from campaigns.audience.uploads.counted_days import PARTS
from campaigns.audience.uploads.event_properties import MOST_PROPERTIES
from campaigns.audience.uploads.seen_ids import forget_seen
from campaigns.audience.uploads.storing_events import fingerprint_of
from campaigns.audience.uploads.uploading_events import upload
from campaigns.audience.uploads.verdicts import Outcome, Verdict
from campaigns.ledger import happenings
from campaigns.models import (
    EventKind,
    EventKindDay,
    EventKindProperty,
    Occurrence,
    Profile,
    SeenEventId,
)
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.locks import wait_for_locks
from tests.factories import ProfileFactory, ProjectFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now().replace(microsecond=0)
AN_HOUR_AGO = NOW - timedelta(hours=1)
STORED, REPEATED = Verdict(Outcome.STORED), Verdict(Outcome.REPEATED)


@pytest.fixture(autouse=True)
def asha(project: Project) -> Profile:
    return ProfileFactory.create(
        project=project, identity="asha", phone="+919000011122", match_key=919000011122
    )


@pytest.fixture(params=[0, storing_events.FEW])
def few_or_many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Events go one way or the other."""
    monkeypatch.setattr(storing_events, "FEW", request.param)


def event(**given: object) -> dict[str, Any]:
    return {"identity": "asha", "name": "Ordered", "at": AN_HOUR_AGO.isoformat(), **given}


def outcome(project: Project, records: Sequence[object], **more: bool) -> list[str]:
    """A word each; where it is refused, its code."""
    verdicts = upload(project, records, by=SYSTEM, **more)
    return [verdict.code or verdict.outcome.value for verdict in verdicts]


def test_an_event_is_stored_with_its_time_and_typed_properties_and_learnt(
    project: Project, asha: Profile
) -> None:
    given = {
        "Amount": 12.5, "Items": 2, "Gift": True, "Shop": " Pune ", "Paid on": "2026-11-01",
        "Tags": ["tea", "cups", "tea"], "Number": "12", "Blank": " ", "Nothing": None,
        "Due": "$D_1790000000", "Sent": "2026-11-01T10:00:00+05:30",
    }  # fmt: skip

    assert upload(project, [event(properties=given)], by=SYSTEM) == [STORED]

    stored = Occurrence.objects.get()
    assert (stored.profile, stored.kind.name, stored.at) == (asha, "Ordered", AN_HOUR_AGO)
    assert stored.properties == {
        "Amount": 12.5, "Items": 2, "Gift": True, "Shop": "Pune", "Paid on": "2026-11-01",
        "Tags": ["tea", "cups"], "Number": "12",
        "Due": "2026-09-21T14:13:20Z", "Sent": "2026-11-01T04:30:00Z",
    }  # fmt: skip
    learnt = EventKindProperty.objects.order_by("name").values_list("name", "type")
    assert dict(learnt) == {
        "Amount": "number", "Items": "number", "Gift": "boolean", "Shop": "text", "Tags": "texts",
        "Paid on": "date", "Due": "date", "Sent": "date", "Number": "text",
    }  # fmt: skip


def test_names_that_differ_in_case_and_blanks_are_one_and_days_are_counted(
    project: Project,
) -> None:
    names = ("Order placed", "order  Placed", "ORDERPLACED")
    days = [NOW - timedelta(days=2), NOW - timedelta(days=2, seconds=1), NOW - timedelta(days=40)]
    records = [event(name=n, at=at.isoformat()) for n, at in zip(names, days, strict=True)]
    upload(project, records[:1], by=SYSTEM)
    assert outcome(project, records) == ["repeated", "stored", "stored"]

    assert EventKind.objects.get().name == "Order placed"
    counted = {day: sum(at.date() == day for at in days) for day in {at.date() for at in days}}
    rows = EventKindDay.objects.all()
    assert {row.day: row.n for row in rows} == counted
    assert {row.day: row.last_at for row in rows} == {
        day: max(at for at in days if at.date() == day) for day in counted
    }


@pytest.mark.parametrize(
    ("given", "at"),
    [
        (1_790_000_000, datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("1790000000", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("$D_1790000000", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("2026-11-01T00:30:00.5+05:30", datetime(2026, 10, 31, 19, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-01 00:30", datetime(2026, 10, 31, 19, 0, tzinfo=UTC)),  # in the project's zone
        ("2026-11-01", datetime(2026, 10, 31, 18, 30, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_it_is_written(
    project: Project, given: object, at: datetime, settings: Settings
) -> None:
    settings.CUSTOM_EVENT_KEEP_DAYS = 3_000
    assert outcome(project, [event(at=given)]) == ["stored"]
    assert Occurrence.objects.get().at == at


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (0, "event.too_old"),
        ("1970-01-01", "event.too_old"),
        ("2099-01-01T00:00:00Z", "event.in_the_future"),
        (1_790_000_000_000, "event.time_in_milliseconds"),
        *((bad, "event.time_unreadable") for bad in (
            "", "soon", "0000-01-01", "2026-02-30", "2026-11-01T25:00", "9" * 41, True, [],
            float("nan"), float("inf"), "2026-11-01T00:00:00+99:99", "２０２６-11-01", "\0",
        )),
    ],
)  # fmt: skip
def test_a_time_that_is_not_kept_or_none_is_refused(
    project: Project, given: object, code: str
) -> None:
    assert outcome(project, [event(at=given), event()]) == [code, "stored"]


def test_times_are_taken_as_far_back_as_they_are_kept_and_a_day_ahead(project: Project) -> None:
    hours = (-401 * 24, -399 * 24, 23, 25)
    records = [event(at=(NOW + timedelta(hours=hour)).isoformat()) for hour in hours]
    assert outcome(project, records) == [
        "event.too_old", "stored", "stored", "event.in_the_future",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"identity": None}, "person.missing"),
        ({"identity": "", "phone": ""}, "person.missing"),
        ({"identity": "stranger"}, "person.unknown"),
        ({"identity": "null"}, "person.identity_unreadable"),
        ({"identity": "a\0b"}, "person.identity_unreadable"),
        ({"identity": "\ud800"}, "person.identity_unreadable"),
        ({"identity": "x" * 10_000_000}, "person.identity_unreadable"),
        ({"identity": {"id": 1}}, "person.not_a_text"),
        ({"identity": True}, "person.not_a_text"),
        ({"identity": None, "phone": "12"}, "person.phone_unreadable"),
        ({"identity": None, "phone": "+91\0\ud800"}, "person.phone_unreadable"),
        ({"name": ""}, "event.name_missing"),
        ({"name": "  "}, "event.name_missing"),
        ({"name": 7}, "event.name_missing"),
        ({"name": "x" * 10_000_000}, "event.name_too_long"),
        ({"name": "ß" * 61}, "event.name_too_long"),
        ({"name": "a\0b"}, "event.name_unreadable"),
        ({"name": "a\ud800"}, "event.name_unreadable"),
        ({"name": "--"}, "event.name_unreadable"),
        ({"name": "notificationsent"}, "event.name_reserved"),
        ({"id": ""}, "event.id_unreadable"),
        ({"id": "x" * 256}, "event.id_unreadable"),
        ({"id": ["a"]}, "event.id_unreadable"),
        ({"properties": ["a"]}, "event.properties_unreadable"),
        ({"name": "O'Neill; DROP TABLE %s"}, "stored"),
        ({"id": "\0\ud800"}, "stored"),
        ({"id": 17}, "stored"),
    ],
)
def test_a_record_that_says_too_little_is_refused_alone(
    project: Project, given: dict[str, object], code: str
) -> None:
    assert outcome(project, [event(**given), event(), "text", None]) == [
        code, "stored", "record.not_an_object", "record.not_an_object",
    ]  # fmt: skip


def test_properties_that_can_not_be_kept_are_left_out_and_named(project: Project) -> None:
    hostile = {
        "Nested": {"a": 1}, "List": [{"a": 1}], "Mixed": ["a", 1], "NaN": float("nan"),
        "Infinity": float("inf"), "Large": 10**400, "Long": "x" * 10_000_000, "Zero": "a\0b",
        "Half": "\ud800", "<odd>": 1, "x" * 121: 1, "\ud800": 1, "": 1,
        "Many": [str(n) for n in range(101)],
    }  # fmt: skip
    fine = {
        "Lines": "a\nb",
        "Quote": "\"\\'",
        "Percent": "%s _",
        "Year 0": "0000-01-01",
        "Yes": "true",
    }

    (verdict,) = upload(project, [event(properties=hostile | fine)], by=SYSTEM)

    names = {"x" * 120, "?"} | set(hostile) - {"x" * 121, "\ud800"}
    assert (verdict.outcome, set(verdict.left_out)) == (Outcome.STORED, names)
    assert verdict.left_out["<odd>"] == "A property can't be called so. “odd” would do."
    assert Occurrence.objects.get().properties == fine
    assert set(EventKindProperty.objects.values_list("name", "type")) == {(n, "text") for n in fine}


def test_an_event_and_a_name_have_so_many_properties_at_most(project: Project) -> None:
    first = {f"p {n:03}": n for n in range(300)}
    later = {"p 001": "now a text", "q": 1}
    verdicts = upload(project, [event(properties=p) for p in (first, later)], by=SYSTEM)
    assert [len(verdict.left_out) for verdict in verdicts] == [300 - MOST_PROPERTIES, 1]
    kept = sorted(len(row.properties) for row in Occurrence.objects.all())
    assert kept == [1, MOST_PROPERTIES]
    assert EventKindProperty.objects.count() == MOST_PROPERTIES + 1  # of two types is one name


def test_of_very_many_names_the_first_are_learnt_and_the_others_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "MOST_KINDS", 3)
    records = [event(name=f"Order {n}") for n in range(1_000)]
    assert outcome(project, records) == ["stored"] * 3 + ["event.too_many_names"] * 997
    assert outcome(project, records[:4]) == ["repeated"] * 3 + ["event.too_many_names"]
    assert EventKind.objects.count() == 3
    other = ProjectFactory.create()
    ProfileFactory.create(project=other, identity="asha")
    assert outcome(other, records[-1:]) == ["stored"]


def test_an_event_that_is_switched_off_is_not_stored(project: Project) -> None:
    EventKind.objects.create(project=project, name="Ordered", key="ordered", ignored=True)
    assert outcome(project, [event(properties={"new": 1})]) == ["ignored"]
    assert (Occurrence.objects.count(), EventKindProperty.objects.count()) == (0, 0)


def test_an_id_is_the_same_event_whatever_its_time_and_one_of_a_project(project: Project) -> None:
    with_id = [event(id="o-1"), event(id="o-1", at=NOW.isoformat()), event(id="o-1", at=None)]
    assert outcome(project, with_id) == ["stored", "repeated", "repeated"]
    assert outcome(project, with_id) == ["repeated"] * 3
    other = ProjectFactory.create()
    ProfileFactory.create(project=other, identity="asha")
    assert outcome(other, with_id[:1]) == ["stored"]

    SeenEventId.objects.update(at=NOW - timedelta(days=8))
    SeenEventId.objects.filter(pk=SeenEventId.objects.order_by("pk")[0].pk).update(at=NOW)
    forget_seen(now=timezone.now())
    assert SeenEventId.objects.count() == 1


def test_without_a_time_it_is_now_and_once_a_minute(project: Project) -> None:
    now = event(at=None)
    assert outcome(project, [now, now, event(at=None, properties={"n": 1})]) == [
        "stored", "repeated", "stored",
    ]  # fmt: skip
    assert all(
        abs(row.at - timezone.now()) < timedelta(minutes=1) for row in Occurrence.objects.all()
    )


def test_the_order_of_properties_and_the_zone_of_a_time_make_no_other_event(
    project: Project,
) -> None:
    same = AN_HOUR_AGO.astimezone(datetime.fromisoformat("2026-01-01T00:00+05:30").tzinfo)
    records = [
        event(properties={"a": 1, "b": 2}),
        event(properties={"b": 2, "a": 1}, at=same.isoformat()),
        event(properties={"b": 2, "a": 1}, identity=None, phone="090000 11122"),
        event(properties={"b": 2}),
    ]
    assert outcome(project, records) == ["stored", "repeated", "repeated", "stored"]


def test_unknown_people_are_made_where_the_call_says_so(project: Project) -> None:
    records = [
        event(identity="new"), event(identity=None, phone="+5511987654321"),
        event(identity=None, phone="+551187654321", at=NOW.isoformat()), event(identity="new"),
    ]  # fmt: skip
    assert outcome(project, records) == ["person.unknown"] * 4
    assert Profile.objects.count() == 1
    assert outcome(project, records, create_people=True) == ["stored"] * 3 + ["repeated"]
    assert outcome(project, records, create_people=True) == ["repeated"] * 4
    made = Profile.objects.exclude(identity="asha").order_by("identity")
    assert [(p.match_key, p.subscribed, bool(p.phone)) for p in made] == [
        (551187654321, None, True), (None, None, False),
    ]  # fmt: skip


def test_people_and_events_of_other_projects_stay_theirs(project: Project) -> None:
    other = ProjectFactory.create()
    ProfileFactory.create(project=other, identity="elsewhere", match_key=919000000009)
    records = [event(identity="elsewhere"), event(identity=None, phone="+919000000009")]
    assert outcome(project, records) == ["person.unknown"] * 2


def test_a_month_that_nobody_has_made_is_made(project: Project) -> None:
    long_ago = NOW - timedelta(days=390)
    assert outcome(project, [event(at=long_ago.isoformat())]) == ["stored"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM campaigns_occurrence")
        assert cursor.fetchall() == [(f"campaigns_occurrence_{long_ago:%Y%m}",)]


heard: list[happenings.Happening] = []


def hear(told: Sequence[happenings.Happening]) -> None:
    heard.extend(told)


def test_who_waits_is_told_of_what_is_new_alone(
    project: Project, asha: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(happenings, "_listeners", {})
    happenings.register(f"{__name__}.hear")
    upload(project, [event()], by=SYSTEM)
    heard.clear()
    upload(project, [event(), event(name="Visited"), event(identity="stranger")], by=SYSTEM)
    visited = EventKind.objects.get(name="Visited")
    assert [(one.kind_id, one.at, one.profile_id) for one in heard] == [
        (visited.pk, AN_HOUR_AGO, asha.pk)
    ]


def test_nothing_at_all_is_an_upload(project: Project) -> None:
    assert upload(project, [], by=SYSTEM) == []


def test_every_verdict_can_be_said_in_json(project: Project) -> None:
    odd = {"\ud800": 1, "a": {"b": 1}}
    verdicts = upload(project, [event(properties=odd), event(name="\ud800")], by=SYSTEM)
    told = json.dumps([[v.reason, dict(v.left_out)] for v in verdicts], ensure_ascii=False)
    assert told.encode()


def test_the_first_and_the_last_of_a_day_are_kept(project: Project) -> None:
    day = (NOW - timedelta(days=1)).replace(hour=12)
    for hours in (0, 3, -3):
        upload(project, [event(at=(day + timedelta(hours=hours)).isoformat())], by=SYSTEM)
    row = EventKindDay.objects.get()
    assert (row.day, row.n) == (date(day.year, day.month, day.day), 3)
    assert (row.first_at, row.last_at) == (day - timedelta(hours=3), day + timedelta(hours=3))
    assert uploading_events.STORED == STORED


@pytest.mark.usefixtures("few_or_many")
def test_of_what_is_there_already_the_rest_is_stored(project: Project) -> None:
    """Whether the first of an upload is there, which is looked for, or one that is not."""
    old, new = event(), event(name="Visited")
    assert outcome(project, [old]) == ["stored"]
    assert outcome(project, [old, new]) == ["repeated", "stored"]
    assert outcome(project, [event(name="Left"), old]) == ["stored", "repeated"]
    assert dict(EventKindDay.objects.values_list("kind__name", "n")) == {
        "Ordered": 1, "Visited": 1, "Left": 1,
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_the_same_events_from_two_connections_at_once_are_stored_once(project: Project) -> None:
    upload(project, [event(at=NOW.isoformat())], by=SYSTEM)  # the month, and the name
    records = [event(properties={"n": n}) for n in range(300)]
    records += [event(id=f"o-{n}", at=None) for n in range(100)]

    def take_in(some: Sequence[object]) -> list[str]:
        try:
            return outcome(project, some)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        words = list(pool.map(take_in, [records, records[::-1]]))
    assert sorted(words[0] + words[1]) == ["repeated"] * 400 + ["stored"] * 400
    assert Occurrence.objects.filter(kind__project=project).count() == 401
    assert sum(EventKindDay.objects.values_list("n", flat=True)) == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("few_or_many")
def test_events_are_stored_before_they_are_counted(project: Project, asha: Profile) -> None:
    """As where some of them are there already; in different orders two uploads of the same events
    would wait in a circle."""
    upload(project, [event(properties={"n": 1})], by=SYSTEM)
    kind = EventKind.objects.get(project=project)
    counted = EventKindDay.objects.get()
    EventKindDay.objects.bulk_create(
        EventKindDay(kind=kind, day=counted.day, part=part, n=0, first_at=NOW, last_at=NOW)
        for part in range(PARTS)
        if part != counted.part
    )

    def take_in() -> list[str]:
        try:
            return outcome(project, [event()])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM campaigns_eventkindday WHERE kind_id = %s FOR UPDATE", [kind.pk]
        )
        waiting = pool.submit(take_in)
        wait_for_locks(1)
        cursor.execute("SET LOCAL lock_timeout = '200ms'")
        row = [kind.pk, AN_HOUR_AGO, fingerprint_of("{}", asha.pk), asha.pk, "{}"]
        with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
            cursor.execute(
                "INSERT INTO campaigns_occurrence (kind_id, at, fingerprint, profile_id,"
                " properties) VALUES (%s, %s, %s, %s, %s)",
                row,
            )
    assert waiting.result() == ["stored"]


@pytest.mark.django_db(transaction=True)
def test_a_few_events_take_few_statements(
    project: Project, django_assert_max_num_queries: Any
) -> None:
    """Each is a way to PostgreSQL and back, and a call that sends in one event has no other work:
    BEGIN, whose they are, their names, storing them, two who listen, the audit log, COMMIT."""
    first = [event(id=number, properties={"Total": 12.5}) for number in range(3)]
    upload(project, first, by=SYSTEM)
    with django_assert_max_num_queries(8):
        again = [event(id=number, properties={"Total": 12.5}) for number in range(3, 6)]
        assert outcome(project, again) == ["stored"] * 3
