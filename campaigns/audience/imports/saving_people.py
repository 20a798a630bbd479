"""From the staging table to people and a list: one statement per chunk of rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from campaigns.audience.erasing.stops import recall_stops
from campaigns.audience.imports.saving import FOR_CHUNKS, Saved
from campaigns.audience.imports.staging import Staging
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
SAVE_CHUNK = f"""
{upserting(ROWS, source=Source.IMPORT)}, members AS ({MEMBERS})
SELECT count(*), count(*) FILTER (WHERE profile_id IS NULL), count(*) FILTER (WHERE {IS_UPDATED})
FROM incoming
"""


PHONES = """
SELECT match_key FROM {table} WHERE position > %s AND position <= %s AND match_key IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class PeopleSaver:
    staging: Staging
    project_id: int
    list_id: int | None
    new_subscribed: bool | None
    consent: str = ""

    def drop_repeated(self) -> int:
        """How many rows give way to a later one about the same person."""
        with connection.cursor() as cursor:
            cursor.execute(DROP_REPEATED.format(table=self.staging.table))
            repeated = int(cursor.rowcount)
            cursor.execute(DROP_EARLIER_BLOCKS.format(table=self.staging.table))
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
            "list": self.list_id,
            "new_subscribed": self.new_subscribed,
            "consent": self.consent,
        }
        recall_stops(self.project_id, self._phones(after, upto))
        with connection.cursor() as cursor:
            cursor.execute(FOR_CHUNKS)
            cursor.execute(SAVE_CHUNK.format(table=self.staging.table), values)
            rows, created, updated = cursor.fetchone()
        return Saved(created=created, updated=updated, unchanged=rows - created - updated)
