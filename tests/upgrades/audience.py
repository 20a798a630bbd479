"""The people of a dump: an import that has ended, a list, and an import that was killed."""

from typing import Any
from unittest.mock import patch

from django.utils import timezone

from campaigns.audience.imports import importing
from campaigns.audience.subscriptions import set_block
from campaigns.models import CustomList, ImportKind, Profile, Source
from providers.models import Project, User
from providers.phones.numbers import read_phone
from tests.campaigns.audience.imports.uploads import imported, queued

HEADER = "identity,Name,Phone,MSG-whatsapp,City,Points,Joined"
PEOPLE = 16
BLOCKED, TESTER = "+919000030099", "+919000030001"


class KilledError(BaseException):
    """Nobody catches it, as nobody notices kill -9."""


def phone(number: int) -> str:
    return f"+9190000300{number:02d}"


def import_people(project: Project, *, by: User) -> CustomList:
    """Sixteen who can be reached, one of each kind who can't, one row that no import takes."""
    rows = [_row(number, phone(number)) for number in range(1, PEOPLE + 1)]
    rows += [_row(20, phone(20), subscribed="FALSE"), _row(21, ""), _row(22, phone(1))]
    rows += [_row(23, BLOCKED), "null,Nobody,x,TRUE,Pune,1,2025-01-01"]
    imported(project, "\n".join([HEADER, *rows]))
    blocked = read_phone(BLOCKED, default_country="IN").match_key
    set_block(project, blocked, blocked=True, source=Source.CONSOLE, at=timezone.now())
    Profile.objects.filter(project=project, phone=TESTER).update(is_test=True)
    regulars: CustomList = CustomList.objects.create(
        project=project, name="Regulars", created_by=by
    )
    members = "\n".join(["identity", *(f"customer-{number}" for number in range(1, 4))])
    imported(project, members, kind=ImportKind.LIST, into_list=regulars)
    return regulars


def import_half(project: Project) -> dict[str, Any]:
    """The file is read and checked, its rows are staged, nobody is saved yet."""
    rows = [_row(number, phone(number)) for number in range(50, 80)]
    upload = queued(project, "\n".join([HEADER, *rows]))
    with patch.object(importing, "save_chunks", side_effect=KilledError):
        try:
            importing.run_import(upload.pk)
        except KilledError:
            return {"import": upload.pk}
    raise AssertionError("It was to be killed.")


def _row(number: int, phone: str, *, subscribed: str = "TRUE") -> str:
    return f"customer-{number},Asha {number},{phone},{subscribed},Pune,{number * 10},2025-03-01"
