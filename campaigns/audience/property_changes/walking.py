"""Over all people of a project, some thousands in a transaction, whoever is killed when.

A rename copies first, so that a rule finds the same people by the old name until, in one moment,
the property, segments and columns of imports take the new one. Then the old name goes.
"""

import json
from collections.abc import Iterable, Iterator
from time import monotonic
from typing import Any

from django.db import connection, transaction

from campaigns.audience.imports.values import ValueRefusedError, ValueType
from campaigns.audience.people_views import rename_property_in_views
from campaigns.audience.property_changes.fitting import as_type
from campaigns.audience.segments.naming import hold_project, rename_in, segments_asking_for
from campaigns.hints import wake_property_changer
from campaigns.models import Import, ImportKind, ProfileProperty, PropertyChange, Segment

AT_ONCE = 5_000  # people
What = PropertyChange.What
_MINE = """
WITH mine AS MATERIALIZED (
    SELECT id FROM campaigns_profile WHERE project_id = %(project)s AND id > %(after)s
    ORDER BY id LIMIT %(most)s
)
"""
_WALKED = "SELECT (SELECT count(*) FROM mine), (SELECT max(id) FROM mine)"
# In the order of their numbers, as everybody locks people.
_HELD = """
held AS MATERIALIZED (
    SELECT p.id FROM mine JOIN campaigns_profile p ON p.id = mine.id
    WHERE {which} ORDER BY p.id FOR NO KEY UPDATE OF p
)
"""
_DIFFERS = """p.properties -> %(old)s IS NOT NULL
    AND p.properties -> %(old)s IS DISTINCT FROM p.properties -> %(new)s"""
_COPIED = "p.properties || jsonb_build_object(%(new)s::text, p.properties -> %(old)s)"
_COPY = f"""
{_MINE}, {_HELD.format(which=_DIFFERS)}, changed AS (
    UPDATE campaigns_profile p SET properties = {_COPIED} FROM held h WHERE p.id = h.id
) {_WALKED}
"""
# What somebody wrote who had begun before.
_COPY_THE_REST = f"""
UPDATE campaigns_profile p SET properties = {_COPIED}
WHERE p.project_id = %(project)s AND {_DIFFERS}
"""
_DROP = f"""
{_MINE}, {_HELD.format(which="p.properties -> %(old)s IS NOT NULL")}, changed AS (
    UPDATE campaigns_profile p SET properties = CASE
        WHEN %(new)s = '' OR p.properties -> %(new)s IS NOT NULL THEN p.properties - %(old)s::text
        ELSE ({_COPIED}) - %(old)s::text END
    FROM held h WHERE p.id = h.id
) {_WALKED}
"""
_READ = """
SELECT p.id, p.properties -> %(old)s FROM campaigns_profile p
WHERE p.id > %(after)s AND p.id <= %(last)s AND p.project_id = %(project)s
    AND p.properties -> %(old)s IS NOT NULL ORDER BY p.id FOR NO KEY UPDATE OF p
"""
_WRITE = """
UPDATE campaigns_profile p SET properties = CASE
    WHEN n.value IS NULL THEN p.properties - %(old)s::text
    ELSE p.properties || jsonb_build_object(%(old)s::text, n.value) END
FROM unnest(%(ids)s::bigint[], %(values)s::jsonb[]) AS n (id, value) WHERE p.id = n.id
"""


def carry_out(*, seconds: float = 20.0) -> int:
    """How many changes are over. Some people of each in turn; what is left after so many `seconds`
    comes again behind the tasks that wait."""
    ends, over = monotonic() + seconds, 0
    numbers = list(PropertyChange.objects.order_by("pk").values_list("pk", flat=True))
    while numbers and monotonic() < ends:
        steps = {number: _go_on(number) for number in numbers}
        over += sum(filter(None, steps.values()))
        numbers = [number for number, is_over in steps.items() if is_over is False]
    if numbers:
        wake_property_changer()
    return over


@transaction.atomic
def _go_on(number: int) -> bool | None:
    """None where somebody else is at it, or was quicker."""
    changes = PropertyChange.objects.filter(pk=number).select_related("project")
    change = changes.select_for_update(skip_locked=True, of=("self",)).first()
    if change is None:
        return None
    looked_at, last = _walk(change)
    if looked_at == AT_ONCE:
        change.walked_to = last or change.walked_to
        change.save(update_fields=["walked_to"])
        return False
    return _end_of_walk(change)


def _end_of_walk(change: PropertyChange) -> bool:
    if change.what == What.RENAME and not change.is_copied:
        _switch(change)
        return False
    change.delete()
    return True


def _walk(change: PropertyChange) -> tuple[int, int | None]:
    if change.what == What.RETYPE:
        return _read_anew(change)
    return _execute(_DROP if change.is_copied else _COPY, change)


def _execute(statement: str, change: PropertyChange) -> tuple[int, int | None]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _known(change))
        looked_at, last = cursor.fetchone()
    return looked_at, last


def _switch(change: PropertyChange) -> None:
    hold_project(change.project_id)
    with connection.cursor() as cursor:
        cursor.execute(_COPY_THE_REST, _known(change))
    ProfileProperty.objects.filter(pk=change.of_id or 0).update(name=change.new_name)
    names = (change.old_name, change.new_name)
    segments = segments_asking_for(change.project, change.old_name)
    for segment in segments:
        rename_in(segment.rule, *names)
    Segment.objects.bulk_update(segments, ["rule"])
    rename_property_in_views(change.project, *names)
    _rename_columns(change)
    change.is_copied, change.walked_to = True, 0
    change.save(update_fields=["is_copied", "walked_to"])


def _rename_columns(change: PropertyChange) -> None:
    """The next file with such a column is read as the last one was."""
    of_people = Import.objects.filter(project=change.project).exclude(kind=ImportKind.EVENTS)
    named = [{"property_name": change.old_name}]
    uploads = list(of_people.filter(mapping__columns__contains=named).only("mapping"))
    for upload in uploads:
        for column in upload.mapping["columns"]:
            if column["property_name"] == change.old_name:
                column["property_name"] = change.new_name
    Import.objects.bulk_update(uploads, ["mapping"], batch_size=100)


def _read_anew(change: PropertyChange) -> tuple[int, int | None]:
    looked_at, last = _execute(_MINE + _WALKED, change)
    if not looked_at:
        return looked_at, last
    with connection.cursor() as cursor:
        cursor.execute(_READ, {**_known(change), "last": last})
        anew = dict(_changed(cursor.fetchall(), change))
        known = _known(change) | {"ids": list(anew), "values": list(anew.values())}
        cursor.execute(_WRITE, known)
    return looked_at, last


def _changed(
    rows: Iterable[tuple[int, str]], change: PropertyChange
) -> Iterator[tuple[int, str | None]]:
    """Whose value becomes another one, as JSON; None where it does not fit."""
    read_as, zone = ValueType(change.read_as), change.project.time_zone
    for number, text in rows:
        was = json.loads(text)
        try:
            value = as_type(was, read_as, time_zone=zone)
        except ValueRefusedError:
            yield number, None
        else:
            if value != was or type(value) is not type(was):
                yield number, json.dumps(value)


def _known(change: PropertyChange) -> dict[str, Any]:
    return {
        "project": change.project_id,
        "after": change.walked_to,
        "most": AT_ONCE,
        "old": change.old_name,
        "new": change.new_name,
    }
