"""Two imports of the same people at the same moment, each with a connection of its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from campaigns.audience.imports.importing import run_import
from campaigns.models import ImportStatus, Profile
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
def test_two_imports_of_the_same_people_leave_each_of_them_once() -> None:
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
