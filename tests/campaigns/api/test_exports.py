"""Files that programs ask for: what is in them, who may take them, what can't be asked for."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.http import FileResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import Export, ExportStatus
from campaigns.tasks import write_exports
from providers.models import AuditEntry, Project, Scope
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ExportFactory,
    ListMemberFactory,
    MessageFactory,
    ProfileFactory,
    ProjectFactory,
    RunFactory,
    SegmentFactory,
)
from tests.providers.api.document_checks import check
from tests.providers.api.keys import client_with_key
from tests.providers.api.test_own_key import code_of

pytestmark = pytest.mark.django_db

AT = "/api/v1/exports"


@pytest.fixture(autouse=True)
def _files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def shop(project: Project) -> Client:
    return client_with_key(project, Scope.EXPORT)


def ask(caller: Client, **body: Any) -> Any:
    answer = caller.post(AT, json.dumps(body), content_type="application/json")
    check(answer)
    return answer


def file_of(caller: Client, number: int) -> Any:
    answer = caller.get(f"{AT}/{number}/file")
    check(answer)
    return answer


def rows_of(caller: Client, **body: Any) -> list[str]:
    """The first cells of what is written, without the head."""
    number = ask(caller, **body).json()["id"]
    while Export.objects.unfinished().exists():
        write_exports()
    answer = file_of(caller, number)
    assert isinstance(answer, FileResponse), answer.content
    lines = b"".join(answer).decode("utf-8-sig").splitlines()  # type: ignore[arg-type]
    return [line.partition(",")[0] for line in lines[1:]]


def test_a_file_is_asked_for_written_and_taken_along(project: Project, shop: Client) -> None:
    ProfileFactory.create(project=project, identity="u-1")
    ProfileFactory.create(identity="of-another-project")
    asked = ask(shop, of="people")
    export = asked.json()
    assert (asked.status_code, export["status"], export["title"]) == (202, "queued", "Everybody")
    assert code_of(file_of(shop, export["id"])) == (422, "export.refused")
    write_exports()
    done = shop.get(f"{AT}/{export['id']}").json()
    assert (done["status"], done["rows"], done["bytes"] > 0) == ("done", 1, True)
    answer = file_of(shop, export["id"])
    assert b"u-1" in b"".join(answer)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="everybody.csv"'
    assert answer["Cache-Control"] == "no-store"
    told = AuditEntry.objects.filter(key__isnull=False).order_by("pk")
    assert list(told.values_list("action", flat=True)) == ["export.asked", "export.downloaded"]


def test_everything_that_the_console_exports_can_be_asked_for(
    project: Project, shop: Client
) -> None:
    people = [ProfileFactory.create(project=project, identity=f"u-{n}") for n in range(3)]
    chosen = CustomListFactory.create(project=project)
    ListMemberFactory.create(custom_list=chosen, profile=people[0])
    segment = SegmentFactory.create(project=project)
    campaign = CampaignFactory.create(project=project, name="Sale", status="completed")
    run = RunFactory.create(campaign=campaign)
    for profile in people[:2]:
        MessageFactory.create(run=run, profile=profile, project=project)
    today, day = timezone.now().date(), timedelta(days=1)  # somewhere it is another one
    days = {"first": (today - day).isoformat(), "last": (today + day).isoformat()}
    assert len(rows_of(shop, of="people", list=chosen.pk)) == 1
    assert ask(shop, of="people", segment=segment.pk).status_code == 202
    assert len(rows_of(shop, of="messages", campaign=campaign.pk)) == 2
    assert rows_of(shop, of="messages", campaign=campaign.pk, slice="read") == []
    assert len(rows_of(shop, of="messages", **days)) == 2
    assert rows_of(shop, of="messages", slice="read", **days) == []
    for kind in ("events", "inbound", "opt_outs"):
        assert rows_of(shop, of=kind, **days) == []
    assert ask(shop, of="results").status_code == 202
    workbook = ask(shop, of="results", campaign=campaign.pk, format="xlsx").json()
    for _ in range(2):
        write_exports()
    assert file_of(shop, workbook["id"])["Content-Type"].endswith(".sheet")


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["of"]),
    ({"of": "secrets"}, ["of"]),
    ({"of": "people", "format": "pdf"}, ["format"]),
    ({"of": "people", "list": "1"}, ["list"]),
    ({"of": "people", "list": 2**63}, ["list"]),
    ({"of": "people", "list": 1}, ["list"]),
    ({"of": "people", "segment": 1}, ["segment"]),
    ({"of": "people", "list": 1, "segment": 1}, ["segment"]),
    ({"of": "people", "campaign": 1}, ["campaign"]),
    ({"of": "people", "shoe": 38}, ["shoe"]),
    ({"of": "messages"}, ["campaign"]),
    ({"of": "messages", "campaign": 1}, ["campaign"]),
    ({"of": "messages", "campaign": 1, "slice": "sold"}, ["slice"]),
    ({"of": "messages", "first": "2026-03-01"}, ["campaign"]),
    (
        {"of": "messages", "campaign": 1, "first": "2026-03-01", "last": "2026-03-01"},
        ["campaign"],
    ),
    ({"of": "events"}, ["first", "last"]),
    ({"of": "events", "first": "20260101", "last": "2026-1-1"}, ["first", "last"]),
    ({"of": "events", "first": 5, "last": "2026-02-30"}, ["first", "last"]),
]


@pytest.mark.parametrize(("body", "paths"), WRONG, ids=str)
def test_what_is_wrong_with_a_wish_is_named(
    body: dict[str, Any], paths: list[str], shop: Client
) -> None:
    answer = ask(shop, **body)
    assert code_of(answer) == (422, "body.wrong")
    assert [part["path"] for part in answer.json()["errors"]] == paths
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("first", "last"), [("2026-02-01", "2026-01-01"), ("2024-01-01", "2026-01-01")]
)
def test_days_the_wrong_way_round_or_too_many_are_refused(
    first: str, last: str, shop: Client
) -> None:
    answer = ask(shop, of="events", first=first, last=last)
    assert code_of(answer) == (422, "export.refused")


def test_a_step_that_comes_before_is_none(project: Project, shop: Client) -> None:
    campaign = CampaignFactory.create(project=project)
    answer = ask(shop, of="messages", campaign=campaign.pk, slice="read", but_not="sent")
    assert [part["path"] for part in answer.json()["errors"]] == ["but_not"]


def test_nothing_of_another_project_is_exported(project: Project, shop: Client) -> None:
    other = ProjectFactory.create()
    theirs = {
        "list": CustomListFactory.create(project=other).pk,
        "segment": SegmentFactory.create(project=other).pk,
    }
    answers = [ask(shop, of="people", **{name: number}) for name, number in theirs.items()]
    campaign = CampaignFactory.create(project=other)
    answers += [ask(shop, of=kind, campaign=campaign.pk) for kind in ("messages", "results")]
    assert [code_of(answer) for answer in answers] == [(422, "body.wrong")] * 4


def test_only_the_key_that_asked_takes_the_file_along(
    project: Project, shop: Client, marketer: Client
) -> None:
    other = client_with_key(project, Scope.EXPORT)
    number = ask(shop, of="people").json()["id"]
    write_exports()
    assert code_of(file_of(other, number)) == (422, "export.refused")
    page = marketer.get(reverse("admin:campaigns_export_change", args=[number]))
    assert "Only the API key “Web shop” can download it" in page.content.decode()
    download = marketer.get(reverse("admin:campaigns_export_download", args=[number]))
    assert download.status_code == 302
    # And none takes along what somebody at the console has asked for.
    theirs = ExportFactory.create(project=project)
    assert code_of(file_of(shop, theirs.pk)) == (422, "export.refused")


@pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE, Scope.SEND])
def test_reading_alone_exports_nothing(scope: Scope, project: Project, shop: Client) -> None:
    number = ask(shop, of="people").json()["id"]
    write_exports()
    caller = client_with_key(project, scope)
    answers = [ask(caller, of="people"), file_of(caller, number), caller.get(AT)]
    assert [code_of(answer) for answer in answers] == [(403, "key.scope")] * 3


def test_one_is_cancelled_then_deleted(project: Project, shop: Client) -> None:
    number = ask(shop, of="people").json()["id"]
    told = [shop.delete(f"{AT}/{number}").json() for _ in range(2)]
    assert told == [{"deleted": False}, {"deleted": True}]
    assert not Export.objects.exists()
    running = ask(shop, of="people").json()["id"]
    Export.objects.filter(pk=running).update(status=ExportStatus.RUNNING)
    assert shop.delete(f"{AT}/{running}").json() == {"deleted": False}
    assert Export.objects.get(pk=running).cancel_asked
    theirs = ExportFactory.create(project=project)
    assert code_of(shop.delete(f"{AT}/{theirs.pk}")) == (422, "export.refused")
