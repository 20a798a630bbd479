"""From a CSV file to events of people, by way of the same pages and the same worker."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from campaigns.audience.imports.event_rows import NO_TIME, SWITCHED_OFF
from campaigns.audience.imports.importing import run_import
from campaigns.audience.imports.list_rows import NOBODY_KNOWN
from campaigns.audience.uploads import catalogue
from campaigns.audience.uploads.uploading_events import upload as upload_events
from campaigns.models import (
    ConversionOf,
    EventKind,
    EventKindDay,
    EventKindProperty,
    GoalEvent,
    Import,
    ImportKind,
    ImportStatus,
    Occurrence,
    Profile,
    ProfileProperty,
)
from campaigns.running.crediting import credit_conversions
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.imports.uploads import counts, imported, refused_rows
from tests.campaigns.goals import credited, minutes_ago, sent, with_goal
from tests.factories import ProfileFactory

DAY = (timezone.now() - timedelta(days=3)).strftime("%Y-%m-%d")
HEAD = "identity,Event,Time,Amount,Gift\n"


@pytest.fixture(autouse=True)
def people(project: Project) -> None:
    ProfileFactory.create(
        project=project, identity="asha", phone="+919000011122", match_key=919000011122
    )
    ProfileFactory.create(project=project, identity="ravi")


def events() -> list[tuple[object, ...]]:
    rows = Occurrence.objects.order_by("at", "profile__identity")
    return list(rows.values_list("profile__identity", "kind__name", "properties"))


def read(project: Project, text: str) -> Import:
    return imported(project, text, kind=ImportKind.EVENTS)


def test_rows_become_events_with_typed_properties_and_the_catalogue_learns_them(
    project: Project,
) -> None:
    upload = read(
        project,
        f"{HEAD}asha,Ordered,{DAY} 10:00,12.50,yes\nravi,ordered,{DAY} 11:00,7,\n"
        f"ravi,Visited,{DAY}T12:00:00Z,,\n",
    )
    assert (upload.status, counts(upload)) == (ImportStatus.DONE, {"rows_read": 3, "created": 3})
    assert events() == [
        ("asha", "Ordered", {"Amount": 12.5, "Gift": True}),
        ("ravi", "Ordered", {"Amount": 7}),
        ("ravi", "Visited", {}),
    ]
    first = Occurrence.objects.order_by("at")[0]
    assert first.at == datetime.fromisoformat(f"{DAY}T10:00+05:30")  # in the project's zone
    learnt = EventKindProperty.objects.order_by("name")
    assert list(learnt.values_list("kind__name", "name", "type")) == [
        ("Ordered", "Amount", "number"),
        ("Ordered", "Gift", "boolean"),
    ]
    assert {row.kind.name: row.n for row in EventKindDay.objects.all()} == {
        "Ordered": 2,
        "Visited": 1,
    }
    assert not ProfileProperty.objects.exists()


def test_a_file_again_and_the_same_told_by_an_upload_change_nothing(project: Project) -> None:
    text = f"{HEAD}asha,Ordered,{DAY}T10:00:00Z,12.50,yes\nravi,Ordered,{DAY}T10:00:00Z,1,\n"
    assert counts(read(project, text)) == {"rows_read": 2, "created": 2}
    assert counts(read(project, text)) == {"rows_read": 2, "unchanged": 2}
    told = {"identity": "asha", "name": "Ordered", "at": f"{DAY}T10:00:00Z"}
    properties = {"Gift": True, "Amount": 12.5}
    (verdict,) = upload_events(project, [{**told, "properties": properties}], by=SYSTEM)
    assert (verdict.outcome, Occurrence.objects.count()) == ("repeated", 2)


def test_no_row_vanishes_and_what_is_refused_can_be_mended(project: Project) -> None:
    EventKind.objects.create(project=project, name="Noise", key="noise", ignored=True)
    future = (timezone.now() + timedelta(days=4)).date()
    rows = [
        f"asha,Ordered,{DAY},1,yes", f"asha,Ordered,{DAY},1,yes", f"stranger,Ordered,{DAY},1,yes",
        f"asha,Noise,{DAY},1,yes", "asha,Ordered,1970-01-01,1,yes", f"asha,Ordered,{future},1,yes",
        "asha,Ordered,soon,1,yes", "asha,Ordered,,1,yes", f"asha,,{DAY},1,yes",
        f"asha,Notification Sent,{DAY},1,yes", f"asha,Ordered,{DAY},many,yes",
        f",Ordered,{DAY},1,yes",
        f"null,Ordered,{DAY},1,yes", f"ravi,Ordered,{DAY},1,yes",
    ]  # fmt: skip
    upload = read(project, HEAD + "\n".join(rows))
    assert counts(upload) == {"rows_read": 14, "created": 2, "repeated": 1, "refused": 11}
    refused = {row[0]: row[1] for row in refused_rows(upload)[1:]}
    assert (refused["4"], refused["5"], refused["9"]) == (NOBODY_KNOWN, SWITCHED_OFF, NO_TIME)
    assert "kept that long" in refused["6"]
    assert refused["7"] == "It lies in the future."
    assert refused["12"] == "“Amount” is not a number like 1250 or 12.5."
    assert len(refused) == 11

    ProfileFactory.create(project=project, identity="stranger")
    table = [row for row in refused_rows(upload) if row[0] in ("", "4") or row[0].startswith("R")]
    mended = read(project, "\n".join(",".join(f'"{cell}"' for cell in row) for row in table))
    assert counts(mended) == {"rows_read": 1, "created": 1}


def test_dates_that_begin_with_the_day_are_told_by_the_column(project: Project) -> None:
    at = (timezone.now() - timedelta(days=40)).replace(day=28, hour=0, minute=0)
    read(project, f"identity,Event,When\nasha,Ordered,{at:%d/%m/%Y} 18:30\n")
    assert [row.at.astimezone(UTC) for row in Occurrence.objects.all()] == [
        at.replace(hour=13, second=0, microsecond=0)
    ]


def test_of_too_many_names_the_first_are_kept_and_the_others_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "MOST_KINDS", 2)
    upload = read(project, HEAD + "".join(f"asha,Order {n},{DAY},1,yes\n" for n in range(9)))
    assert counts(upload) == {"rows_read": 9, "created": 2, "refused": 7}


def test_the_pages_ask_for_a_name_and_a_time_and_take_one_name_for_all_rows(
    project: Project, marketer: Client, settings: Settings, tmp_path: object
) -> None:
    """By phone, from the upload to what became of it."""
    settings.MEDIA_ROOT = tmp_path
    text = f"Phone,created_at,Amount\n+919000011122,{DAY}T10:00:00Z,5\n"
    file = SimpleUploadedFile("orders.csv", text.encode())
    form = {"file": file, "kind": "events"}
    assert marketer.post(reverse("admin:campaigns_import_add"), form).status_code == 302
    upload = Import.objects.get()
    page = reverse("admin:campaigns_import_change", args=[upload.pk])
    shown = marketer.get(page).content.decode()
    assert 'value="at" selected' in shown
    assert "MSG-dndWhatsApp" not in shown

    chosen = {
        "target_0": "phone", "target_1": "at", "type_1": "date", "target_2": "property",
        "property_2": "Amount", "type_2": "number", "default_country": "IN",
    }  # fmt: skip
    assert "one name for all" in marketer.post(page, chosen).content.decode()
    unread = marketer.post(page, {**chosen, "event_name": "Notification Sent"}).content.decode()
    assert "is what becomes of messages" in unread
    untimed = marketer.post(page, {**chosen, "target_1": "", "event_name": "Ordered"})
    assert "says when it happened" in untimed.content.decode()
    assert marketer.post(page, {**chosen, "event_name": " Order  placed"}).status_code == 302

    run_import(upload.pk)
    assert events() == [("asha", "Order placed", {"Amount": 5})]
    assert "New events" in marketer.get(page).content.decode()


def test_events_go_into_no_list(project: Project, marketer: Client) -> None:
    file = SimpleUploadedFile("orders.csv", b"Phone,at\n1,2\n")
    form = {"file": file, "kind": "events", "new_list": "Regulars"}
    page = marketer.post(reverse("admin:campaigns_import_add"), form).content.decode()
    assert ("Events go into no list." in page, Import.objects.count()) == (True, 0)


def test_a_file_of_purchases_reaches_a_goal(project: Project) -> None:
    run = with_goal(project, minutes=60)
    asha = Profile.objects.get(identity="asha")
    message = sent(run, 60, profile=asha)
    at = minutes_ago(30).isoformat()
    for _ in range(2):
        read(project, f"identity,Event,Time,Amount\nasha,Charged,{at},5\nravi,Visited,{at},\n")
    assert GoalEvent.objects.count() == 1
    credit_conversions()
    assert credited(run.campaign) == [(message.pk, ConversionOf.SENT)]
