"""Files of identities or phones that only fill a list."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from campaigns.audience.imports import saving
from campaigns.audience.imports.list_rows import LIST_GONE, NOBODY_KNOWN
from campaigns.audience.imports.saving import Saver
from campaigns.audience.lists import delete_list, held
from campaigns.models import CustomList, Import, ImportKind, ImportStatus, ListMember, Profile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.imports.uploads import counts, imported, refused_rows
from tests.campaigns.locks import wait_for_locks
from tests.factories import CustomListFactory, ListMemberFactory, ProfileFactory, ProjectFactory


@pytest.fixture
def loyal(project: Project) -> CustomList:
    return CustomListFactory.create(project=project)


def members(custom_list: CustomList) -> list[str]:
    return sorted(custom_list.members.values_list("profile__identity", flat=True))


def test_known_identities_are_put_into_the_list_and_nobody_is_created(
    project: Project, loyal: CustomList
) -> None:
    for identity in ("u-1", "u-2", "u-3"):
        ProfileFactory.create(project=project, identity=identity)
    ListMemberFactory.create(custom_list=loyal, profile=Profile.objects.get(identity="u-2"))
    ProfileFactory.create(project=ProjectFactory.create(), identity="u-9")
    upload = imported(
        project, "identity,City\nu-1,Pune\nu-2,\nu-9,\nu-1,\nnull,\n",
        kind=ImportKind.LIST, into_list=loyal,
    )  # fmt: skip
    assert (upload.status, counts(upload)) == (
        ImportStatus.DONE,
        {"rows_read": 5, "created": 1, "unchanged": 1, "repeated": 1, "refused": 2},
    )
    assert (members(loyal), Profile.objects.of(project).count()) == (["u-1", "u-2"], 3)
    assert ["4", NOBODY_KNOWN, "u-9", ""] in refused_rows(upload)


def test_a_phone_stands_for_everybody_who_has_it(project: Project, loyal: CustomList) -> None:
    ProfileFactory.create(project=project, identity="u-1", phone="+919000011122")
    ProfileFactory.create(project=project, identity="u-2", phone="+919000011122")
    ProfileFactory.create(project=project, identity="u-3")
    upload = imported(
        project,
        "Phone\n9000011122\n+91 90000 11122\n+919000099999\n123\n",
        kind=ImportKind.LIST,
        into_list=loyal,
    )
    assert counts(upload) == {"rows_read": 4, "created": 1, "repeated": 1, "refused": 2}
    assert members(loyal) == ["u-1", "u-2"]
    assert [line[0] for line in refused_rows(upload)] == ["Row", "5", "4"]


def test_the_same_file_a_second_time_changes_nothing(project: Project, loyal: CustomList) -> None:
    ProfileFactory.create(project=project, identity="u-1")
    imported(project, "identity\nu-1\n", kind=ImportKind.LIST, into_list=loyal)
    again = imported(project, "identity\nu-1\n", kind=ImportKind.LIST, into_list=loyal)
    assert (counts(again), members(loyal)) == ({"rows_read": 1, "unchanged": 1}, ["u-1"])


def test_a_list_that_is_gone_fails_the_import_in_plain_words(project: Project) -> None:
    upload = imported(project, "identity\nu-1\n", kind=ImportKind.LIST)
    assert (upload.status, upload.problem) == (ImportStatus.FAILED, LIST_GONE)


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("kind", [ImportKind.LIST, ImportKind.PEOPLE])
def test_a_list_that_is_deleted_meanwhile_gets_nobody_any_more(
    project: Project,
    loyal: CustomList,
    kind: str,
    known: bool,
    monkeypatch: pytest.MonkeyPatch,
    saved_by: Callable[[int], None],
) -> None:
    if known:
        ProfileFactory.create(project=project, identity="u-1")
    chunks = list[int]()

    def deleted_behind_the_first(upload: Import, saver: Saver, after: int) -> None:
        _save_chunk(upload, saver, after)
        if not chunks:
            delete_list(loyal, by=SYSTEM)
        chunks.append(after)

    _save_chunk = saving._save_chunk
    saved_by(2)
    monkeypatch.setattr(saving, "_save_chunk", deleted_behind_the_first)
    upload = imported(project, "identity\nu-1\nu-1\nu-2\nu-3\n", kind=kind, into_list=loyal)
    is_over = upload.status, len(chunks), Profile.objects.of(project).count()
    assert is_over == (
        (ImportStatus.DONE, 3, 3)
        if kind == ImportKind.PEOPLE
        else (ImportStatus.FAILED, 1, 1 if known else 0)
    )
    assert not ListMember.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_deletes_a_list_waits_for_those_who_come_into_it(loyal: CustomList) -> None:
    member = ProfileFactory.create(project=loyal.project)

    def delete() -> None:
        delete_list(loyal, by=SYSTEM)
        connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            assert held(loyal.pk) == loyal.pk
            deleting = thread.submit(delete)
            wait_for_locks(1)
            ListMemberFactory.create(custom_list=loyal, profile=member)
        deleting.result()
    assert (held(loyal.pk), ListMember.objects.exists()) == (None, False)
