"""Workbooks beside CSV files, and exports of what happened on some days."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from openpyxl import load_workbook
from openpyxl.worksheet import _writer
from pytest_django import Settings

from callbacks.models import Consequence
from campaigns.admin.messages.leading_on import LeadsTo, leads_to
from campaigns.models import (
    CustomList,
    Export,
    ExportStatus,
    MessageKind,
    Reason,
    Source,
    State,
    SubscriptionChange,
)
from campaigns.results.exports import formats, people_file
from campaigns.tasks import write_exports
from providers.models import AuditEntry, Membership, Project, Role
from tests.factories import (
    EventFactory,
    InboundMessageFactory,
    MessageFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    RunFactory,
    SubscriptionChangeFactory,
    SubscriptionStartFactory,
)

pytestmark = pytest.mark.django_db
PEOPLE = reverse("admin:campaigns_profile_export")
MESSAGES = reverse("admin:campaigns_export_messages")
MARCH = {"first": "2026-03-01", "last": "2026-03-31"}
# Of Kolkata, whose March begins five hours and a half before that of UTC.
BEGINS = datetime(2026, 2, 28, 18, 30, tzinfo=UTC)
ENDS = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
MOMENT, YEAR = timedelta(seconds=1), timedelta(days=365)


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path, project: Project) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    Project.objects.filter(pk=project.pk).update(time_zone="Asia/Kolkata")
    return


def written(client: Client, where: str, **form: Any) -> Export:
    client.post(where, form)
    write_exports()
    export: Export = Export.objects.latest("pk")
    return export


def content_of(client: Client, export: Export) -> bytes:
    answer = client.get(reverse("admin:campaigns_export_download", args=[export.pk]))
    assert isinstance(answer, FileResponse)
    assert f".{export.format}" in answer["Content-Disposition"]
    return b"".join(answer)  # type: ignore[arg-type]


def rows_of(client: Client, export: Export) -> list[list[str]]:
    text = content_of(client, export).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def test_a_workbook_keeps_numbers_and_runs_nothing(project: Project, marketer: Client) -> None:
    ProfilePropertyFactory.create(project=project, name="Age", type="number")
    ProfilePropertyFactory.create(project=project, name="Big", type="number")
    ProfileFactory.create(
        project=project,
        identity="=1+1",
        name="#N/A",
        email="",
        properties={"Age": 41.5, "Big": 12345678901234567},
    )
    export = written(marketer, PEOPLE, format="xlsx")
    content = content_of(marketer, export)
    sheet = load_workbook(BytesIO(content)).active
    head, row = list(sheet.iter_rows())
    told = {name.value: (cell.value, cell.data_type) for name, cell in zip(head, row, strict=True)}
    assert (told["Identity"], told["Name"]) == (("=1+1", "s"), ("#N/A", "s"))
    assert row[0].quotePrefix
    assert told["Age"] == (41.5, "n")
    assert told["Big"] == ("12345678901234567", "s")


def test_what_no_workbook_can_hold_is_left_out_of_it(project: Project, marketer: Client) -> None:
    """Signs that are none in XML: one of them, and nobody can open the file."""
    signs = [chr(code) for code in (*range(1, 9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)]
    name = "a" + "".join(signs) + "\t\x7f\ufffd\U0001f600z"
    ProfileFactory.create(project=project, identity="odd", name=name)
    content = content_of(marketer, written(marketer, PEOPLE, format="xlsx"))
    head, row = load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True))["Name"] == "a\t\x7f\ufffd\U0001f600z"


def test_more_people_than_a_workbook_is_written_for_are_refused_when_they_are_asked_for(
    project: Project, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "MOST_ROWS", 2)
    ProfileFactory.create_batch(2, project=project)
    assert written(marketer, PEOPLE, format="xlsx").status == ExportStatus.DONE
    ProfileFactory.create(project=project)
    answer = marketer.post(PEOPLE, {"format": "xlsx"})
    assert (answer.status_code, escape(formats.TOO_LONG) in answer.content.decode()) == (200, True)
    assert (Export.objects.count(), AuditEntry.objects.count()) == (1, 1)
    assert written(marketer, PEOPLE, format="csv").status == ExportStatus.DONE


def test_of_people_who_have_become_too_many_no_row_is_written(
    project: Project, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "MOST_ROWS", 2)
    ProfileFactory.create_batch(2, project=project)
    marketer.post(PEOPLE, {"format": "xlsx"})
    ProfileFactory.create(project=project)
    begun = list[str]()
    monkeypatch.setattr(people_file, "_rows", lambda *_: (begun.append(row) for row in "abc"))
    write_exports()
    export = Export.objects.get()
    assert (export.status, export.problem) == (ExportStatus.FAILED, formats.TOO_LONG)
    assert (export.rows_total, begun) == (None, [])


def test_where_nobody_knows_how_many_rows_there_will_be_too_many_leave_nothing(
    project: Project, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "MOST_ROWS", 2)
    for _ in range(3):
        EventFactory.create(project=project, at=BEGINS)
    export = written(marketer, reverse("admin:campaigns_export_events"), **MARCH, format="xlsx")
    assert (export.status, export.problem) == (ExportStatus.FAILED, formats.TOO_LONG)
    assert [path for path in _writer.ALL_TEMP_FILES if Path(path).exists()] == []


def test_a_format_that_there_is_not_is_csv(project: Project, marketer: Client) -> None:
    assert written(marketer, PEOPLE, format="../../etc/passwd").format == "csv"


def test_events_are_those_of_the_projects_days(project: Project, marketer: Client) -> None:
    anna = ProfileFactory.create(project=project, identity="u-1", name="=Anna")
    for at in (BEGINS - MOMENT, BEGINS, ENDS - MOMENT, ENDS):
        EventFactory.create(project=project, profile=anna, at=at, properties={"a": 1})
    EventFactory.create(at=BEGINS)
    export = written(marketer, reverse("admin:campaigns_export_events"), **MARCH)
    head, *rows = rows_of(marketer, export)
    assert head == ["When", "Event", "Identity", "Phone", "Name", "Properties"]
    assert [(row[0], row[2], row[4], row[5]) for row in sorted(rows)] == [
        ("2026-03-01T00:00:00+05:30", "u-1", "'=Anna", '{"a": 1}'),
        ("2026-03-31T23:59:59+05:30", "u-1", "'=Anna", '{"a": 1}'),
    ]
    assert export.title == "Events, 1 Mar 2026 to 31 Mar 2026"


def test_what_people_wrote_is_written_as_they_wrote_it(project: Project, marketer: Client) -> None:
    InboundMessageFactory.create(
        project=project,
        text="=HYPERLINK(1)\nbye",
        at=BEGINS,
        received_at=BEGINS,
        consequence=Consequence.OPTED_OUT,
    )
    InboundMessageFactory.create(at=BEGINS, received_at=BEGINS)
    export = written(marketer, reverse("admin:campaigns_export_inbound"), **MARCH)
    (row,) = rows_of(marketer, export)[1:]
    assert (row[4], row[5]) == ("'=HYPERLINK(1)\nbye", "Opted out")


def test_messages_of_some_days_are_of_every_kind(project: Project, marketer: Client) -> None:
    anna = ProfileFactory.create(project=project, identity="u-1", name="=Anna")
    run = RunFactory.create(campaign__project=project, campaign__name="@Tea")
    failed = {"state": State.FAILED, "reason": Reason.REPORTED, "code": "003"}
    for entry, at in enumerate((BEGINS - MOMENT, BEGINS, ENDS - MOMENT, ENDS)):
        MessageFactory.create(run=run, profile=anna, entry=entry, created_at=at, **failed)
    MessageFactory.create(
        run=None,
        campaign=None,
        project=project,
        kind=MessageKind.AUTO_REPLY,
        profile=None,
        phone="+919000000009",
        created_at=BEGINS,
        state=State.SENT,
        sent_at=BEGINS,
    )
    MessageFactory.create(created_at=BEGINS)
    export = written(marketer, MESSAGES, **MARCH)
    head, *rows = rows_of(marketer, export)
    assert head[:9] == [
        *("Queued", "Kind", "Campaign", "Identity", "Phone", "Name"),
        *("What became of it", "Why", "Code"),
    ]
    first, last = "2026-03-01T00:00:00+05:30", "2026-03-31T23:59:59+05:30"
    assert [(row[0], row[1], row[2], row[3], row[5], row[6], row[8]) for row in rows] == [
        (first, "Campaign", "'@Tea", "u-1", "'=Anna", "Failed", "003"),
        (last, "Campaign", "'@Tea", "u-1", "'=Anna", "Failed", "003"),
        (first, "Auto-reply", "", "", "", "Sent", ""),
    ]
    assert (rows[2][4], rows[2][9]) == ("'+919000000009", first)
    assert export.title == "Messages, 1 Mar 2026 to 31 Mar 2026"
    part = {"slice": "failed", "reason": "reported", "code": "003", "kind": "1"}
    assert len(rows_of(marketer, written(marketer, MESSAGES, **MARCH, **part))) == 3
    for other in ({"kind": "3"}, {"code": "101"}, {"reason": "refused"}, {"slice": "delivered"}):
        assert len(rows_of(marketer, written(marketer, MESSAGES, **MARCH, **(part | other)))) == 1


@pytest.mark.parametrize(
    "asked", [{"slice": "sold"}, {"kind": "9"}, {"kind": "x" * 999}, {"kind": "-1"}]
)
def test_messages_that_nobody_can_ask_for_are_not_asked_for(
    marketer: Client, asked: dict[str, str]
) -> None:
    assert marketer.post(MESSAGES, {**MARCH, **asked}).status_code == 404
    assert marketer.get(MESSAGES, asked).status_code == 404
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("shown", "address"),
    [
        ({}, MESSAGES),
        ({"day": "2026-03-02", "slice": "failed"}, "slice=failed&first=2026-03-02&last=2026-03-02"),
        ({"queued": "week", "kind": "3", "code": "101"}, f"{MESSAGES}?kind=3&code=101"),
        ({"campaign": "7", "slice": "read"}, "/campaign/7/export/?slice=read"),
        ({"campaign": "7", "variant": "2"}, "/campaign/7/export/?variant=2"),
        # What no file can be asked for.
        ({"campaign": "7", "day": "2026-03-02"}, ""),
        ({"campaign": "", "variant": "7"}, ""),
    ],
)
def test_the_list_of_messages_leads_to_the_file_of_what_it_shows(
    project: Project, shown: dict[str, str], address: str
) -> None:
    found = leads_to(project, shown)
    assert found.export.endswith(address) if address else found.export == ""
    people = found.export.replace("/export/?", "/people/?") if "/campaign/" in address else ""
    assert found.people == people


def test_whom_a_run_shows_can_be_put_into_a_list_and_a_file(
    project: Project, marketer: Client
) -> None:
    """Though a second try of some of them went out."""
    run = RunFactory.create(campaign__project=project, campaign__status="completed")
    again = RunFactory.create(campaign=run.campaign, number=2, retry_of=run)
    failed, sent = MessageFactory.create_batch(2, run=run)
    MessageFactory.create(run=again, profile=failed.profile)
    listed = reverse("admin:campaigns_message_changelist")
    assert f"people/?run={run.pk}" in marketer.get(listed, {"run": run.pk}).content.decode()
    found = leads_to(project, {"run": str(run.pk)})
    people = marketer.get(found.people).content.decode()
    assert "Targeted, run 1" in people
    assert "in a segment" not in people
    marketer.post(found.people, {"name": "Run 1", "run": run.pk})
    members = CustomList.objects.get().members.values_list("profile", flat=True)
    assert set(members) == {failed.profile_id, sent.profile_id}
    export = written(marketer, found.export, run=str(run.pk))
    assert len(rows_of(marketer, export)) == 3
    # What is no run, and another campaign's.
    assert leads_to(project, {"run": str(RunFactory.create().pk)}) == LeadsTo()
    other = reverse("admin:campaigns_campaign_people", args=[again.campaign_id])
    assert marketer.get(other, {"run": "x"}).status_code == 404


def test_the_list_of_messages_has_its_button(project: Project, viewer: Client) -> None:
    MessageFactory.create(run__campaign__project=project, code="101")
    listed = reverse("admin:campaigns_message_changelist")
    assert MESSAGES not in viewer.get(listed).content.decode()
    Membership.objects.filter(project=project).update(role=Role.MARKETER)
    assert MESSAGES in viewer.get(listed).content.decode()
    assert f"{MESSAGES}?code=101" in viewer.get(listed, {"code": "101"}).content.decode()
    assert MESSAGES not in viewer.get(listed, {"q": "anna"}).content.decode()
    asked = viewer.get(MESSAGES, {"slice": "failed", "code": "101", "first": "2026-03-02"})
    text = asked.content.decode()
    assert "Messages of all kinds: failed, code 101" in text
    assert ('value="2026-03-02"' in text, 'name="code" value="101"' in text) == (True, True)


@pytest.mark.parametrize(
    ("shown", "exported"),
    [
        ("campaigns_event", "campaigns_export_events"),
        ("callbacks_inboundmessage", "campaigns_export_inbound"),
    ],
)
def test_what_lists_show_can_be_exported_from_there(
    project: Project, viewer: Client, shown: str, exported: str
) -> None:
    EventFactory.create(project=project)
    InboundMessageFactory.create(project=project)
    listed, export = reverse(f"admin:{shown}_changelist"), reverse(f"admin:{exported}")
    assert export not in viewer.get(listed).content.decode()
    Membership.objects.filter(project=project).update(role=Role.MARKETER)
    assert export in viewer.get(listed).content.decode()


def test_who_left_says_how(project: Project, marketer: Client) -> None:
    flag = SubscriptionChange.Flag
    anna = ProfileFactory.create(project=project, identity="u-1")
    given = {"project": project, "profile": anna, "at": BEGINS}
    SubscriptionChangeFactory.create(**given, flag=flag.SUBSCRIBED, value=False)
    SubscriptionChangeFactory.create(**given, flag=flag.SUBSCRIBED, value=True)
    SubscriptionChangeFactory.create(**given, flag=flag.BLOCKED, value=False)
    SubscriptionChangeFactory.create(
        project=project,
        profile=None,
        match_key=anna.match_key,
        at=BEGINS,
        flag=flag.BLOCKED,
        value=True,
        source=Source.KEYWORD,
    )
    for n, (value, at) in enumerate([(False, BEGINS), (True, BEGINS), (False, BEGINS - YEAR)]):
        start = SubscriptionStartFactory.create(project=project, value=value, at=at)
        ProfileFactory.create(project=project, identity=f"new-{n}", subscription_start=start)
    export = written(marketer, reverse("admin:campaigns_export_opt_outs"), **MARCH)
    assert sorted(row[1:4] for row in rows_of(marketer, export)[1:]) == [
        ["No longer subscribed", "Console", "u-1"],
        ["No longer subscribed", "Import", "new-0"],
        ["Opted out", "Keyword", "u-1"],
    ]


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("", "", "Choose both days"),
        ("2026-03-31", "2026-03-01", "Choose both days"),
        ("0001-01-01", "2026-03-01", "Choose both days"),
        ("9" * 4_000, "x", "Choose both days"),
        ("2025-01-01", "2026-03-01", "Choose 366 days at the most"),
    ],
)
def test_days_that_are_none_are_said(marketer: Client, first: str, last: str, said: str) -> None:
    where = reverse("admin:campaigns_export_events")
    answer = marketer.post(where, {"first": first, "last": last})
    assert said in answer.content.decode()
    assert not Export.objects.exists()


def test_what_was_chosen_stays_chosen_where_the_days_are_none(marketer: Client) -> None:
    where = reverse("admin:campaigns_export_events")
    chosen = '<option value="xlsx" selected>'
    assert chosen not in marketer.get(where).content.decode()
    again = marketer.post(where, {"first": "2026-03-02", "last": "2026-03-01", "format": "xlsx"})
    assert chosen in again.content.decode()
