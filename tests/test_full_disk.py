"""What is stored in files, where the disk has no room: nothing half, a clear answer, and it goes on
when there is room. The stores' own disk is among the faults (tests/faults/disk_full.py)."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from io import SEEK_END
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from callbacks.inbox.keeping_files import keep_files
from callbacks.models import FileState
from campaigns.audience.imports.importing import run_import
from campaigns.audience.imports.lease import NO_ROOM
from campaigns.audience.imports.queueing import cancel
from campaigns.models import ExportFormat, ExportStatus, Import, ImportStatus
from campaigns.results.exports.writing import NO_ROOM as NO_ROOM_FOR_EXPORT
from campaigns.results.exports.writing import write_next
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from templates_app.models import MediaFile
from tests.callbacks.inbox.test_keeping_files import PNG, hear, host
from tests.campaigns.audience.imports.uploads import queued, refused_rows
from tests.factories import ExportFactory, ProfileFactory, ProfilePropertyFactory
from tests.small_disk import MIB, SKIPPED, fill, may_mount, small_disk
from tests.templates_app.media.test_judging_media import picture

__all__ = ["host"]

PICTURE = reverse("admin:templates_app_template_media")
IMPORT = reverse("admin:campaigns_import_add")
CSV = b"identity,Phone\nu-1,+919000011122\n"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not may_mount(), reason=SKIPPED),
]


@pytest.fixture
def disk(settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """Full, until its `filler` is deleted. MEDIA_ROOT and what is uploaded lie on it."""
    place = tmp_path / "disk"
    place.mkdir()
    settings.PUBLIC_BASE_URL = "https://kabootar.example"
    with small_disk(place, size=4 * MIB):
        settings.MEDIA_ROOT = settings.FILE_UPLOAD_TEMP_DIR = place
        fill(place)
        yield place


def files(disk: Path) -> list[str]:
    return [path.name for path in disk.rglob("*") if path.is_file()]


def send_picture(client: Client) -> HttpResponse:
    client.raise_request_exception = False
    form = {"file": SimpleUploadedFile("a.png", picture()), "header": "IMAGE"}
    return client.post(PICTURE, form, headers={"Accept": "application/json"})  # type: ignore[return-value]


def send_people(client: Client, content: bytes) -> HttpResponse:
    client.raise_request_exception = False
    form = {"file": SimpleUploadedFile("people.csv", content), "kind": "people"}
    return client.post(IMPORT, form)  # type: ignore[return-value]


def test_a_picture_is_refused_with_the_way_out_and_taken_when_there_is_room(
    disk: Path, marketer: Client
) -> None:
    refused = send_picture(marketer)
    told = json.loads(refused.content)
    assert (refused.status_code, "disk is full" in told["said"], told["tone"], told["url"]) == (
        503, True, "error", "",
    )  # fmt: skip
    assert files(disk) == ["filler"]
    assert (MediaFile.objects.count(), AuditEntry.objects.count()) == (0, 0)

    (disk / "filler").unlink()
    assert json.loads(send_picture(marketer).content)["tone"] == "fine"
    assert MediaFile.objects.get().file.read() == picture()


@pytest.mark.parametrize("content", [CSV, CSV + b"\n" * 2 * MIB], ids=["small", "large"])
def test_people_are_refused_with_the_way_out_and_taken_when_there_is_room(
    disk: Path, marketer: Client, content: bytes
) -> None:
    """A large one already while it comes in."""
    refused = send_people(marketer, content)
    assert (refused.status_code, b"There is no room" in refused.content) == (503, True)
    assert (files(disk), Import.objects.count(), AuditEntry.objects.count()) == (["filler"], 0, 0)

    (disk / "filler").unlink()
    assert send_people(marketer, content).status_code == 302
    assert Import.objects.get().file.read() == content


def test_a_file_whose_row_can_not_be_saved_is_not_kept(disk: Path, marketer: Client) -> None:
    (disk / "filler").unlink()
    with connection.cursor() as cursor:  # as PostgreSQL says where it is its disk that is full
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
            " $$BEGIN RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END$$"
        )
        for table in ("campaigns_import", "templates_app_mediafile"):
            cursor.execute(
                f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()"
            )
    answers = [send_picture(marketer).status_code, send_people(marketer, CSV).status_code]
    assert (answers, files(disk)) == ([503, 503], [])


def test_an_import_waits_for_room_and_goes_on(
    disk: Path, project: Project, marketer: Client
) -> None:
    (disk / "filler").unlink()
    upload = queued(project, CSV + b"u-2,nobody's number\n")
    fill(disk)
    for _ in range(5):  # more often than a worker may die of it
        run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.tries, upload.problem) == (ImportStatus.QUEUED, 0, NO_ROOM)
    page = marketer.get(reverse("admin:campaigns_import_change", args=[upload.pk]))
    assert "goes on by itself once there is room" in page.content.decode()

    (disk / "filler").unlink()
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.tries, upload.problem) == (ImportStatus.DONE, 1, "")
    assert (upload.created, upload.refused, len(refused_rows(upload))) == (1, 1, 2)


def test_an_import_that_waits_for_room_can_be_cancelled(disk: Path, project: Project) -> None:
    (disk / "filler").unlink()
    upload = queued(project, CSV + b"u-2,nobody's number\n")
    fill(disk)
    run_import(upload.pk)
    assert cancel(upload, by=SYSTEM)
    upload.refresh_from_db()
    assert upload.status == ImportStatus.CANCELLED


def test_pictures_that_people_send_wait_for_room(
    disk: Path, host: str, settings: Settings, project: Project
) -> None:
    settings.MEDIA_ROOT = disk
    message = hear(project, f"{host}/picture")
    for _ in range(5):
        keep_files()
    message.refresh_from_db()
    assert (message.file_state, message.file_tries) == (FileState.WANTED, 0)

    (disk / "filler").unlink()
    keep_files()
    message.refresh_from_db()
    assert message.file_state == FileState.KEPT
    assert (disk / message.file).read_bytes() == PNG


LOGS_AND_GOES_ON = """
import logging, sys, django
django.setup()
for number in range(5000):
    logging.getLogger("campaigns").error("A line that finds no room: %s", number)
