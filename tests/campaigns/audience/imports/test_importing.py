"""From a CSV file to profiles, by way of a worker."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from campaigns.audience.imports import copying_new, importing, saving, saving_people
from campaigns.audience.imports.importing import run_import
from campaigns.audience.imports.people_rows import (
    INVISIBLE,
    LONG_IDENTITY,
    NO_IDENTITY,
    NOT_AN_IDENTITY,
    SHORTENED,
)
from campaigns.audience.imports.queueing import cancel, resume_lost
from campaigns.audience.imports.reading import EMPTY_FILE, NOT_UTF8
from campaigns.models import Import, ImportStatus, Profile, ProfileProperty, PropertyType
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.imports.uploads import counts, imported, queued, refused_rows
from tests.factories import CustomListFactory, ProfileFactory, ProjectFactory

FIELDS = ("identity", "name", "phone", "match_key", "email", "language", "time_zone", "subscribed")


def people(project: Project, *fields: str) -> list[tuple[object, ...]]:
    return list(Profile.objects.of(project).order_by("identity").values_list(*fields or FIELDS))


def staging_tables() -> list[str]:
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    return [name for name in names if name.startswith("campaigns_import_")]


def stored_files() -> list[str]:
    return [path.name for path in Path(settings.MEDIA_ROOT).rglob("*.csv")]


# Good rows ------------------------------------------------------------------------------------


def test_people_are_created_with_their_fields_and_typed_properties(project: Project) -> None:
    upload = imported(
        project,
        "identity,Phone,Name,Email,Language,Time zone,MSG-whatsapp,City,Spent,Member,Joined\n"
        "u-1,9000011122,Asha Rao,asha@example.com,hi,asia/kolkata,TRUE,पुणे,12.50,yes,2026-01-31\n"
        "u-2,+91 90000-11123,,,,,,,,,\n",
    )
    assert (upload.status, counts(upload)) == (ImportStatus.DONE, {"rows_read": 2, "created": 2})
    assert people(project) == [
        ("u-1", "Asha Rao", "+919000011122", 919000011122, "asha@example.com", "hi",
         "Asia/Kolkata", True),
        ("u-2", "", "+919000011123", 919000011123, "", "", "", None),
    ]  # fmt: skip
    assert people(project, "properties") == [
        ({"City": "पुणे", "Spent": 12.5, "Member": True, "Joined": "2026-01-31"},),
        ({},),
    ]
    assert dict(ProfileProperty.objects.values_list("name", "type")) == {
        "City": PropertyType.TEXT,
        "Spent": PropertyType.NUMBER,
        "Member": PropertyType.BOOLEAN,
        "Joined": PropertyType.DATE,
    }


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_each_delimiter_is_understood_with_and_without_a_byte_order_mark(
    project: Project, delimiter: str, mark: str
) -> None:
    text = mark + 'identity,Phone,City\r\nu-1,+919000011122,"Pu,ne\nand ""more"""\r\n'
    text = text.replace(",", delimiter)
    assert counts(imported(project, text)) == {"rows_read": 1, "created": 1}
    assert people(project, "identity", "properties") == [
        ("u-1", {"City": f'Pu{delimiter}ne\nand "more"'})
    ]


def test_people_are_updated_by_identity_and_a_blank_cell_leaves_what_is_known(
    project: Project,
) -> None:
    ProfileFactory.create(
        project=project,
        identity="u-1",
        name="Asha",
        phone="+919000011122",
        properties={"City": "Pune", "Age": 30},
        subscribed=True,
    )
    upload = imported(
        project,
        "identity,Phone,Name,City,Orders,MSG-whatsapp\nu-1,+919000099999,,Delhi,3,\n",
    )
    assert counts(upload) == {"rows_read": 1, "updated": 1}
    assert people(project, "name", "phone", "match_key", "properties", "subscribed") == [
        ("Asha", "+919000099999", 919000099999, {"City": "Delhi", "Age": 30, "Orders": 3}, True)
    ]


def test_the_same_file_a_second_time_changes_nothing(project: Project) -> None:
    text = (
        "identity,Phone,Name,City,MSG-whatsapp,MSG-dndWhatsApp\n"
        "u-1,+919000011122,Asha,Pune,TRUE,FALSE\nu-2,+919000011123,Ravi,Delhi,FALSE,TRUE\n"
    )
    imported(project, text)
    before = everything(project)
    again = imported(project, text)
    assert counts(again) == {"rows_read": 2, "unchanged": 2}
    assert everything(project) == before


