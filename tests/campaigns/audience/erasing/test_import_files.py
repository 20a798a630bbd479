"""People in the files that imports keep."""

from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.audience.erasing import import_files
from campaigns.audience.erasing.carrying_out import carry_out
from campaigns.audience.erasing.import_files import HELD_SOMEBODY, ROWS_UNREADABLE, UNREADABLE
from campaigns.audience.erasing.ordering import erase
from campaigns.audience.imports.workbooks.every_row import every_row
from campaigns.models import Import, ImportStatus, Profile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.imports.workbooks import with_blank_rows, with_names, workbook
from tests.factories import ImportFactory, ProfileFactory

pytestmark = pytest.mark.django_db

REFUSED = """row,reason,identity,Phone,E-mail
2,No such number,u-1,+91 90000 11122x,
3,Unknown,U-7,090000-11122,
4,Unknown,u-8,,asha@example.com
5,Unknown,u-9,9000033344,ravi@example.com
"""
KEPT = [REFUSED.splitlines()[0], REFUSED.splitlines()[-1]]


def uploaded(project: Project, content: str | bytes, **more: object) -> Import:
    upload: Import = ImportFactory.create(
        project=project, status=ImportStatus.UPLOADED, kind="people", **more
    )
    upload.file.save(
        "people.csv", ContentFile(content.encode() if isinstance(content, str) else content)
    )
    return upload


def test_their_rows_are_taken_out_and_uploads_with_them_are_cancelled(
    project: Project,
    settings: Settings,
    tmp_path: object,
    django_capture_on_commit_callbacks: object,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    person = ProfileFactory.create(
        project=project, identity="u-1", phone="+919000011122", email="Asha@example.com"
    )
    ended = ImportFactory.create(project=project)
    ended.refused_file.save("x", ContentFile(b"\xef\xbb\xbf" + REFUSED.encode()))
    hers = uploaded(project, "identity,Phone\nu-77,+91 90000 11122\n")
    rows = [["identity", "Phone"], ["u-78", "+91 90000 33344"]]
    sheets = {"People": rows, "Old": [["Our customers"], [], ["x", 919000011122]]}
    hers_too = uploaded(project, workbook(sheets, hidden=["Old"]))
    others = uploaded(project, "identity,Phone\nu-78,+91 90000 33344\n")

    erase(project, Profile.objects.filter(pk=person.pk), by=SYSTEM)
    carry_out()

    ended.refresh_from_db()
    with ended.refused_file.open("rb") as file:
        assert file.read().decode("utf-8-sig").splitlines() == KEPT
    told = Import.objects.order_by("pk").values_list("pk", "status", "problem")
    assert list(told) == [
        (ended.pk, ImportStatus.DONE, ""),
        (hers.pk, ImportStatus.CANCELLED, HELD_SOMEBODY),
        (hers_too.pk, ImportStatus.CANCELLED, HELD_SOMEBODY),
        (others.pk, ImportStatus.UPLOADED, ""),
    ]


def orders(project: Project, count: int) -> list[Profile]:
    """So many people, each erased by an order of their own."""
    people: list[Profile] = ProfileFactory.create_batch(count, project=project)
    for person in people:
        erase(project, Profile.objects.filter(pk=person.pk), by=SYSTEM)
    return people


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: object) -> list[int]:
    """The imports whose uploaded files were opened, one by one."""
    settings.MEDIA_ROOT = tmp_path
    opened, numbers = import_files.opened, list[int]()

    def noted(upload: Import) -> AbstractContextManager[BinaryIO]:
        numbers.append(upload.pk)
        return opened(upload)

    monkeypatch.setattr(import_files, "opened", noted)
    return numbers


def test_however_many_orders_wait_a_file_is_read_once(project: Project, read: list[int]) -> None:
    files = [uploaded(project, f"identity\nother-{number}\n") for number in range(3)]
    orders(project, 30)

    assert carry_out() == 30
    assert sorted(read) == [upload.pk for upload in files]

    late = uploaded(project, f"identity\n{orders(project, 1)[0].identity}\n")
    carry_out()
    late.refresh_from_db()
    assert (late.status, len(read)) == (ImportStatus.CANCELLED, 7)


