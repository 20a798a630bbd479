"""People by sets, from whatever way they come: one statement finds those who are known, adds the
new ones, changes what differs, and writes down what became of their flags.

So the same people a second time change nothing. What comes blank leaves what is known as it is.
"""

from campaigns.models import Source, SubscriptionChange

BY_KEYS = """
-- With figures as stale as in the middle of an import, the planner would read all profiles for
-- each chunk, or make a bitmap for each person, and compile what it takes for dear.
SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;
SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off;
"""

# In the order of the identities: neighbours in the index are looked up and written one after the
# other, and two imports of the same people wait for each other instead of locking each other out.
# `+ 0` keeps the planner, whose figures are stale in the middle of an import, from choosing an
# index that only knows the project. The inner LIMIT keeps it from reading all profiles.
_FOUND = """
SELECT s.*, p.id AS profile_id, p.subscribed AS was_subscribed,
    p.name AS was_name, p.email AS was_email,
    COALESCE(s.match_key, p.match_key) AS block_key
FROM ({people} ORDER BY identity OFFSET 0) s LEFT JOIN LATERAL (
    SELECT id, subscribed, match_key, name, email FROM campaigns_profile p
    WHERE p.identity = s.identity AND p.project_id + 0 = %(project)s LIMIT 1
) p ON true
"""

# Where the project had nobody: whoever is there all the same now breaks the key. Rows are not put
# aside: whatever asks for those who are known falls away, and the rest reads them where they are.
_ALL_NEW = """
SELECT s.*, NULL::bigint AS profile_id, NULL::boolean AS was_subscribed,
    NULL::varchar AS was_name, NULL::varchar AS was_email, s.match_key AS block_key
FROM ({people}) s
"""

_NEW_FLAG = "COALESCE(subscribed, %(new_subscribed)s)"
_STARTS = f"""
INSERT INTO campaigns_subscriptionstart (project_id, value, source, at, words)
SELECT %(project)s, value, {{source}}, now(), %(consent)s
FROM (SELECT DISTINCT {_NEW_FLAG} AS value FROM incoming WHERE profile_id IS NULL) AS flags
WHERE value IS NOT NULL
RETURNING id, value
"""

_CREATED = f"""
INSERT INTO campaigns_profile (project_id, identity, name, phone, match_key, phone_is_invalid,
    email, language, time_zone, properties, subscribed, subscription_start_id, is_test,
    first_seen_at, last_seen_at)
SELECT %(project)s, identity, COALESCE(name, ''), COALESCE(phone, ''), match_key, false,
    COALESCE(email, ''), COALESCE(language, ''), COALESCE(time_zone, ''), properties, {_NEW_FLAG},
    CASE {_NEW_FLAG} WHEN true THEN (SELECT id FROM starts WHERE value)
        WHEN false THEN (SELECT id FROM starts WHERE NOT value) END,
    false, now(), now()
FROM incoming WHERE profile_id IS NULL {{order}}
RETURNING id
"""

_CHANGED = """
UPDATE campaigns_profile p SET
    name = COALESCE(i.name, p.name),
    phone = COALESCE(i.phone, p.phone),
    match_key = COALESCE(i.match_key, p.match_key),
    phone_is_invalid = p.phone_is_invalid AND i.phone IS NULL,
    email = COALESCE(i.email, p.email),
    language = COALESCE(i.language, p.language),
    time_zone = COALESCE(i.time_zone, p.time_zone),
    properties = {merged},
    subscribed = COALESCE(i.subscribed, p.subscribed)
FROM incoming i
WHERE i.profile_id IS NOT NULL AND p.id = i.profile_id AND (
    {merged} IS DISTINCT FROM p.properties
    OR (COALESCE(i.name, p.name), COALESCE(i.phone, p.phone), COALESCE(i.match_key, p.match_key),
        COALESCE(i.email, p.email), COALESCE(i.language, p.language),
        COALESCE(i.time_zone, p.time_zone), COALESCE(i.subscribed, p.subscribed),
        p.phone_is_invalid AND i.phone IS NULL)
    IS DISTINCT FROM (p.name, p.phone, p.match_key, p.email, p.language, p.time_zone,
        p.subscribed, p.phone_is_invalid))
RETURNING p.id, i.was_subscribed, p.subscribed,
    (p.name, p.email) IS DISTINCT FROM (i.was_name, i.was_email) AS other_words
"""

