"""People in the files that imports keep."""

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from campaigns.audience.erasing.carrying_out import carry_out
from campaigns.audience.erasing.import_files import HELD_SOMEBODY
from campaigns.audience.erasing.ordering import erase
from campaigns.models import Import, ImportStatus, Profile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.audience.imports.workbooks import workbook
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
