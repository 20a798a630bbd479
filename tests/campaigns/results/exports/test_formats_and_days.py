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
from openpyxl import load_workbook
from openpyxl.worksheet import _writer
from pytest_django import Settings

from callbacks.models import Consequence
from campaigns.models import Export, ExportStatus, Source, SubscriptionChange
from campaigns.results.exports import formats
from campaigns.tasks import write_exports
from providers.models import Project
from tests.factories import (
    EventFactory,
    InboundMessageFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    SubscriptionChangeFactory,
    SubscriptionStartFactory,
)

pytestmark = pytest.mark.django_db
PEOPLE = reverse("admin:campaigns_profile_export")
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


def test_more_rows_than_a_workbook_is_written_for_are_refused_and_leave_nothing(
    project: Project, marketer: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(formats, "MOST_ROWS", 2)
    ProfileFactory.create_batch(2, project=project)
    assert written(marketer, PEOPLE, format="xlsx").status == ExportStatus.DONE
    ProfileFactory.create(project=project)
    export = written(marketer, PEOPLE, format="xlsx")
    assert (export.status, export.problem) == (ExportStatus.FAILED, formats.TOO_LONG)
    assert [path for path in _writer.ALL_TEMP_FILES if Path(path).exists()] == []
    assert written(marketer, PEOPLE, format="csv").status == ExportStatus.DONE


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
