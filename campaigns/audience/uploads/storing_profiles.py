"""People that were read, into their profiles: all of an upload in one statement."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from json import loads

from django.db import connection

from campaigns.audience.erasing.stops import recall_stops
from campaigns.audience.uploads.operators import Operator
from campaigns.audience.uploads.profile_properties import ToldProperties
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
# Whoever else changes them waits. In the order in which they are written afterwards.
BEFORE = """
SELECT identity, properties FROM campaigns_profile
WHERE identity = ANY(%s::varchar[]) AND project_id + 0 = %s ORDER BY identity FOR NO KEY UPDATE
"""


@lru_cache(maxsize=4)
def storing(*, create: bool, removing: bool) -> str:
    people = upserting(PEOPLE, source=Source.API, only_known=not create, removing=removing)
    return STORE.format(upserting=people, is_updated=IS_UPDATED)


@dataclass(slots=True)
class PersonRow:
    """All that an upload says of one person; what came last counts. A property that is None is
    removed; `operators` are what is still to be reckoned, in their order."""

    fields: dict[str, Field] = field(default_factory=dict)
    properties: dict[str, Value | None] = field(default_factory=dict)
    operators: dict[str, list[Operator]] = field(default_factory=dict)

    def take(self, told: ToldProperties) -> None:
        self.properties |= told.values
        if self.operators:
            for name in told.values:
                self.operators.pop(name, None)
        for name, operator in told.operators.items():
            self.operators.setdefault(name, []).append(operator)

    def reckon(self, before: Mapping[str, Value]) -> None:
        """With what is known of them."""
        for name, operators in self.operators.items():
            told = name in self.properties
            value = self.properties.pop(name) if told else before.get(name)
            for operator in operators:
                value = operator.change(value)
            if value is not None or name in before:
                self.properties[name] = value


def store(
    project: Project, rows: Mapping[str, PersonRow], *, create: bool, consent: str
) -> dict[str, Outcome]:
    """By identity, without those who are unknown and were not to be created. Inside a
    transaction."""
    if not rows:
        return {}
    _reckon(project, rows)
    recall_stops(project.pk, (int(key) for key in _column("match_key", rows.values()) if key))
    columns = {name: texts(_column(name, rows.values())) for name in _TYPES}
    columns["identity"] = texts(rows)
    columns["properties"] = "\n".join(json_of(row.properties) for row in rows.values())
    removing = any(None in row.properties.values() for row in rows.values() if row.operators)
    with connection.cursor() as cursor:
        cursor.execute(BY_KEYS)
        statement = storing(create=create, removing=removing)
        more = {"project": project.pk, "new_subscribed": None, "consent": consent}
        cursor.execute(statement, {**columns, **more})
        return {identity: Outcome(outcome) for identity, outcome in cursor.fetchall()}


def _reckon(project: Project, rows: Mapping[str, PersonRow]) -> None:
    if not (asked := {identity: row for identity, row in rows.items() if row.operators}):
        return
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, [texts(asked), project.pk])
        before = {identity: loads(properties) for identity, properties in cursor.fetchall()}
    for identity, row in asked.items():
        row.reckon(before.get(identity, {}))


def _column(name: str, rows: Iterable[PersonRow]) -> Iterable[str | None]:
    """Of a number or a flag, the text that PostgreSQL reads."""
    for row in rows:
        value = row.fields.get(name)
        yield value if value is None else str(value)