def test_whoever_comes_between_the_look_at_an_empty_project_and_its_first_people_is_updated(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def somebody_comes_first(*args: Any, **more: Any) -> None:
        if not project.profiles.exists():
            ProfileFactory.create(project=project, identity="u-9", name="Ravi", subscribed=None)
        saving.save_chunks(*args, **more)

    small_chunks(monkeypatch)
    monkeypatch.setattr(importing, "save_chunks", somebody_comes_first)
    lines = "".join(f"u-{n},Name {n}\n" for n in range(20))
    upload = imported(project, f"identity,Name\n{lines}null,x\n")
    assert counts(upload) == {"rows_read": 21, "created": 19, "updated": 1, "refused": 1}
    assert sorted(people(project, "name")) == sorted((f"Name {n}",) for n in range(20))
    assert [row[0] for row in refused_rows(upload)[1:]] == ["22"]


def everything(project: Project) -> dict[str, list[object]]:
    tables = ("profile", "phoneblock", "subscriptionchange")
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(
                f"SELECT xmin::text, t.* FROM campaigns_{table} t"
                f" WHERE project_id = {project.pk} ORDER BY id"
            )
            found[table] = cursor.fetchall()
    return found


def test_of_rows_about_one_person_the_last_good_one_counts_alone(project: Project) -> None:
    upload = imported(
        project,
        "identity,Phone,Name,City\n"
        "u-1,+919000011122,First,Pune\n"
        "u-2,+919000011123,Other,\n"
        "u-1,+919000011124,Second,\n"
        "u-1,12,Third,\n",
        only_whole_rows=True,
    )
    assert counts(upload) == {"rows_read": 4, "created": 2, "repeated": 1, "refused": 1}
    assert people(project, "identity", "name", "phone", "properties") == [
        ("u-1", "Second", "+919000011124", {}),
        ("u-2", "Other", "+919000011123", {}),
    ]


def test_repeated_rows_far_apart_are_counted_once(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(monkeypatch)
    lines = [f"u-{n % 7},+9190000{n:05d},Name {n}" for n in range(100)]
    upload = imported(project, "identity,Phone,Name\n" + "\n".join(lines))
    assert counts(upload) == {"rows_read": 100, "created": 7, "repeated": 93}
    assert people(project, "identity", "name") == [
        ("u-0", "Name 98"),
        ("u-1", "Name 99"),
        *((f"u-{n}", f"Name {91 + n}") for n in range(2, 7)),
    ]


def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "CHUNK", 8)


def test_a_project_knows_nothing_of_anothers_people(project: Project) -> None:
    theirs = ProfileFactory.create(project=ProjectFactory.create(), identity="u-1", name="Theirs")
    assert counts(imported(project, "identity,Name\nu-1,Ours\n")) == {
        "rows_read": 1,
        "created": 1,
    }
    theirs.refresh_from_db()
    assert (theirs.name, people(project, "name")) == ("Theirs", [("Ours",)])


def test_a_phone_that_was_invalid_is_mended(project: Project) -> None:
    ProfileFactory.create(project=project, identity="u-1", phone="", phone_is_invalid=True)
    assert counts(imported(project, "identity,Phone\nu-1,+919000011122\n"))["updated"] == 1
    assert people(project, "phone", "phone_is_invalid") == [("+919000011122", False)]


def test_empty_rows_are_nobody(project: Project) -> None:
    upload = imported(project, "identity,Phone\n\nu-1,+919000011122\n,\n\n")
    assert counts(upload) == {"rows_read": 1, "created": 1}


# Wrong rows -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",+919000011122,5", NO_IDENTITY),
        ("  ,+919000011122,5", NO_IDENTITY),
        ("undefined,+919000011122,5", NOT_AN_IDENTITY),
        ("NULL,+919000011122,5", NOT_AN_IDENTITY),
        ("n/a,+919000011122,5", NOT_AN_IDENTITY),
        ("0,+919000011122,5", NOT_AN_IDENTITY),
        ("-1,+919000011122,5", NOT_AN_IDENTITY),
        ("#VALUE!,+919000011122,5", NOT_AN_IDENTITY),
        ("#WERT!,+919000011122,5", NOT_AN_IDENTITY),
        ("9.19E+11,+919000011122,5", SHORTENED),
        ("x" * 256 + ",+919000011122,5", LONG_IDENTITY),
        ("u\u200b-1,+919000011122,5", INVISIBLE),
        (
            "u-1,+91900001,5",
            "The number is too short. Write it in full, with + and the country code.",
        ),
        ("u-1,+919000011122,many", "“Orders” is not a number like 1250 or 12.5."),
        ("u-1,+919000011122,5,6", "The row has 4 cells, the first row has 3."),
    ],
)
def test_a_wrong_row_is_refused_with_its_number_and_reason(
    project: Project, row: str, reason: str
) -> None:
    upload = imported(
        project,
        f"identity,Phone,Orders\nu-8,+919000011128,1\n{row}\nu-9,+919000011129,2\n",
        only_whole_rows=True,
    )
    assert (upload.status, counts(upload)) == (
        ImportStatus.DONE,
        {"rows_read": 3, "created": 2, "refused": 1},
    )
    assert [line[:2] for line in refused_rows(upload)] == [["Row", "Reason"], ["3", reason]]
    assert people(project, "identity") == [("u-8",), ("u-9",)]


