"""Two imports at the same moment, each with a connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from campaigns.audience.imports import importing, lease, queueing
from campaigns.audience.imports.importing import run_import
from campaigns.audience.imports.queueing import cancel
from campaigns.models import Import, ImportStatus, Profile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.imports.uploads import queued
from tests.campaigns.flags import history_of
from tests.factories import ProjectFactory

PEOPLE = 5_000


def run(import_id: int) -> None:
    try:
        run_import(import_id)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_people_leave_each_of_them_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A project has one at a time, but a worker that was silent for long may still be at its."""
    monkeypatch.setattr(lease, "SILENT_FOR", timedelta(0))
    project = ProjectFactory.create()
    there = [f"u-{n},+9190{n:08d},Name {n}\n" for n in range(PEOPLE)]
    back = [f"u-{n},+9190{n:08d},Name {n}\n" for n in reversed(range(PEOPLE))]
    header = "identity,Phone,Name\n"
    uploads = [
        queued(project, header + "".join(lines), new_subscribed=True) for lines in (there, back)
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(run, [upload.pk for upload in uploads]))
    for upload in uploads:
        upload.refresh_from_db()
    assert [upload.status for upload in uploads] == [ImportStatus.DONE, ImportStatus.DONE]
    assert sum(upload.created for upload in uploads) == PEOPLE
    assert sum(upload.unchanged for upload in uploads) == PEOPLE
    assert Profile.objects.of(project).count() == PEOPLE
    assert len(history_of(project)) == PEOPLE


@pytest.fixture
def hinted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The imports that a worker was told of."""
    told: list[int] = []
    monkeypatch.setattr(queueing, "wake_importer", told.append)
    return told


def status_of(upload: Import) -> str:
    upload.refresh_from_db()
    return upload.status


@pytest.mark.django_db
def test_imports_of_a_project_wait_for_each_other_and_nobody_waits_for_them(
    project: Project, monkeypatch: pytest.MonkeyPatch, hinted: list[int]
) -> None:
    first, gone, second = [queued(project, f"identity\nu-{n}\n") for n in range(3)]
    other = queued(ProjectFactory.create(), "identity\nu-1\n")
    cancel(gone, by=SYSTEM)
    work: Callable[..., object] = importing._import
    seen: list[str] = []

    def meanwhile(*given: object) -> object:
        monkeypatch.setattr(importing, "_import", work)
        for upload in (second, other):
            run_import(upload.pk)
        seen.extend(map(status_of, (first, second, other)))
        return work(*given)

    hinted.clear()
    monkeypatch.setattr(importing, "_import", meanwhile)
    run_import(first.pk)

    assert seen == [ImportStatus.RUNNING, ImportStatus.QUEUED, ImportStatus.DONE]
    assert (hinted, second.tries) == ([second.pk], 0)
    run_import(second.pk)
    assert (status_of(first), status_of(second)) == (ImportStatus.DONE, ImportStatus.DONE)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_are_taken_at_the_same_moment_one_has_its_turn(project: Project) -> None:
    uploads = [queued(project, f"identity\nu-{n}\n") for n in range(2)]
    met = Barrier(2)

    def take(import_id: int) -> bool:
        met.wait()
        try:
            return lease.take(import_id) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, [upload.pk for upload in uploads])) == [False, True]


@pytest.mark.django_db
def test_who_was_silent_for_long_keeps_nobody_waiting(project: Project) -> None:
    dead, waits = [queued(project, f"identity\nu-{n}\n") for n in range(2)]
    assert lease.take(dead.pk)
    run_import(waits.pk)
    assert status_of(waits) == ImportStatus.QUEUED
    long_ago = timezone.now() - lease.SILENT_FOR - timedelta(seconds=1)
    Import.objects.filter(pk=dead.pk).update(beat_at=long_ago)
    run_import(waits.pk)
    assert status_of(waits) == ImportStatus.DONE
