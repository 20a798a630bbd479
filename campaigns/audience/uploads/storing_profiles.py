"""People that were read, into their profiles: all of an upload in one statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import connection

from campaigns.audience.erasing.stops import recall_stops
from campaigns.audience.uploads.reading_profiles import Field
from campaigns.audience.uploads.storing_events import json_of
from campaigns.audience.uploads.typed_values import Value
from campaigns.audience.uploads.verdicts import Outcome
from campaigns.audience.upserting import BY_KEYS, IS_UPDATED, upserting
from campaigns.ledger.array_texts import texts
from campaigns.models import Source
from providers.models import Project

_TYPES = {
    "identity": "varchar",
    "phone": "varchar",
    "match_key": "bigint",
    "name": "varchar",
    "email": "varchar",
    "language": "varchar",
    "time_zone": "varchar",
    "subscribed": "boolean",
    "blocked": "boolean",
}
_ARRAYS = ", ".join(f"unnest(%({name})s::{kind}[])" for name, kind in _TYPES.items())
# JSON escapes line ends, so each line is one person's.
PEOPLE = f"""
SELECT position, {", ".join(_TYPES)}, properties::jsonb AS properties
FROM ROWS FROM ({_ARRAYS}, string_to_table(%(properties)s, E'\\n'))
WITH ORDINALITY AS told({", ".join(_TYPES)}, properties, position)
"""
STORE = """
{upserting}
SELECT identity, CASE WHEN profile_id IS NULL THEN 'created'
    WHEN {is_updated} THEN 'updated' ELSE 'unchanged' END
FROM incoming
"""
STORE_ALL, STORE_KNOWN = (
    STORE.format(
        upserting=upserting(PEOPLE, source=Source.API, only_known=only_known),
        is_updated=IS_UPDATED,
    )
    for only_known in (False, True)
)


@dataclass(slots=True)
class PersonRow:
    """All that an upload says of one person; what came last counts."""

    fields: dict[str, Field] = field(default_factory=dict)
    properties: dict[str, Value] = field(default_factory=dict)


def store(
    project: Project, rows: Mapping[str, PersonRow], *, create: bool, consent: str
) -> dict[str, Outcome]:
    """By identity, without those who are unknown and were not to be created. Inside a
    transaction."""
    if not rows:
        return {}
    recall_stops(project.pk, (int(key) for key in _column("match_key", rows.values()) if key))
    columns = {name: texts(_column(name, rows.values())) for name in _TYPES}
    columns["identity"] = texts(rows)
    columns["properties"] = "\n".join(json_of(row.properties) for row in rows.values())
    with connection.cursor() as cursor:
        cursor.execute(BY_KEYS)
        statement = STORE_ALL if create else STORE_KNOWN
        more = {"project": project.pk, "new_subscribed": None, "consent": consent}
        cursor.execute(statement, {**columns, **more})
        return {identity: Outcome(outcome) for identity, outcome in cursor.fetchall()}


def _column(name: str, rows: Iterable[PersonRow]) -> Iterable[str | None]:
    """Of a number or a flag, the text that PostgreSQL reads."""
    for row in rows:
        value = row.fields.get(name)
        yield value if value is None else str(value)
