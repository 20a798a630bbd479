"""A worker killed in the middle of an import: another one finishes it, nobody is counted twice."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from campaigns.audience.queueing import resume_lost
from campaigns.models import Import, ImportStatus, Profile
from providers.models import Project
from tests.campaigns.audience.uploads import counts, queued, refused_rows
from tests.workers import celery_worker, kill

PEOPLE = 120_000

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def test_an_import_whose_worker_is_killed_is_finished_by_another(
    project: Project, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    rows = "".join(f"u-{n},+9190{n:08d}\n" for n in range(PEOPLE))
    upload = queued(project, f"identity,Phone\n{rows}null,x\nu-0,+919000011122\n")
    with celery_worker("default", MEDIA_ROOT=str(tmp_path)) as worker:
        wait_for(upload, lambda: upload.created > 0)
        kill(worker)
    upload.refresh_from_db()
    assert upload.status == ImportStatus.RUNNING
    assert 0 < upload.created < PEOPLE

    silent_for_an_hour(upload)
    with celery_worker("default", MEDIA_ROOT=str(tmp_path)):
        assert resume_lost() == 1
        wait_for(upload, lambda: upload.has_ended)
    assert (upload.status, upload.tries, counts(upload)) == (
        ImportStatus.DONE,
        2,
        {"rows_read": PEOPLE + 2, "created": PEOPLE, "repeated": 1, "refused": 1},
    )
    assert Profile.objects.of(project).count() == PEOPLE
    assert len(refused_rows(upload)) == 2


def wait_for(upload: Import, done: Callable[[], bool]) -> None:
    for _ in range(6_000):
        upload.refresh_from_db()
        if done():
            return
        time.sleep(0.01)
    raise TimeoutError(upload.status)


def silent_for_an_hour(upload: Import) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_import SET beat_at = now() - interval '1 hour' WHERE id = %s",
            [upload.pk],
        )
