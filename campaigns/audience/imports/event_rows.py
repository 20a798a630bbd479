"""A file of what people did: each row is an event of somebody the project knows.

What counts is read as in an upload (audience/uploads/), so that the same event is one by whatever
way it comes. A file tells what was: nobody is written to because of it, but it may be what a
campaign was to bring about.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.list_rows import KNOWN, NOBODY_KNOWN, Members
from campaigns.audience.imports.mapping import ColumnMapping
from campaigns.audience.imports.people_rows import RowRefusedError
from campaigns.audience.imports.saving import CHUNK, FOR_CHUNKS, Saved
from campaigns.audience.imports.staging import SEPARATOR, Staging
from campaigns.audience.imports.values import ValueRefusedError, ValueType, reader_of
from campaigns.audience.uploads.catalogue import NO_ROOM, kinds_called, remember_properties
from campaigns.audience.uploads.event_names import read_event_name
from campaigns.audience.uploads.event_properties import MOST_PROPERTIES
from campaigns.audience.uploads.event_times import NOT_A_TIME, EventClock
from campaigns.audience.uploads.storing_events import fingerprint_of, json_of, storing
from campaigns.audience.uploads.typed_values import Properties
from campaigns.audience.uploads.verdicts import RecordRefused
from campaigns.ledger.goal_events import noting
from campaigns.ledger.months import OCCURRENCES, make_months
from providers.models import Project

COLUMNS = {
    "position": "integer NOT NULL",
    "identity": "varchar",
    "match_key": "bigint",
    "key": "varchar NOT NULL",
    "at": "timestamptz NOT NULL",
    "content": "bigint NOT NULL",
    "properties": "jsonb NOT NULL",
    "cells": "varchar NOT NULL",
}
SWITCHED_OFF = "This event is switched off. Switch it on under Custom events, or leave the row out."
NO_TIME = "There is no time."
FULL = f"“{{name}}” would have more than {MOST_PROPERTIES} properties. Leave some columns out."
MOST_NAMES = 10_000  # of a file; far more than a project may have

# The first of them is it.
DROP_REPEATED = """
DELETE FROM {table} s USING (
    SELECT identity, match_key, key, at, content, min(position) AS first FROM {table}
    GROUP BY identity, match_key, key, at, content HAVING count(*) > 1
) repeated
WHERE s.position > repeated.first AND s.identity IS NOT DISTINCT FROM repeated.identity
    AND s.match_key IS NOT DISTINCT FROM repeated.match_key
    AND (s.key, s.at, s.content) = (repeated.key, repeated.at, repeated.content)
"""
DROP_UNKNOWN = f"""
DELETE FROM {{table}} s
WHERE s.position > %(after)s AND s.position <= %(upto)s AND NOT EXISTS ({KNOWN})
RETURNING position, cells
"""
DROP_CALLED = "DELETE FROM {table} WHERE key = ANY(%s) RETURNING position, cells"
STAGED = f"""
SELECT s.position AS n, k.id AS kind_id, s.at, s.content # p.id AS fingerprint,
    p.id AS profile_id, s.properties
