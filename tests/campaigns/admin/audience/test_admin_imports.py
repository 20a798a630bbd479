"""Imports through the console's pages."""

import csv
from datetime import timedelta
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from campaigns.audience.imports import uploading
from campaigns.audience.imports.importing import opened, run_import
from campaigns.audience.imports.in_time import TAKES_TOO_LONG
from campaigns.audience.imports.reading import NO_ROWS, TOO_MANY_COLUMNS, Rows, read_layout
from campaigns.audience.imports.uploading import MOST_WAITING, TOO_LARGE, TOO_MANY
from campaigns.audience.imports.workbooks import recognizing
from campaigns.models import (
    CustomList,
    Import,
    ImportKind,
    ImportStatus,
    Profile,
    ProfileProperty,
    PropertyType,
)
from config.console import upload_limits
from providers.models import Project
from providers.phones.numbers import NEEDS_COUNTRY_CODE
from tests.campaigns.audience.imports.uploads import imported, queued
from tests.campaigns.audience.imports.workbooks import (
    MAIN,
    SHEET,
    with_blank_rows,
    with_names,
    with_parts,
    workbook,
)
from tests.campaigns.flags import history_of
from tests.factories import (
    CustomListFactory,
    ImportFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    TemplateFactory,
)

ADD = "admin:campaigns_import_add"
NO_KEY = (
    "Choose the column that holds the identities, your own key for each person. "
    "Without one, choose a phone: then that is the key."
)
NO_NUMBER = "“Age” is not a number like 1250 or 12.5."
FILE = "identity,Phone,City,Age\nu-1,+919000011122,Pune,30\nu-2,12,Delhi,many\nu-3,,,\n"


def page(name: str, upload: Import) -> str:
    return reverse(f"admin:campaigns_import_{name}", args=[upload.pk])


def send_file(
    client: Client,
    content: str | bytes = FILE,
    *,
    htmx: bool = False,
    file_name: str = "autumn.csv",
    **data: Any,
) -> HttpResponse:
    raw = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(file_name, raw, "text/csv")
    headers = {"HX-Request": "true"} if htmx else {}
    form = {"file": file, "kind": ImportKind.PEOPLE.value, **data}
    return client.post(reverse(ADD), form, headers=headers)


def uploaded(client: Client, content: str | bytes = FILE, **data: Any) -> Import:
    response = send_file(client, content, **data)
    assert response.status_code == 302, response.context["form"].errors
    return Import.objects.latest("pk")


def as_guessed(client: Client, upload: Import) -> dict[str, str]:
    """What the browser would send of a form that nobody touched."""
    form = client.get(page("change", upload)).context["form"]
    return {name: form[name].value() or "" for name in form.fields}


# The file -------------------------------------------------------------------------------------


def test_a_file_is_kept_until_its_columns_are_confirmed(marketer: Client, project: Project) -> None:
    upload = uploaded(marketer)
    assert (
        upload.project,
        upload.status,
        upload.file_name,
        upload.bytes_total,
        upload.created_by.memberships.get().project,
    ) == (project, ImportStatus.UPLOADED, "autumn.csv", len(FILE), project)
    assert len(upload.file.name) > 30
    assert "autumn" not in upload.file.name


def test_an_upload_by_htmx_is_led_on_by_its_header(marketer: Client) -> None:
    response = send_file(marketer, htmx=True)
    assert (response.status_code, response["HX-Redirect"]) == (
        200,
        page("change", Import.objects.get()),
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04zip", "This workbook is damaged and can't be read."),
        (b"\xd0\xcf\x11\xe0old", "This is an old Excel file (.xls)."),
        (b"%PDF-1.7", "This is a PDF, not a CSV file."),
        (b"", "The file is empty."),
        (b"identity,Phone\n", "The file has column names, but no rows below them."),
        ("identity,Город\nu-1".encode("cp1251"), "The column names are not in UTF-8."),
    ],
)
def test_a_file_that_is_no_csv_is_refused_beside_the_field(
    marketer: Client, content: bytes, reason: str
) -> None:
    response = send_file(marketer, content)
    (error,) = response.context["form"].errors["file"]
    assert error.startswith(reason)
    assert not Import.objects.exists()