# A person's own STOP stays, whatever a file or a program says.
_BLOCKS = """
INSERT INTO campaigns_phoneblock (project_id, match_key, blocked, own_word, source, changed_at)
SELECT DISTINCT ON (block_key) %(project)s, block_key, blocked, false, {source}, now()
FROM incoming WHERE blocked IS NOT NULL AND block_key IS NOT NULL
ORDER BY block_key, position DESC
ON CONFLICT (project_id, match_key) DO UPDATE SET blocked = EXCLUDED.blocked, own_word = false,
    source = EXCLUDED.source, changed_at = EXCLUDED.changed_at
WHERE campaigns_phoneblock.blocked <> EXCLUDED.blocked
    AND NOT (campaigns_phoneblock.blocked AND campaigns_phoneblock.own_word)
RETURNING match_key, blocked
"""

_HISTORY = f"""
INSERT INTO campaigns_subscriptionchange
    (project_id, profile_id, match_key, flag, value, source, at, words)
SELECT %(project)s, profile_id, match_key, flag, value, {{source}}, now(),
    CASE WHEN profile_id IS NOT NULL THEN %(consent)s::varchar ELSE '' END
FROM (
    SELECT id AS profile_id, NULL::bigint AS match_key,
        '{SubscriptionChange.Flag.SUBSCRIBED}' AS flag, subscribed AS value
    FROM changed WHERE subscribed IS DISTINCT FROM was_subscribed
    UNION ALL
    SELECT NULL, match_key, '{SubscriptionChange.Flag.BLOCKED}', blocked FROM blocks
) changes
"""

# Ids that were given out together lie together: one row for all who are new.
_WORDS = """
INSERT INTO campaigns_wordsdue (first, last)
SELECT min(id), max(id) FROM created HAVING max(id) IS NOT NULL
UNION ALL SELECT id, id FROM changed WHERE other_words
"""


def upserting(
    people: str,
    *,
    source: Source,
    only_known: bool = False,
    all_new: bool = False,
    removing: bool = False,
) -> str:
    """CTEs, from SQL with one row a person: position, identity, and what is to be written of them.
    `new_subscribed` is the parameter for new people of whom it says nothing, `consent` the words
    that are kept with changes of MSG-whatsapp. `removing`: a property that is null goes; without
    it none may be null. `all_new`: nobody of them is looked for, and who is known raises
    IntegrityError.

    `incoming` has all of them, and `profile_id` where somebody is known; `created`, `changed` and
    `blocks` are what was written."""
    written_by = f"'{source}'"
    merged = "p.properties || i.properties"
    merged = f"jsonb_strip_nulls({merged})" if removing else merged
    found = (_ALL_NEW if all_new else _FOUND).format(people=people)
    found += "WHERE p.id IS NOT NULL" if only_known else ""
    aside, order = ("NOT MATERIALIZED", "ORDER BY identity") if all_new else ("MATERIALIZED", "")
    return f"""
WITH incoming AS {aside} ({found}),
starts AS ({_STARTS.format(source=written_by)}),
created AS ({_CREATED.format(order=order)}), changed AS ({_CHANGED.format(merged=merged)}),
blocks AS ({_BLOCKS.format(source=written_by)}),
history AS ({_HISTORY.format(source=written_by)}),
words_due AS ({_WORDS})
"""


# Of a row of `incoming`.
IS_UPDATED = """
profile_id IN (SELECT id FROM changed)
    OR (profile_id IS NOT NULL AND block_key IN (SELECT match_key FROM blocks))
"""
