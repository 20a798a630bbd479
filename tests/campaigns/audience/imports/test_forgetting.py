from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db.models import F
from pytest_django import Settings

from campaigns.audience.imports.forgetting import forget_old_files
from campaigns.models import Import, ImportStatus
from providers.models import Project
from tests.campaigns.audience.imports.uploads import counts, imported
from tests.factories import ImportFactory


def left_lying(project: Project) -> Import:
    """Uploaded, and nobody said what its columns are."""
    upload = ImportFactory.create(project=project, status=ImportStatus.UPLOADED)
    upload.file.save("people.csv", ContentFile(b"identity\nu-1\n"))
    return upload


def grow_old(*, days: int) -> None:
    by = timedelta(days=days)
    Import.objects.update(created_at=F("created_at") - by, finished_at=F("finished_at") - by)


@pytest.mark.django_db(transaction=True)
def test_files_with_people_in_them_go_and_the_numbers_stay(project: Project) -> None:
    refusing = imported(project, "identity,Phone\nu-1,+919000011122\nnull,x\n")
    idle = left_lying(project)
    files = [(idle.file.storage, idle.file.name), (idle.file.storage, refusing.refused_file.name)]
    grow_old(days=91)
    fresh = left_lying(project)

    assert forget_old_files() == 2

    for upload in (refusing, idle, fresh):
        upload.refresh_from_db()
    assert [storage.exists(name) for storage, name in files] == [False, False]
    assert (refusing.refused_file.name, counts(refusing)["refused"]) == ("", 1)
    assert (idle.status, fresh.status) == (ImportStatus.CANCELLED, ImportStatus.UPLOADED)
    assert fresh.file.storage.exists(fresh.file.name)
    assert forget_old_files() == 0


def test_zero_days_keep_files_for_ever(project: Project, settings: Settings) -> None:
    settings.IMPORT_FILE_KEEP_DAYS = 0
    idle = left_lying(project)
    grow_old(days=900)

    assert forget_old_files() == 0
    idle.refresh_from_db()
    assert idle.status == ImportStatus.UPLOADED
