"""From the staging table to people and a list: one statement per chunk of rows."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.backends.utils import CursorWrapper

from campaigns.audience.erasing.stops import recall_stops
from campaigns.audience.imports.saving import FOR_CHUNKS, Saved
from campaigns.audience.imports.staging import Staging
from campaigns.audience.lists import held
from campaigns.audience.upserting import IS_UPDATED, upserting
from campaigns.models import Source

COLUMNS = {
    "position": "integer NOT NULL",
    "identity": "varchar NOT NULL",
    "phone": "varchar",
    "match_key": "bigint",
    "name": "varchar",
    "email": "varchar",
    "language": "varchar",
    "time_zone": "varchar",
    "subscribed": "boolean",
    "blocked": "boolean",
    "properties": "jsonb NOT NULL",
}

# Of rows about one person the last is taken, of different words about one phone's block too.
DROP_REPEATED = """
DELETE FROM {table} s USING (
    SELECT identity, max(position) AS last FROM {table} GROUP BY identity HAVING count(*) > 1
) repeated
WHERE s.identity = repeated.identity AND s.position < repeated.last
"""
DROP_EARLIER_BLOCKS = """
UPDATE {table} s SET blocked = NULL FROM (
    SELECT match_key, max(position) AS last FROM {table}
    WHERE blocked IS NOT NULL AND match_key IS NOT NULL
    GROUP BY match_key HAVING count(*) > 1
) repeated
WHERE s.match_key = repeated.match_key AND s.position < repeated.last AND s.blocked IS NOT NULL
"""

MEMBERS = """
INSERT INTO campaigns_listmember (custom_list_id, profile_id)
SELECT %(list)s, id FROM (
    SELECT id FROM created UNION ALL SELECT profile_id FROM incoming WHERE profile_id IS NOT NULL
) people WHERE %(list)s::bigint IS NOT NULL
ON CONFLICT DO NOTHING
"""

ROWS = "SELECT * FROM {table} WHERE position > %(after)s AND position <= %(upto)s"
SAVED = f"""
, members AS ({MEMBERS})
SELECT count(*), count(*) FILTER (WHERE profile_id IS NULL), count(*) FILTER (WHERE {IS_UPDATED})
FROM incoming
"""
SAVE_CHUNK = upserting(ROWS, source=Source.IMPORT) + SAVED
SAVE_NEW_CHUNK = upserting(ROWS, source=Source.IMPORT, all_new=True) + SAVED
# Memory for a million identities, and no compiling for one statement.
FOR_ALL_ROWS = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"

PHONES = """
SELECT match_key FROM {table} WHERE position > %s AND position <= %s AND match_key IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class PeopleSaver:
    """`all_new`: the project had nobody before, so nobody is looked for."""

    staging: Staging
    project_id: int
    list_id: int | None
    new_subscribed: bool | None
    consent: str = ""
    all_new: bool = False

    def drop_repeated(self) -> int:
        """How many rows give way to a later one about the same person."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(FOR_ALL_ROWS)
            repeated = self.staging.delete(DROP_REPEATED)
            self.staging.delete(DROP_EARLIER_BLOCKS)
        return repeated

    def _phones(self, after: int, upto: int) -> Iterator[int]:
        with connection.cursor() as cursor:
            cursor.execute(PHONES.format(table=self.staging.table), [after, upto])
            yield from (key for (key,) in cursor.fetchall())

    def save(self, *, after: int, upto: int) -> Saved:
        """Of the staged rows, those with after < position <= upto. Inside a transaction."""
        values = {
            "project": self.project_id,
            "after": after,
            "upto": upto,
            "list": held(self.list_id),
            "new_subscribed": self.new_subscribed,
            "consent": self.consent,
        }
        recall_stops(self.project_id, self._phones(after, upto))
        with connection.cursor() as cursor:
            cursor.execute(FOR_CHUNKS)
            rows, created, updated = self._saved(cursor, values)
        return Saved(created=created, updated=updated, unchanged=rows - created - updated)

    def _saved(self, cursor: CursorWrapper, values: dict[str, Any]) -> tuple[int, int, int]:
        if self.all_new:
            with suppress(IntegrityError), transaction.atomic():
                return self._execute(cursor, SAVE_NEW_CHUNK, values)
        # Somebody else has written some of them meanwhile.
        return self._execute(cursor, SAVE_CHUNK, values)

    def _execute(
        self, cursor: CursorWrapper, statement: str, values: dict[str, Any]
    ) -> tuple[int, int, int]:
        cursor.execute(statement.format(table=self.staging.table), values)
        rows, created, updated = cursor.fetchone()
        return rows, created, updated
