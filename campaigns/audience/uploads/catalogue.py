"""The catalogue of a project's events: looked up, and taught what is new in an upload.

It is bounded, since a sender that puts an order's number into a name would fill it within minutes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection

from campaigns.audience.uploads.event_properties import MOST_PROPERTIES, TOO_MANY
from campaigns.audience.uploads.typed_values import Properties
from campaigns.models import EventKind
from providers.models import Project

MOST_KINDS = 512  # of a project
NO_ROOM = (
    f"This project has {MOST_KINDS} events already, and no more names are learnt. Put what differs "
    "from one to the next into a property. An admin can delete names under Custom events."
)
KNOWN = """
SELECT k.key, k.id, k.ignored, ARRAY(
    SELECT ARRAY[p.name, p.type] FROM campaigns_eventkindproperty p WHERE p.kind_id = k.id)
FROM campaigns_eventkind k WHERE k.project_id = %s AND k.key = ANY(%s::varchar[])
"""


@dataclass(slots=True)
class Kind:
    id: int
    ignored: bool
    known: set[tuple[str, str]] = field(default_factory=set)
    new: list[tuple[str, str]] = field(default_factory=list)

    def learn(self, properties: Properties) -> None:
        """What there is no room for is left out of the event."""
        if properties.types.items() <= self.known:
            return
        names = {name for name, _ in self.known}
        for pair in sorted(properties.types.items() - self.known):
            if pair[0] in names or len(names) < MOST_PROPERTIES:
                names.add(pair[0])
                self.known.add(pair)
                self.new.append(pair)
            else:
                properties.drop(pair[0], TOO_MANY)


def kinds_called(project: Project, names: Mapping[str, str]) -> dict[str, Kind]:
    """By key, of names by their keys; without those there is no room for. Inside a transaction."""
    found = _found(project, names)
    if new := [key for key in names if key not in found]:
        _add(project, {key: names[key] for key in new})
        found |= _found(project, new)
    return found


def _found(project: Project, keys: Iterable[str]) -> dict[str, Kind]:
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [project.pk, list(keys)])
        return {
            key: Kind(pk, ignored, {(name, value_type) for name, value_type in known})
            for key, pk, ignored, known in cursor.fetchall()
        }


def _add(project: Project, names: Mapping[str, str]) -> None:
    """Who comes first is in. One at a time adds to a project's catalogue, so that it keeps its
    bound."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    room = MOST_KINDS - EventKind.objects.filter(project=project).count()
    there = _found(project, names)
    new = [key for key in names if key not in there][: max(room, 0)]
    EventKind.objects.bulk_create(
        EventKind(project=project, key=key, name=names[key]) for key in sorted(new)
    )


def remember_properties(kinds: Iterable[Kind]) -> None:
    """In an order, so that two who learn the same wait for each other once."""
    new = sorted((kind.id, *pair) for kind in kinds for pair in kind.new)
    if not new:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_eventkindproperty (kind_id, name, type)"
            " SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            [list(column) for column in zip(*new, strict=True)],
        )