def test_a_sheet_is_read_once_however_many_names_it_has(project: Project, read: list[int]) -> None:
    rows = [["identity"], *([f"other-{number}"] for number in range(100))]
    book = with_names(workbook(rows), 150)
    waiting = uploaded(project, book)
    orders(project, 1)
    carry_out()
    waiting.refresh_from_db()
    assert (waiting.status, list(every_row(BytesIO(book)))) == (ImportStatus.UPLOADED, rows)


def test_a_workbook_that_was_let_in_and_can_not_be_read_goes(
    project: Project, read: list[int]
) -> None:
    waiting = uploaded(project, with_names(workbook([["identity"], ["u-1"]]), 3_000))
    orders(project, 1)
    carry_out()
    waiting.refresh_from_db()
    assert (waiting.status, waiting.problem) == (ImportStatus.CANCELLED, UNREADABLE)


@pytest.mark.parametrize("content", ["identity\n" + "other\n" * 3_000_000, with_blank_rows(100)])
def test_a_file_that_takes_too_long_goes_and_says_so(
    project: Project,
    viewer: Client,
    read: list[int],
    monkeypatch: pytest.MonkeyPatch,
    content: str | bytes,
) -> None:
    monkeypatch.setattr(import_files, "PATIENCE", 0.3)
    waiting = uploaded(project, content)
    orders(project, 1)

    assert carry_out() == 1
    page = viewer.get(reverse("admin:campaigns_import_change", args=[waiting.pk]))
    assert UNREADABLE in page.content.decode()


@pytest.mark.parametrize(
    "rows",
    [
        '"u-1,+91 90000 11122,x\n',  # a quote that nobody closes
        "u-1,+91 90000 11122,x,y,z\n",
        "\0,+91 90000 11122,x\n",
        f"{'y' * 600}\0,u-1,x\n",  # of which too little is left to tell
    ],
)
def test_people_in_broken_rows_are_found(project: Project, read: list[int], rows: str) -> None:
    person = ProfileFactory.create(project=project, identity="u-1", phone="+919000011122")
    waiting = uploaded(project, f"identity,Phone,City\nu-7,,\n{rows}")
    erase(project, Profile.objects.filter(pk=person.pk), by=SYSTEM)
    carry_out()
    waiting.refresh_from_db()
    assert waiting.status == ImportStatus.CANCELLED


@pytest.mark.parametrize(
    "written",
    [
        *("90000-11122", "0091 90000.11122", "(090000) 11122", "919000011122.0", "९००००१११२२"),
        *("https://wa.me/919000011122?text=Hello%20123", "tel:+919000011122", "p:+919000011122"),
        *('"=""+919000011122"""', "+91 90000 11122 ::: +91 90000 33344", "'+919000011122"),
    ],
)
def test_phones_are_found_however_they_are_written(
    project: Project, read: list[int], written: str
) -> None:
    person = ProfileFactory.create(project=project, phone="+919000011122")
    waiting = uploaded(project, f"identity,Phone\nu-7,{written}\n")
    erase(project, Profile.objects.filter(pk=person.pk), by=SYSTEM)
    carry_out()
    waiting.refresh_from_db()
    assert waiting.status == ImportStatus.CANCELLED


@pytest.mark.parametrize(("patience", "cell"), [(0, "x"), (10, "x" * 140_000)])
def test_refused_rows_that_can_not_be_looked_through_go_and_say_so(
    project: Project,
    viewer: Client,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
    patience: float,
    cell: str,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(import_files, "PATIENCE", patience)
    ended = ImportFactory.create(project=project, status=ImportStatus.DONE)
    ended.refused_file.save("x", ContentFile(f"{REFUSED}6,Unknown,{cell},,\n".encode()))
    orders(project, 1)

    with django_capture_on_commit_callbacks(execute=True):
        assert carry_out() == 1
    ended.refresh_from_db()
    assert ended.refused_file.name == ""
    assert not list((tmp_path / "imports").iterdir())
    page = viewer.get(reverse("admin:campaigns_import_change", args=[ended.pk]))
    assert ROWS_UNREADABLE in page.content.decode()