sys.stdout.write("went on")
"""


def test_a_log_that_can_not_be_written_stops_nobody() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", LOGS_AND_GOES_ON],
            stdout=subprocess.PIPE, stderr=full, check=False, text=True,
        )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "went on")


def test_an_export_fails_with_the_way_out_and_leaves_nothing(disk: Path, project: Project) -> None:
    export = ExportFactory.create(project=project, status=ExportStatus.QUEUED)
    assert write_next()
    export.refresh_from_db()
    assert (export.status, export.problem) == (ExportStatus.FAILED, NO_ROOM_FOR_EXPORT)
    assert files(disk) == ["filler"]

    (disk / "filler").unlink()
    again = ExportFactory.create(project=project, status=ExportStatus.QUEUED)
    assert write_next()
    again.refresh_from_db()
    assert (again.status, bool(again.file)) == (ExportStatus.DONE, True)


@pytest.mark.parametrize("form", list(ExportFormat))
@pytest.mark.parametrize("rows", [50, 400])
def test_a_disk_that_fills_up_in_mid_export_leaves_nothing_either(
    disk: Path, project: Project, monkeypatch: pytest.MonkeyPatch, form: ExportFormat, rows: int
) -> None:
    """While rows are written, or where what was written is stored."""
    monkeypatch.setattr(tempfile, "tempdir", str(disk))
    with (disk / "filler").open("r+b") as filler:
        filler.truncate(filler.seek(0, SEEK_END) - 64 * 1024)
    ProfilePropertyFactory.create(project=project, name="Note")
    for n in range(rows):
        note = "".join(chr(0x4E00 + (n * 7919 + sign * 104_729) % 20_000) for sign in range(400))
        ProfileFactory.create(project=project, properties={"Note": note})
    export = ExportFactory.create(project=project, status=ExportStatus.QUEUED, format=form)
    assert write_next()
    export.refresh_from_db()
    assert (export.status, export.problem) == (ExportStatus.FAILED, NO_ROOM_FOR_EXPORT)
    assert (files(disk), write_next()) == (["filler"], False)
