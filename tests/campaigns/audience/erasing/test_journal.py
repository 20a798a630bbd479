"""Backups bring people back: the journal beside the uploaded files erases them once more."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from campaigns.audience.erasing.carrying_out import carry_out
from campaigns.audience.erasing.ordering import erase
from campaigns.models import ErasedProfile, Erasure, Profile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db


def test_whoever_a_backup_brings_back_is_erased_again(
    project: Project, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asha, ravi = ProfileFactory.create_batch(2, project=project)
    erase(project, Profile.objects.filter(pk__in=[asha.pk, ravi.pk]), by=SYSTEM)
    carry_out()
    written = "".join(path.read_text() for path in (tmp_path / "erasures").iterdir())
    # The database as it was before: nobody has been erased, and Ravi's number is somebody else's.
    Erasure.objects.all().delete()
    ErasedProfile.objects.all().delete()
    asha.save(force_insert=True)
    ProfileFactory.create(project=project, pk=ravi.pk, name="Somebody new")
    said = StringIO()

    call_command("erase_again", stdout=said)

    assert said.getvalue() == "1 people had come back and are erased.\n"
    assert list(Profile.objects.values_list("name", flat=True)) == ["Somebody new"]
    assert asha.phone[1:] not in written
    assert asha.identity not in written
