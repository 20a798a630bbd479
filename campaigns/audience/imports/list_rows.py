"""A file of identities or phones that only fills a list: it adds nobody to the project."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.file_error import FileError
from campaigns.audience.imports.mapping import ColumnMapping
from campaigns.audience.imports.people_rows import RowRefusedError, read_identity
from campaigns.audience.imports.saving import CHUNK, FOR_CHUNKS, Saved
from campaigns.audience.imports.staging import SEPARATOR, Staging
from campaigns.audience.lists import held
from providers.phones.numbers import PhoneError, read_phone

COLUMNS = {
    "position": "integer NOT NULL",
    "identity": "varchar",
    "match_key": "bigint",
    "cells": "varchar NOT NULL",
}
LIST_GONE = "The list was deleted in the meantime. Please upload the file again."
NOBODY_KNOWN = "Nobody in this project has this identity or phone. Import the person first."

DROP_REPEATED = """
DELETE FROM {table} s USING (
    SELECT identity, match_key, max(position) AS last FROM {table}
    GROUP BY identity, match_key HAVING count(*) > 1
) repeated
WHERE s.position < repeated.last AND s.identity IS NOT DISTINCT FROM repeated.identity
    AND s.match_key IS NOT DISTINCT FROM repeated.match_key
"""
# Why `+ 0` stands there: audience/upserting.py.
KNOWN = """
SELECT id FROM campaigns_profile p
WHERE p.identity = s.identity AND p.project_id + 0 = %(project)s
UNION ALL
SELECT id FROM campaigns_profile p
WHERE p.match_key = s.match_key AND p.project_id + 0 = %(project)s
"""
DROP_UNKNOWN = f"""
DELETE FROM {{table}} s
WHERE s.position > %(after)s AND s.position <= %(upto)s AND NOT EXISTS ({KNOWN})
RETURNING position, cells
"""
SAVE_CHUNK = f"""
WITH incoming AS MATERIALIZED (
    SELECT s.position, p.id AS profile_id FROM {{table}} s CROSS JOIN LATERAL ({KNOWN}) p
    WHERE s.position > %(after)s AND s.position <= %(upto)s
), added AS (
    INSERT INTO campaigns_listmember (custom_list_id, profile_id)
    SELECT DISTINCT %(list)s::bigint, profile_id FROM incoming ORDER BY 2
    ON CONFLICT DO NOTHING
    RETURNING profile_id
)
SELECT count(DISTINCT position), count(DISTINCT position)
    FILTER (WHERE profile_id IN (SELECT profile_id FROM added))
FROM incoming
"""


class Members:
    """`line` turns the cells of one row into a line of the staging table, or refuses the row."""

    columns = tuple(COLUMNS)

    def __init__(self, mapping: ColumnMapping, *, default_country: str) -> None:
        self._identity_at = mapping.index_of(Target.IDENTITY)
        self._phone_at = mapping.index_of(Target.PHONE)
        self._country = default_country

    def plain_lines(self, numbers: Sequence[int], _rows: Sequence[object]) -> Sequence[str]:
        """None at once: `line` is to be asked for each."""
        return [""] * len(numbers)

    def line(self, number: int, cells: Sequence[str]) -> str:
        """Raises RowRefusedError."""
        return SEPARATOR.join((str(number), self.key(cells), json.dumps(cells) + "\n"))

    def key(self, cells: Sequence[str]) -> str:
        """Identity and phone's key, one of them blank. Raises RowRefusedError."""
        identity, phone = self._cell(cells, self._identity_at), self._cell(cells, self._phone_at)
        if identity or not phone:
            return read_identity(identity) + SEPARATOR
        return SEPARATOR + self._match_key(phone)

    @staticmethod
    def _cell(cells: Sequence[str], index: int | None) -> str:
        return "" if index is None else cells[index].strip()

    def _match_key(self, cell: str) -> str:
        try:
            return str(read_phone(cell, default_country=self._country).match_key)
        except PhoneError as problem:
            raise RowRefusedError(problem.reason) from None


@dataclass(frozen=True, slots=True)
class MemberSaver:
    staging: Staging
    project_id: int
    list_id: int | None

    def drop_repeated(self) -> int:
        return self.staging.delete(DROP_REPEATED)

    def drop_refused(self, *, last_row: int) -> Iterator[tuple[int, str, list[str]]]:
        """Position, reason and cells of each row that means nobody we have."""
        for after in range(0, last_row, CHUNK):
            values = {"project": self.project_id, "after": after, "upto": after + CHUNK}
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(FOR_CHUNKS)
                cursor.execute(DROP_UNKNOWN.format(table=self.staging.table), values)
                rows = cursor.fetchall()
            for position, cells in rows:
                yield position, NOBODY_KNOWN, json.loads(cells)

    def save(self, *, after: int, upto: int) -> Saved:
        """Of the staged rows, those with after < position <= upto. Inside a transaction. Raises
        FileError."""
        values = {
            "project": self.project_id,
            "list": self._list(),
            "after": after,
            "upto": upto,
        }
        with connection.cursor() as cursor:
            cursor.execute(FOR_CHUNKS)
            cursor.execute(SAVE_CHUNK.format(table=self.staging.table), values)
            rows, added = cursor.fetchone()
        return Saved(created=added, updated=0, unchanged=rows - added)

    def _list(self) -> int:
        """Raises FileError."""
        list_id = held(self.list_id)
        if list_id is None:
            raise FileError(LIST_GONE)
        return list_id
