"""Whose the records of an upload are. Several people may share a phone: the first of them it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection

from campaigns.audience.erasing.stops import recall_stops
from campaigns.audience.uploads.reading_persons import Person
from campaigns.ledger.array_texts import numbers, texts
from campaigns.models import Profile
from providers.models import Project

# Why `+ 0` stands there: audience/upserting.py.
BY_IDENTITY = """
SELECT identity, id FROM campaigns_profile
WHERE identity = ANY(%s::varchar[]) AND project_id + 0 = %s
"""
BY_PHONE = """
SELECT match_key, min(id) FROM campaigns_profile
WHERE match_key = ANY(%s::bigint[]) AND project_id + 0 = %s GROUP BY match_key
"""


def find_people(
    project: Project, people: Iterable[Person], *, create: bool
) -> Mapping[Person, int]:
    """The id of each who is known, or of all where unknown ones are to be created."""
    wanted = set(people)
    found = find_known(project, wanted)
    if create and len(found) < len(wanted):
        unknown = wanted - found.keys()
        _create(project, unknown)
        found |= find_known(project, unknown)
    return found


def find_known(project: Project, people: Iterable[Person]) -> dict[Person, int]:
    """By the phone, else by the identity, which may be that phone."""
    phones = {p.match_key for p in people if p.match_key}
    by_phone = first_with(project, phones) if phones else {}
    found = {p: by_phone[p.match_key] for p in people if p.match_key in by_phone}
    rest = [p for p in people if p not in found]
    identities = {p.identity for p in rest}
    by_identity = _look_up(BY_IDENTITY, project, texts(identities)) if rest else {}
    return found | {p: by_identity[p.identity] for p in rest if p.identity in by_identity}


def first_with(project: Project, match_keys: Iterable[int]) -> dict[Any, int]:
    """Of those who share a phone, the first."""
    return _look_up(BY_PHONE, project, numbers(match_keys))


def _look_up(statement: str, project: Project, wanted: str) -> dict[Any, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [wanted, project.pk])
        return dict(cursor.fetchall())


def _create(project: Project, people: Iterable[Person]) -> None:
    """Of somebody who is only known by the phone it is the identity, too."""
    new = {p.match_key or p.identity: p for p in people}
    recall_stops(project.pk, (person.match_key for person in people if person.match_key))
    Profile.objects.bulk_create(
        (
            Profile(
                project=project,
                identity=person.identity,
                phone=person.identity if person.match_key else "",
                match_key=person.match_key,
            )
            for person in sorted(new.values(), key=lambda person: person.identity)
        ),
        ignore_conflicts=True,
    )