def test_refused_rows_come_with_their_cells_and_no_formula_comes_alive(project: Project) -> None:
    upload = imported(
        project,
        "identity,Phone,Name\n"
        '0,+919000011122,"=HYPERLINK(""http://evil"")"\n'
        "0,@x,-1\n"
        "u-1,+919000011122,Asha\n",
    )
    assert refused_rows(upload) == [
        ["Row", "Reason", "identity", "Phone", "Name"],
        ["2", NOT_AN_IDENTITY, "0", "'+919000011122", '\'=HYPERLINK("http://evil")'],
        ["3", NOT_AN_IDENTITY, "0", "'@x", "'-1"],
    ]


def test_a_file_of_refused_rows_can_be_corrected_and_uploaded_again(project: Project) -> None:
    upload = imported(project, "Customer,Phone\nnull,+919000011122\nu-1,+919000011123\n")
    with upload.refused_file.open("rb") as file:
        corrected = file.read().replace(b"null", b"u-2")
    assert counts(imported(project, corrected)) == {"rows_read": 1, "created": 1}
    assert people(project, "identity", "phone", "properties") == [
        ("u-1", "+919000011123", {}),
        ("u-2", "+919000011122", {}),
    ]


def test_rows_of_foreign_bytes_are_refused_and_the_others_imported(project: Project) -> None:
    upload = imported(project, b"identity,Name\nu-1,\xe4\xf6\nu-2,Asha\n")
    assert counts(upload) == {"rows_read": 2, "created": 1, "refused": 1}
    assert refused_rows(upload)[1][:2] == ["2", NOT_UTF8]


def test_a_file_of_wrong_rows_only_ends_well(project: Project) -> None:
    upload = imported(project, "identity,Phone\nnull,1\nnull,2\n")
    assert (upload.status, counts(upload)) == (
        ImportStatus.DONE,
        {"rows_read": 2, "refused": 2},
    )
    assert upload.share_done == 1.0


# Files and tables -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nothing_of_the_upload_is_left_but_the_refused_rows() -> None:
    project = ProjectFactory.create()
    upload = imported(project, "identity,Phone\nu-1,+919000011122\nnull,x\n")
    assert (upload.file.name, staging_tables()) == ("", [])
    assert stored_files() == [Path(upload.refused_file.name).name]


def test_a_file_that_is_gone_fails_the_import_in_plain_words(project: Project) -> None:
    upload = queued(project, "identity\nu-1\n")
    upload.file.storage.delete(upload.file.name)
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.problem) == (ImportStatus.FAILED, importing.FILE_GONE)


def test_a_file_that_cannot_be_read_any_more_fails_the_import_in_plain_words(
    project: Project,
) -> None:
    upload = queued(project, "identity\nu-1\n")
    Path(upload.file.path).write_bytes(b"\n")
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.problem, staging_tables()) == (
        ImportStatus.FAILED,
        EMPTY_FILE,
        [],
    )


# Lists ----------------------------------------------------------------------------------------


def test_imported_people_are_put_into_the_chosen_list(project: Project) -> None:
    loyal = CustomListFactory.create(project=project)
    known = ProfileFactory.create(project=project, identity="u-1")
    ProfileFactory.create(project=project, identity="u-2")
    upload = imported(project, "identity\nu-1\nu-3\nu-3\nnull\n", into_list=loyal)
    assert counts(upload) == {
        "rows_read": 4,
        "created": 1,
        "unchanged": 1,
        "repeated": 1,
        "refused": 1,
    }
    members = loyal.members.values_list("profile__identity", flat=True)
    assert (sorted(members), known.memberships.count()) == (["u-1", "u-3"], 1)


# Interruptions --------------------------------------------------------------------------------


def test_a_second_call_does_nothing(project: Project) -> None:
    upload = imported(project, "identity\nu-1\n")
    run_import(upload.pk)
    again = Import.objects.get(pk=upload.pk)
    assert (again.tries, counts(again)) == (1, {"rows_read": 1, "created": 1})


class Killed(BaseException):
    """What a worker's death looks like from inside: nothing is tidied up."""


Save = Callable[..., saving.Saved]


def save_chunks_by(monkeypatch: pytest.MonkeyPatch, wrapped: Callable[[Save], Save]) -> None:
    """Whether people are compared with those who are known, or are all new."""
    for saver in (saving_people.PeopleSaver, copying_new.NewPeopleSaver):
        monkeypatch.setattr(saver, "save", wrapped(saver.save))