FROM {{table}} s
JOIN campaigns_eventkind k ON k.project_id = %(project)s AND k.key = s.key
CROSS JOIN LATERAL (SELECT min(id) AS id FROM ({KNOWN}) AS known) AS p
WHERE s.position > %(after)s AND s.position <= %(upto)s AND p.id IS NOT NULL
"""
SAVE_CHUNK = f"""
{storing(f"WITH incoming AS MATERIALIZED ({STAGED})")},
noted AS ({noting("stored")})
SELECT (SELECT count(*) FROM incoming), (SELECT count(*) FROM stored)
"""


class EventRows:
    """`line` turns the cells of one row into a line of the staging table, or refuses the row.

    It remembers which names came, and which columns each of them used.
    """

    columns = tuple(COLUMNS)

    def __init__(self, mapping: ColumnMapping, *, project: Project, default_country: str) -> None:
        self._mapping = mapping
        self._people = Members(mapping, default_country=default_country)
        self._clock = EventClock.of(project, now=timezone.now())
        self._name_at, self._time_at = mapping.index_of(Target.EVENT), mapping.index_of(Target.AT)
        zone = project.time_zone
        spelled = ValueType.DATE
        if self._time_at is not None:
            spelled = mapping.columns[self._time_at].value_type
        other = spelled in (ValueType.DATE_DAY_FIRST, ValueType.DATE_MONTH_FIRST)
        self._dates = reader_of(spelled, time_zone=zone) if other else None
        self._properties = [
            (index, column.property_name, reader_of(column.value_type, time_zone=zone))
            for index, column in mapping.properties()
        ]
        self.names: dict[str, str] = {}
        self._used: dict[str, set[int]] = {}

    def plain_lines(self, numbers: Sequence[int], _rows: Sequence[object]) -> Sequence[str]:
        """None at once: `line` is to be asked for each."""
        return [""] * len(numbers)

    def line(self, number: int, cells: Sequence[str]) -> str:
        """Raises RowRefusedError."""
        person = self._people.key(cells)
        try:
            key = self._key(cells)
            at = self._at(cells)
        except RecordRefused as problem:
            raise RowRefusedError(str(problem)) from None
        content = self._content(cells, key)
        told = (str(number), person, key, at.isoformat(), str(fingerprint_of(content, 0)), content)
        return SEPARATOR.join((*told, json.dumps(cells) + "\n"))

    def types_of(self, key: str) -> dict[str, str]:
        """Of the columns that are not blank in all rows of this name."""
        columns = [self._mapping.columns[index] for index in sorted(self._used.get(key, ()))]
        return {one.property_name: str(one.value_type.property_type.value) for one in columns}

    def _key(self, cells: Sequence[str]) -> str:
        given = self._mapping.event_name if self._name_at is None else cells[self._name_at]
        name, key = read_event_name(given)
        if key not in self.names:
            if len(self.names) >= MOST_NAMES:
                raise RecordRefused(NO_ROOM)
            self.names[key] = name
        return key

    def _at(self, cells: Sequence[str]) -> datetime:
        cell = "" if self._time_at is None else cells[self._time_at].strip()
        if not cell:
            raise RecordRefused(NO_TIME)
        if self._dates is not None:
            try:
                cell = self._dates(cell)[1:-1]
            except ValueRefusedError:
                raise RecordRefused(NOT_A_TIME) from None
        return self._clock.read(cell)

    def _content(self, cells: Sequence[str], key: str) -> str:
        values = {}
        for index, name, read in self._properties:
            if cell := cells[index].strip():
                try:
                    values[name] = json.loads(read(cell))
                except ValueRefusedError as problem:
                    label = self._mapping.columns[index].label
                    raise RowRefusedError(f"“{label}” {problem}") from None
                self._used.setdefault(key, set()).add(index)
        return json_of(values)


@dataclass(frozen=True, slots=True)
class EventSaver:
    staging: Staging
    project: Project
    rows: EventRows

    def drop_repeated(self) -> int:
        return self.staging.delete(DROP_REPEATED)

    def drop_refused(self, *, last_row: int) -> Iterator[tuple[int, str, list[str]]]:
        """Position, reason and cells of each row that means nobody, or no event that is kept."""
        reasons = self._learn()
        self._make_months()
        for reason in set(reasons.values()):
            keys = [key for key in reasons if reasons[key] == reason]
            yield from self._dropped(DROP_CALLED, [keys], reason)
        for after in range(0, last_row, CHUNK):
            yield from self._dropped(DROP_UNKNOWN, self._chunk(after, after + CHUNK), NOBODY_KNOWN)

    @transaction.atomic
    def _learn(self) -> dict[str, str]:
        """The names that are not kept, and why. Raises FileError."""
        kinds = kinds_called(self.project, self.rows.names)
        for key, kind in kinds.items():
            if not kind.ignored:
                properties = Properties(types=self.rows.types_of(key))
                properties.values.update(dict.fromkeys(properties.types, ""))
                kind.learn(properties)
                if properties.left_out:
                    raise FileError(FULL.format(name=self.rows.names[key]))
        remember_properties(kinds.values())
        switched_off = {key: SWITCHED_OFF for key, kind in kinds.items() if kind.ignored}
        return switched_off | {key: NO_ROOM for key in self.rows.names if key not in kinds}

    @transaction.atomic
    def _dropped(
        self, statement: str, values: Any, reason: str
    ) -> list[tuple[int, str, list[str]]]:
        with connection.cursor() as cursor:
            cursor.execute(FOR_CHUNKS)
            cursor.execute(statement.format(table=self.staging.table), values)
            return [(position, reason, json.loads(cells)) for position, cells in cursor.fetchall()]

    def _make_months(self) -> None:
        """Nearly always they are there."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT min(at), max(at) FROM {self.staging.table}")
            first, last = cursor.fetchone()
        if first is not None:
            make_months(OCCURRENCES, since=first, until=last)

    def save(self, *, after: int, upto: int) -> Saved:
        """Of the staged rows, those with after < position <= upto. Inside a transaction."""
        with connection.cursor() as cursor:
            cursor.execute(FOR_CHUNKS)
            cursor.execute(SAVE_CHUNK.format(table=self.staging.table), self._chunk(after, upto))
            rows, stored = cursor.fetchone()
        return Saved(created=stored, updated=0, unchanged=rows - stored)

    def _chunk(self, after: int, upto: int) -> dict[str, int]:
        return {"project": self.project.pk, "after": after, "upto": upto}
