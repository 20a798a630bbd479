"""From the staging table to profiles, flags, history and a list: one statement per chunk of rows.

Each statement finds the people, adds the new ones, changes what differs and says what it did; so
the same file a second time changes nothing.
"""

from dataclasses import dataclass

from django.db import connection

from campaigns.audience.imports.saving import FOR_CHUNKS, Saved
from campaigns.audience.imports.staging import Staging
from campaigns.models import Source, SubscriptionChange

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

# In the order of the identities: neighbours in the index are looked up and written one after the
# other, and two imports of the same people wait for each other instead of locking each other out.
# `+ 0` keeps the planner, whose figures are stale in the middle of an import, from choosing an
# index that only knows the project. The inner LIMIT keeps it from reading all profiles.
INCOMING = """
SELECT s.*, p.id AS profile_id, p.subscribed AS was_subscribed,
    COALESCE(s.match_key, p.match_key) AS block_key
FROM (
    SELECT * FROM {table} WHERE position > %(after)s AND position <= %(upto)s
    ORDER BY identity OFFSET 0
) s LEFT JOIN LATERAL (
    SELECT id, subscribed, match_key FROM campaigns_profile p
    WHERE p.identity = s.identity AND p.project_id + 0 = %(project)s LIMIT 1
) p ON true
"""

CREATED = """
INSERT INTO campaigns_profile (project_id, identity, name, phone, match_key, phone_is_invalid,
    email, language, time_zone, properties, subscribed, is_test, first_seen_at, last_seen_at)
SELECT %(project)s, identity, COALESCE(name, ''), COALESCE(phone, ''), match_key, false,
    COALESCE(email, ''), COALESCE(language, ''), COALESCE(time_zone, ''), properties,
    COALESCE(subscribed, %(new_subscribed)s), false, now(), now()
FROM incoming WHERE profile_id IS NULL
RETURNING id, subscribed
"""

CHANGED = """
UPDATE campaigns_profile p SET
    name = COALESCE(i.name, p.name),
    phone = COALESCE(i.phone, p.phone),
    match_key = COALESCE(i.match_key, p.match_key),
    phone_is_invalid = p.phone_is_invalid AND i.phone IS NULL,
    email = COALESCE(i.email, p.email),
    language = COALESCE(i.language, p.language),
    time_zone = COALESCE(i.time_zone, p.time_zone),
    properties = p.properties || i.properties,
    subscribed = COALESCE(i.subscribed, p.subscribed)
FROM incoming i
WHERE p.id = i.profile_id AND (
    NOT p.properties @> i.properties
    OR (COALESCE(i.name, p.name), COALESCE(i.phone, p.phone), COALESCE(i.match_key, p.match_key),
        COALESCE(i.email, p.email), COALESCE(i.language, p.language),
        COALESCE(i.time_zone, p.time_zone), COALESCE(i.subscribed, p.subscribed),
        p.phone_is_invalid AND i.phone IS NULL)
    IS DISTINCT FROM (p.name, p.phone, p.match_key, p.email, p.language, p.time_zone,
        p.subscribed, p.phone_is_invalid))
RETURNING p.id, i.was_subscribed, p.subscribed
"""

# A person's own STOP stays, whatever a file says.
BLOCKS = f"""
INSERT INTO campaigns_phoneblock (project_id, match_key, blocked, own_word, source, changed_at)
SELECT DISTINCT ON (block_key) %(project)s, block_key, blocked, false, '{Source.IMPORT}', now()
FROM incoming WHERE blocked IS NOT NULL AND block_key IS NOT NULL
ORDER BY block_key, position DESC
ON CONFLICT (project_id, match_key) DO UPDATE SET blocked = EXCLUDED.blocked, own_word = false,
    source = EXCLUDED.source, changed_at = EXCLUDED.changed_at
WHERE campaigns_phoneblock.blocked <> EXCLUDED.blocked
    AND NOT (campaigns_phoneblock.blocked AND campaigns_phoneblock.own_word)
RETURNING match_key, blocked
"""

HISTORY = f"""
INSERT INTO campaigns_subscriptionchange
    (project_id, profile_id, match_key, flag, value, source, at)
SELECT %(project)s, profile_id, match_key, flag, value, '{Source.IMPORT}', now() FROM (
    SELECT id AS profile_id, NULL::bigint AS match_key,
        '{SubscriptionChange.Flag.SUBSCRIBED}' AS flag, subscribed AS value
    FROM created WHERE subscribed IS NOT NULL
    UNION ALL
    SELECT id, NULL, '{SubscriptionChange.Flag.SUBSCRIBED}', subscribed
    FROM changed WHERE subscribed IS DISTINCT FROM was_subscribed
    UNION ALL
    SELECT NULL, match_key, '{SubscriptionChange.Flag.BLOCKED}', blocked FROM blocks
) changes
"""

MEMBERS = """
INSERT INTO campaigns_listmember (custom_list_id, profile_id)
SELECT %(list)s, id FROM (
    SELECT id FROM created UNION ALL SELECT profile_id FROM incoming WHERE profile_id IS NOT NULL
) people WHERE %(list)s::bigint IS NOT NULL
ON CONFLICT DO NOTHING
"""

SAVE_CHUNK = f"""
WITH incoming AS MATERIALIZED ({INCOMING}),
created AS ({CREATED}), changed AS ({CHANGED}), blocks AS ({BLOCKS}),
history AS ({HISTORY}), members AS ({MEMBERS})
SELECT count(*),
    count(*) FILTER (WHERE profile_id IS NULL),
    count(*) FILTER (WHERE profile_id IN (SELECT id FROM changed)
        OR (profile_id IS NOT NULL AND block_key IN (SELECT match_key FROM blocks)))
FROM incoming
"""


@dataclass(frozen=True, slots=True)
class PeopleSaver:
    staging: Staging
    project_id: int
    list_id: int | None
    new_subscribed: bool | None

    def drop_repeated(self) -> int:
        """How many rows give way to a later one about the same person."""
        with connection.cursor() as cursor:
            cursor.execute(DROP_REPEATED.format(table=self.staging.table))
            repeated = int(cursor.rowcount)
            cursor.execute(DROP_EARLIER_BLOCKS.format(table=self.staging.table))
        return repeated

    def save(self, *, after: int, upto: int) -> Saved:
        """Of the staged rows, those with after < position <= upto. Inside a transaction."""
        values = {
            "project": self.project_id,
            "after": after,
            "upto": upto,
            "list": self.list_id,
            "new_subscribed": self.new_subscribed,
        }
        with connection.cursor() as cursor:
            cursor.execute(FOR_CHUNKS)
            cursor.execute(SAVE_CHUNK.format(table=self.staging.table), values)
            rows, created, updated = cursor.fetchone()
        return Saved(created=created, updated=updated, unchanged=rows - created - updated)