BOOK = workbook([["identity"], ["u-1"]])
ENTITY = f'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet {MAIN}><sheetData/></worksheet>'
PROTECTED = "EncryptedPackage".encode("utf-16-le") + b"\0" * 480
ENCRYPTED_BOOK = recognizing.COMPOUND + b"\0" * 26 + b"\x09\0" + b"\0" * 480 + PROTECTED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (with_parts(BOOK, {SHEET: b" " * 3_000_000}), recognizing.TOO_DENSE),
        (with_parts(BOOK, {SHEET: ENTITY}), recognizing.DAMAGED),
        (with_parts(BOOK, {"xl/vbaProject.bin": b"macro"}), recognizing.WITH_MACROS),
        (ENCRYPTED_BOOK, recognizing.ENCRYPTED),
        (workbook([[f"c{n}" for n in range(16_384)], ["x"]]), TOO_MANY_COLUMNS),
        (workbook([["identity"]]), NO_ROWS),
    ],
    ids=["bomb", "entity", "macros", "password", "columns", "rows"],
)
def test_a_hostile_workbook_is_refused_beside_the_field_and_not_kept(
    marketer: Client, settings: Settings, tmp_path: Path, content: bytes, reason: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    response = send_file(marketer, content, file_name="people.xlsx")
    assert response.context["form"].errors["file"] == [reason]
    assert not Import.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_is_refused(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(upload_limits.LIMITS, "campaigns_import_add", 10)
    response = send_file(marketer)
    assert (response.status_code, Import.objects.exists()) == (302, False)
    assert TOO_LARGE in marketer.get(reverse(ADD)).content.decode()


def test_a_project_fills_no_disk_with_files_that_wait(
    marketer: Client, project: Project, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    waiting = ImportFactory.create_batch(MOST_WAITING, project=project, file="imports/there.csv")
    ImportFactory.create(project=project, file="")  # which has ended
    answer = send_file(marketer, FILE)
    assert answer.context["form"].errors["file"] == [TOO_MANY]
    assert not list(tmp_path.rglob("*.csv"))
    Import.objects.filter(pk=waiting[0].pk).update(file="")
    assert uploaded(marketer).file


def test_people_can_go_into_a_new_list_or_one_that_is_there(
    marketer: Client, project: Project
) -> None:
    loyal = CustomListFactory.create(project=project, name="Loyal")
    old = uploaded(marketer, into_list=loyal.pk)
    new = uploaded(marketer, new_list="Autumn")
    assert (old.into_list, new.into_list) == (loyal, CustomList.objects.get(name="Autumn"))
    assert CustomList.objects.get(name="Autumn").project == project


def test_the_page_proposes_a_new_list_named_after_the_file(
    marketer: Client, project: Project
) -> None:
    form = marketer.get(reverse(ADD)).context["form"]
    assert form["named_after_file"].value() is True
    chosen = marketer.get(reverse(ADD), {"into_list": "5"}).context["form"]
    assert chosen["named_after_file"].value() is False
    CustomListFactory.create(project=project, name="Diwali guests")
    upload = uploaded(marketer, named_after_file="on", file_name="Diwali_guests.csv")
    assert (upload.new_list, CustomList.objects.count()) == ("Diwali guests", 1)
    columns = marketer.get(page("change", upload))
    assert "They go into a new list, “Diwali guests”." in columns.content.decode()
    # Who starts it makes the list, under a name that is free.
    marketer.post(page("change", upload), as_guessed(marketer, upload))
    upload.refresh_from_db()
    assert upload.into_list
    assert upload.into_list.name == "Diwali guests 2"
    run_import(upload.pk)
    assert upload.into_list.members.count() == Profile.objects.count() > 0
    assert "Make a campaign for these people" in marketer.get(page("change", upload)).text


def test_a_list_that_is_chosen_or_named_goes_before_the_files_own(
    marketer: Client, project: Project
) -> None:
    loyal = CustomListFactory.create(project=project, name="Loyal")
    ticked = {"named_after_file": "on"}
    assert uploaded(marketer, into_list=loyal.pk, **ticked).new_list == ""
    assert uploaded(marketer, new_list="Autumn", **ticked).new_list == ""
    assert uploaded(marketer, kind="events", **ticked).new_list == ""
    assert uploaded(marketer, kind="list", **ticked).new_list == "autumn"


@pytest.mark.parametrize(
    ("data", "field", "error"),
    [
        ({"new_list": "Loyal"}, "new_list", "There is a list of this name already."),
        ({"kind": "list"}, "new_list", "Choose a list, or name a new one."),
        ({"kind": ""}, "kind", "“What to do” is missing. Choose one."),
    ],
)
def test_a_list_has_to_be_clear(
    marketer: Client, project: Project, data: dict[str, str], field: str, error: str
) -> None:
    CustomListFactory.create(project=project, name="Loyal")
    response = send_file(marketer, **data)
    assert response.context["form"].errors[field][0].startswith(error)


def test_another_projects_list_cannot_be_chosen(marketer: Client) -> None:
    theirs = CustomListFactory.create(project=ProjectFactory.create())
    response = send_file(marketer, into_list=theirs.pk)
    assert list(response.context["form"].errors) == ["into_list"]


def test_a_list_leads_to_an_upload_into_it(marketer: Client, project: Project) -> None:
    loyal = CustomListFactory.create(project=project)
    shown = marketer.get(reverse("admin:campaigns_customlist_change", args=[loyal.pk]))
    link = f"{reverse(ADD)}?into_list={loyal.pk}&amp;kind=list"
    assert link in shown.content.decode()
    form = marketer.get(link.replace("&amp;", "&")).context["form"]
    assert (form["into_list"].value(), form["kind"].value()) == (str(loyal.pk), "list")


# The columns ----------------------------------------------------------------------------------


def test_the_columns_are_shown_with_a_guess_and_with_what_would_be_refused(
    marketer: Client,
) -> None:
    response = marketer.get(page("change", uploaded(marketer)))
    rows = list(response.context["form"].rows())
    assert [
        (row.label, row.values, row.target.value(), row.value_type.value()) for row in rows
    ] == [
        ("identity", ["u-1", "u-2", "u-3"], "identity", "text"),
        ("Phone", ["+919000011122", "12"], "phone", "text"),
        ("City", ["Pune", "Delhi"], "property", "text"),
        ("Age", ["30", "many"], "property", "text"),
    ]
    assert [(one.count, one.where) for one in response.context["left_out"]] == [(1, "row 3")]


def test_every_change_on_the_page_counts_the_refused_rows_anew(marketer: Client) -> None:
    upload = uploaded(marketer)
    form = as_guessed(marketer, upload)

    def judged(**changed: str) -> str:
        htmx = {"HX-Request": "true"}
        answer = marketer.post(page("change", upload), form | changed, headers=htmx)
        return " ".join(answer.content.decode().split())

    assert "1 would come in without a value that is wrong" in judged()
    assert "1 would be refused" in judged(only_whole_rows="yes")
    assert "1 × “Age” is not a number" in judged(target_1="", type_3="number")
    assert "would be refused" not in judged(target_1="", only_whole_rows="yes")
    assert "No column is “Phone”" in judged(target_1="")
    assert "2 would be refused" in judged(target_0="")
    assert "the phone will be it" in judged(target_0="")
    upload.refresh_from_db()
    assert upload.status == ImportStatus.UPLOADED


def test_of_a_column_that_is_mostly_dates_the_others_are_counted_and_named(
    marketer: Client, project: Project
) -> None:
    days = "".join(f"u-{n},Asha,{'soon' if n < 4 else '2026-01-31'}\n" for n in range(10))
    upload = uploaded(marketer, f"identity,Name,Joined\n{days}".encode())
    form = as_guessed(marketer, upload)

    def judged(**changed: str) -> str:
        htmx = {"HX-Request": "true"}
        answer = marketer.post(page("change", upload), form | changed, headers=htmx)
        return " ".join(answer.content.decode().split())

    mostly = "6 of the first 10 values are dates and 4 are not (rows 2, 3, 4 and 1 more)"
    assert form["type_2"] == "text"
    assert mostly in judged()
    assert mostly not in judged(target_2="")
    as_dates = judged(type_2="date")
    assert mostly not in as_dates
    assert "4 would come in without a value that is wrong" in as_dates
    assert "Rows 2, 3, 4 and 1 more" in as_dates
    ProfileProperty.objects.create(project=project, name="Joined", type=PropertyType.TEXT)
    assert mostly not in judged()  # it can't be another type any more


def test_what_somebody_chose_for_a_column_is_proposed_the_next_time(
    marketer: Client, django_capture_on_commit_callbacks: Any
) -> None:
    file = b"identity,Joined,City\nu-1,01/02/2026,Pune\nu-2,03/04/2026,Delhi\n"
    first = uploaded(marketer, file)
    form = as_guessed(marketer, first) | {"type_1": "date_mdy", "property_2": "Town"}
    marketer.post(page("change", first), form)

    proposed = as_guessed(marketer, uploaded(marketer, file))

    assert (proposed["type_1"], proposed["property_2"]) == ("date_mdy", "Town")


def test_an_import_is_started_with_the_columns_as_confirmed(
    marketer: Client, project: Project, django_capture_on_commit_callbacks: Any
) -> None:
    upload = uploaded(marketer)
    form = as_guessed(marketer, upload) | {
        "type_3": "number",
        "property_2": "Town",
        "new_subscribed": "true",
        "only_whole_rows": "yes",
    }
    response = marketer.post(page("change", upload), form)
    assert (response.status_code, response["Location"]) == (302, page("change", upload))
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.created, upload.refused) == (ImportStatus.DONE, 2, 1)
    assert list(
        Profile.objects.order_by("identity").values_list("identity", "properties", "subscribed")
    ) == [("u-1", {"Town": "Pune", "Age": 30}, True), ("u-3", {}, True)]
    assert dict(project.properties.values_list("name", "type")) == {
        "Town": PropertyType.TEXT,
        "Age": PropertyType.NUMBER,
    }


def test_starting_hands_the_import_to_a_worker_once(
    marketer: Client, django_capture_on_commit_callbacks: Any
) -> None:
    upload = uploaded(marketer)
    form = as_guessed(marketer, upload)
    with django_capture_on_commit_callbacks() as first:
        marketer.post(page("change", upload), form)
    with django_capture_on_commit_callbacks() as second:
        marketer.post(page("change", upload), form)
    upload.refresh_from_db()
    assert (len(first), len(second), upload.status) == (1, 0, ImportStatus.QUEUED)


def test_what_is_wrong_with_the_choices_stands_beside_the_columns(
    marketer: Client, project: Project
) -> None:
    upload = uploaded(marketer)
    form = as_guessed(marketer, upload) | {"target_0": "", "target_1": "", "property_2": "Phone"}
    response = marketer.post(page("change", upload), form)
    shown = response.context["form"]
    problems = {row.label: row.problem for row in shown.rows() if row.problem}
    assert problems == {
        "City": "“Phone” is a field that everybody has. Choose it on the left or another name."
    }
    assert shown.non_field_errors() == [
        NO_KEY,
    ]
    upload.refresh_from_db()
    assert (upload.status, project.properties.count()) == (ImportStatus.UPLOADED, 0)


def test_a_country_other_than_the_projects_may_be_chosen(
    marketer: Client, project: Project
) -> None:
    upload = uploaded(marketer, "identity,Phone\nu-1,(631) 555-1234\n")
    marketer.post(page("change", upload), as_guessed(marketer, upload) | {"default_country": "US"})
    run_import(upload.pk)
    assert Profile.objects.get().phone == "+16315551234"


def test_the_projects_setting_says_what_new_people_are_at_first(
    marketer: Client, project: Project
) -> None:
    project.imported_as_subscribed = True
    project.save()
    assert as_guessed(marketer, uploaded(marketer))["new_subscribed"] == "true"


def test_a_file_for_a_list_asks_for_its_key_alone(marketer: Client, project: Project) -> None:
    ProfileFactory.create(project=project, identity="u-1")
    upload = uploaded(marketer, "identity,City\nu-1,Pune\n", kind="list", new_list="Autumn")
    form = marketer.get(page("change", upload)).context["form"]
    assert [value for value, _ in form.fields["target_0"].choices] == ["", "identity", "phone"]
    assert "new_subscribed" not in form.fields
    marketer.post(page("change", upload), as_guessed(marketer, upload))
    run_import(upload.pk)
    assert CustomList.objects.get().members.get().profile.identity == "u-1"


def test_a_file_that_is_gone_ends_the_import_in_plain_words(marketer: Client) -> None:
    upload = uploaded(marketer)
    upload.file.storage.delete(upload.file.name)
    response = marketer.get(page("change", upload), follow=True)
    assert "The uploaded file is gone. Please upload it again." in response.content.decode()


# The progress ---------------------------------------------------------------------------------


def test_a_running_import_shows_how_far_it_is(marketer: Client, project: Project) -> None:
    upload = queued(project, "identity\n" + "".join(f"u-{n}\n" for n in range(100)))
    Import.objects.filter(pk=upload.pk).update(
        status=ImportStatus.RUNNING,
        bytes_done=upload.bytes_total // 2 + 1,
        rows_read=50_000,
        started_at=timezone.now() - timedelta(seconds=10),
    )
    response = marketer.get(page("progress", upload))
    progress = response.context["progress"]
    assert (response.status_code, progress.percent, progress.step) == (
        200,
        25,
        "Reading and checking the rows",
    )
    assert 4_000 < progress.rows_per_second <= 5_000
    Import.objects.filter(pk=upload.pk).update(
        bytes_done=upload.bytes_total, rows_read=100, created=60, updated=20
    )
    progress = marketer.get(page("progress", upload)).context["progress"]
    assert (progress.percent, progress.step) == (90, "Saving")


def test_the_page_stops_asking_when_the_import_has_ended(
    marketer: Client, project: Project
) -> None:
    upload = imported(project, FILE)
    response = marketer.get(page("progress", upload))
    assert (response.status_code, "hx-get" in response.content.decode()) == (286, False)


def test_a_waiting_import_is_cancelled_by_a_post_alone(marketer: Client) -> None:
    upload = uploaded(marketer)
    assert marketer.get(page("cancel", upload)).status_code == 405
    response = marketer.post(page("cancel", upload), follow=True)
    upload.refresh_from_db()
    assert (upload.status, "Nothing was changed." in response.content.decode()) == (
        ImportStatus.CANCELLED,
        True,
    )


def test_a_viewer_may_watch_and_not_touch(viewer: Client, project: Project) -> None:
    upload = queued(project, FILE)
    Import.objects.filter(pk=upload.pk).update(status=ImportStatus.UPLOADED)
    codes = [
        viewer.get(page("change", upload)).status_code,
        viewer.get(page("progress", upload)).status_code,
        viewer.post(page("change", upload), {}).status_code,
        viewer.post(page("cancel", upload)).status_code,
        viewer.get(reverse(ADD)).status_code,
        send_file(viewer).status_code,
    ]
    assert codes == [200, 200, 403, 403, 403, 403]


# The result -----------------------------------------------------------------------------------


def test_refused_rows_are_downloaded_as_a_csv(
    marketer: Client, viewer: Client, project: Project
) -> None:
    upload = imported(project, FILE, only_whole_rows=True)
    Import.objects.filter(pk=upload.pk).update(file_name="autumn.csv")
    response = marketer.get(page("refused", upload))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert response["Content-Disposition"] == 'attachment; filename="autumn-refused.csv"'
    assert [row[:3] for row in csv.reader(StringIO(text))] == [
        ["Row", "Reason", "identity"],
        ["3", f"{NEEDS_COUNTRY_CODE.format(country='India')} {NO_NUMBER}", "u-2"],
    ]
    shown = [
        page("refused", upload) in client.get(page("change", upload)).content.decode()
        for client in (marketer, viewer)
    ]
    assert (shown, viewer.get(page("refused", upload)).status_code) == ([True, False], 403)


def test_rows_that_came_in_without_a_value_are_counted_and_downloaded(
    marketer: Client, project: Project
) -> None:
    loyal = CustomListFactory.create(project=project)
    upload = imported(project, FILE, into_list=loyal)
    shown = marketer.get(page("change", upload)).content.decode()
    assert f"{reverse(ADD)}?kind=people&amp;into_list={loyal.pk}" in shown  # when it is mended
    assert '<dd id="n-incomplete">1</dd>' in shown
    assert "Wrong rows with their reasons" in shown
    assert marketer.get(page("refused", upload)).status_code == 200


def test_refused_rows_whose_file_is_gone_are_not_found(marketer: Client, project: Project) -> None:
    """As where a database was restored, and its files were not."""
    upload = imported(project, FILE)
    upload.refused_file.storage.delete(upload.refused_file.name)
    assert marketer.get(page("refused", upload)).status_code == 404


def test_an_import_without_refused_rows_has_no_such_file(
    marketer: Client, project: Project
) -> None:
    upload = imported(project, "identity\nu-1\n")
    assert marketer.get(page("refused", upload)).status_code == 404


def test_an_import_that_has_ended_is_deleted_with_its_refused_rows(
    marketer: Client, project: Project
) -> None:
    upload = imported(project, FILE)
    file, storage = upload.refused_file.name, upload.refused_file.storage
    marketer.post(page("delete", upload), {"post": "yes"})
    assert (Import.objects.exists(), storage.exists(file), Profile.objects.count()) == (
        False,
        False,
        3,
    )


def test_a_running_import_is_not_deleted(marketer: Client, project: Project) -> None:
    upload = ImportFactory.create(project=project, status=ImportStatus.RUNNING)
    assert marketer.post(page("delete", upload), {"post": "yes"}).status_code == 403


def test_the_list_of_imports_says_what_became_of_them(viewer: Client, project: Project) -> None:
    imported(project, FILE)
    text = viewer.get(reverse("admin:campaigns_import_changelist")).content.decode()
    assert "Done" in text
    assert "Import a file" not in text


def test_the_page_says_in_which_encoding_the_file_was_read(marketer: Client) -> None:
    upload = uploaded(marketer, "identity,Name\nu-1,Jürgen\n".encode("windows-1252"))
    shown = marketer.get(page("change", upload)).content.decode()
    assert "The file is read as Western European (Windows-1252)." in shown
    assert "Jürgen" in shown


def test_the_file_is_read_again_as_somebody_says_and_nothing_of_it_is_lost(
    marketer: Client,
) -> None:
    names = ["Łukasz Żółć", "Jiří Dvořák"]
    rows = "".join(f"u-{at},{name}\n" for at, name in enumerate(names))
    upload = uploaded(marketer, f"identity,Name\n{rows}".encode("windows-1250"))

    marketer.post(page("encoding", upload), {"encoding": "windows-1250"})

    shown = marketer.get(page("change", upload)).content.decode()
    assert [name in shown for name in names] == [True, True]
    assert "The file is read as Central European (Windows-1250)." in shown
    upload.refresh_from_db()
    with opened(upload) as file:
        layout = read_layout(file, encoding=upload.encoding)
        assert [row[1] for row in Rows(file, layout)] == names


@pytest.mark.parametrize("encoding", ["", "klingon", "utf-16"])
def test_what_a_file_cant_be_read_as_changes_nothing(marketer: Client, encoding: str) -> None:
    upload = uploaded(marketer, b"identity,Name\nu-1,Asha\n")

    marketer.post(page("encoding", upload), {"encoding": encoding})

    upload.refresh_from_db()
    assert upload.encoding == ""
    assert "Asha" in marketer.get(page("change", upload)).content.decode()


def test_another_sheet_of_a_workbook_is_read_when_somebody_says_so(marketer: Client) -> None:
    rows = {name: [["identity", "Age"], [name, 30]] for name in ("Secret", "North", "South")}
    upload = uploaded(marketer, workbook(rows, hidden=["Secret"]))
    first = marketer.get(page("change", upload)).content.decode()
    assert "The sheet “North” of the workbook is read." in first
    assert "Do letters look wrong?" not in first
    assert '<option value="Secret">Secret (hidden)</option>' in first

    marketer.post(page("sheet", upload), {"sheet": "South"})
    missing = marketer.post(page("sheet", upload), {"sheet": "West"}, follow=True)

    assert "The workbook has no sheet of this name." in missing.content.decode()
    marketer.post(page("change", upload), as_guessed(marketer, upload))
    run_import(upload.pk)
    assert list(Profile.objects.values_list("identity", "properties")) == [("South", {"Age": 30})]


def test_how_people_agreed_is_kept_with_everybody_whom_the_import_subscribes(
    marketer: Client, project: Project
) -> None:
    ProfileFactory.create(project=project, identity="u-2", subscribed=True)
    words = "Sign-up form: Send me offers by WhatsApp"
    rows = "u-1,TRUE,\nu-2,TRUE,\nu-3,FALSE,\nu-4,,TRUE\n"
    upload = uploaded(marketer, f"identity,MSG-whatsapp,MSG-dndWhatsApp\n{rows}")
    marketer.post(page("change", upload), as_guessed(marketer, upload) | {"consent": words})
    run_import(upload.pk)

    kept = history_of(project)
    assert [(one.identity, one.value, one.words) for one in kept] == [
        ("u-1", True, words),
        ("u-3", False, words),
    ]
    assert words in marketer.get(page("change", upload)).content.decode()
    person = reverse(
        "admin:campaigns_profile_change", args=[Profile.objects.get(identity="u-1").pk]
    )
    assert words in marketer.get(person).content.decode()


def test_an_import_into_a_list_leads_to_a_campaign_for_it(
    marketer: Client, viewer: Client, project: Project
) -> None:
    TemplateFactory.create(project=project)
    ProviderFactory.create(project=project)
    loyal = CustomListFactory.create(project=project)
    upload = imported(project, "identity\nu-1\n", into_list=loyal)
    link = f"{reverse('admin:campaigns_campaign_add')}?audience=some&amp;lists={loyal.pk}"
    assert [link in one.get(page("change", upload)).text for one in (marketer, viewer)] == [
        True,
        False,
    ]
    form = marketer.get(link.replace("&amp;", "&")).context["form"]
    assert form["audience"].value() == "some"
    assert [box.data["selected"] for box in form["lists"]] == [True]


def test_a_workbook_is_not_read_for_long_while_somebody_waits(
    marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows behind its first ones are blank, on each sheet."""
    monkeypatch.setattr(uploading, "PATIENCE", 0.3)
    response = send_file(marketer, with_names(with_blank_rows(60), 12))
    assert TAKES_TOO_LONG in unescape(response.content.decode())
    assert not Import.objects.exists()
