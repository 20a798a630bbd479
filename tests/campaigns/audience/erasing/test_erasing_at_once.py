"""The same people erased by several at the same moment, each with a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest
from django.core.files.base import ContentFile
from django.db import connections
from pytest_django import Settings

from campaigns.audience.erasing import carrying_out, import_files
from campaigns.audience.erasing.carrying_out import carry_out
from campaigns.audience.erasing.ordering import ErasureError, erase
from campaigns.audience.erasing.wanted import Wanted
from campaigns.models import ErasedProfile, Erasure, ImportStatus, Message, Profile, Reason
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.factories import ImportFactory, MessageFactory, OutboxFactory, ProfileFactory, RunFactory

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE, AT_ONCE = 120, 4


def together(act: Callable[[], int]) -> list[int]:
    """What each of them did."""

    def one(_number: int) -> int:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_of_several_orders_at_once_one_is_carried_out_and_once(
    project: Project, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(carrying_out, "PAUSE", 0)
    people = ProfileFactory.create_batch(PEOPLE, project=project)
    run = RunFactory.create(campaign__project=project)
    for person in people[:3]:
        OutboxFactory.create(message=MessageFactory.create(profile=person, run=run))

    def order() -> int:
        try:
            return erase(project, Profile.objects.all(), by=SYSTEM).people
        except ErasureError:
            return 0

    assert sorted(together(order)) == [0, 0, 0, PEOPLE]
    assert sum(together(carry_out)) == PEOPLE
    carry_out()  # whoever came last may have left the end to somebody who was still at it

    assert not Profile.objects.exists()
    assert set(Message.objects.values_list("reason", "profile", "phone")) == {
        (Reason.ERASED, None, "")
    }
    assert Erasure.objects.get().finished_at is not None
    assert ErasedProfile.objects.exclude(erased_at=None).count() == PEOPLE


def test_of_several_workers_one_erases_and_reads_a_file_once(
    project: Project, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MEDIA_ROOT = tmp_path
    read, named_in = list[int](), import_files._named_in

    def noted(file: BinaryIO, encoding: str, wanted: Wanted) -> Iterator[bool]:
        read.append(1)
        return named_in(file, encoding, wanted)

    monkeypatch.setattr(import_files, "_named_in", noted)
    waiting = ImportFactory.create(project=project, status=ImportStatus.UPLOADED)
    rows = "".join(f"other-{number},+91 90000 {number:05d}\n" for number in range(50_000))
    waiting.file.save("people.csv", ContentFile(f"identity,Phone\n{rows}".encode()))
    for person in ProfileFactory.create_batch(10, project=project, phone="+918000011122"):
        erase(project, Profile.objects.filter(pk=person.pk), by=SYSTEM)

    assert sorted(together(carry_out)) == [0, 0, 0, 10]
    assert read == [1]
    waiting.refresh_from_db()
    assert waiting.status == ImportStatus.UPLOADED
