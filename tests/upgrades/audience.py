"""The people of a dump: an import that has ended, a list, what they did, a segment, and an import
that was killed."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from campaigns.audience.imports import importing
from campaigns.audience.segments.counting import count_segment
from campaigns.audience.segments.saving import save_segment
from campaigns.audience.subscriptions import set_block
from campaigns.audience.uploads import uploading_events
from campaigns.audience.uploads.switching import switch
from campaigns.models import CustomList, EventKind, ImportKind, Profile, Segment, Source
from providers.models import Project, User
from providers.phones.numbers import read_phone
from providers.watch.actors import Actor
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


def what_they_did(project: Project, *, by: User) -> Segment:
    """Events with an id, with a time and with neither, a name that is switched off, and the segment
    of those who ordered, with its size."""
    now = timezone.now()
    ordered = {"name": "Ordered", "properties": {"Amount": 12.5, "Shop": "Pune"}}
    records = [
        {
            "identity": f"customer-{number}",
            "at": (now - timedelta(days=number)).isoformat(),
            **ordered,
        }
        for number in range(1, 4)
    ]
    records += [{"identity": "customer-4", "id": "o-4", **ordered}]
    records += [{"identity": "customer-5", "name": "Visited"}]
    uploading_events.upload(project, records, by=Actor(by))
    switch(EventKind.objects.get(project=project, name="Visited"), ignored=True, by=Actor(by))
    conditions = [{"on": "event", "event": "Ordered", "is": "did"}]
    rule = {"version": 1, "match": "all", "conditions": conditions}
    segment = Segment(project=project, name="Who ordered", rule=rule)
    save_segment(segment, by=Actor(by))
    count_segment(segment)
    return segment


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