def kill_after_chunks(monkeypatch: pytest.MonkeyPatch, chunks: int) -> None:
    left = [chunks]

    def dying(save: Save) -> Save:
        def save_or_die(*saver: object, **where: int) -> saving.Saved:
            if not left[0]:
                raise Killed
            left[0] -= 1
            return save(*saver, **where)

        return save_or_die

    save_chunks_by(monkeypatch, dying)


@pytest.mark.parametrize("known", [0, 1])
def test_a_killed_import_is_finished_by_another_worker_and_counted_once(
    project: Project, monkeypatch: pytest.MonkeyPatch, known: int
) -> None:
    small_chunks(monkeypatch)
    ProfileFactory.create_batch(known, project=project, identity="u-3", name="Name 3", phone="")
    lines = "".join(f"u-{n},Name {n}\n" for n in range(50)) + "null,x\nu-49,Last\n"
    upload = queued(project, "identity,Name\n" + lines)
    with monkeypatch.context() as death:
        kill_after_chunks(death, 3)
        with pytest.raises(Killed):
            run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.saved_chunks) == (ImportStatus.RUNNING, [0, 8, 16])

    run_import(upload.pk)  # too early: that worker may still be alive
    silent_for_an_hour(upload)
    assert resume_lost() == 1
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.tries, counts(upload)) == (
        ImportStatus.DONE,
        2,
        {
            "rows_read": 52,
            "created": 50 - known,
            **({"unchanged": 1} if known else {}),
            "repeated": 1,
            "refused": 1,
        },
    )
    assert (Profile.objects.of(project).count(), staging_tables()) == (50, [])


def silent_for_an_hour(upload: Import) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_import SET beat_at = now() - interval '1 hour' WHERE id = %s",
            [upload.pk],
        )


def test_a_worker_that_wakes_up_late_changes_nothing_any_more(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = queued(project, "identity\nu-1\nu-2\n")

    def asleep(save: Save) -> Save:
        def save_and_sleep(*saver: object, **where: int) -> saving.Saved:
            saved = save(*saver, **where)
            Import.objects.filter(pk=upload.pk).update(tries=2)
            return saved

        return save_and_sleep

    save_chunks_by(monkeypatch, asleep)
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, counts(upload), people(project)) == (
        ImportStatus.RUNNING,
        {"rows_read": 2},
        [],
    )


def test_an_import_that_never_gets_through_is_given_up(project: Project) -> None:
    upload = queued(project, "identity\nu-1\n")
    Import.objects.filter(pk=upload.pk).update(status=ImportStatus.RUNNING, tries=3)
    silent_for_an_hour(upload)
    assert resume_lost() == 0
    upload.refresh_from_db()
    assert (upload.status, upload.problem[:36], upload.file.name) == (
        ImportStatus.FAILED,
        "The import was interrupted several t",
        "",
    )


def test_a_queued_import_whose_hint_was_lost_is_hinted_at_again(project: Project) -> None:
    upload = queued(project, "identity\nu-1\n")
    assert resume_lost() == 0  # its worker may just be busy
    silent_for_an_hour(upload)
    assert (resume_lost(), resume_lost()) == (1, 0)
    run_import(upload.pk)
    assert people(project, "identity") == [("u-1",)]


# Cancelling -----------------------------------------------------------------------------------


def test_a_cancel_before_the_start_ends_it(project: Project) -> None:
    upload = queued(project, "identity\nu-1\n")
    assert cancel(upload, by=SYSTEM)
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, upload.file.name, people(project)) == (ImportStatus.CANCELLED, "", [])
    assert not cancel(upload, by=SYSTEM)


def test_a_cancel_while_the_file_is_read_changes_nobody(project: Project) -> None:
    upload = queued(project, "identity\nu-1\nnull\n")
    Import.objects.filter(pk=upload.pk).update(cancel_asked=True)
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, people(project), staging_tables()) == (ImportStatus.CANCELLED, [], [])
    assert len(refused_rows(upload)) == 2


def test_a_cancel_while_people_are_saved_keeps_what_is_saved(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_chunks(monkeypatch)
    upload = queued(project, "identity\n" + "".join(f"u-{n}\n" for n in range(50)))

    def cancelled(save: Save) -> Save:
        def save_and_press_cancel(*saver: object, after: int, upto: int) -> saving.Saved:
            if after == 16:
                assert cancel(upload, by=SYSTEM)
            return save(*saver, after=after, upto=upto)

        return save_and_press_cancel

    save_chunks_by(monkeypatch, cancelled)
    run_import(upload.pk)
    upload.refresh_from_db()
    assert (upload.status, counts(upload)) == (
        ImportStatus.CANCELLED,
        {"rows_read": 50, "created": 15},
    )
    assert Profile.objects.of(project).count() == 15
