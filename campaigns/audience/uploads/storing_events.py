"""Events that were read, into their months: what is there already stays as it is, the rest is
stored and counted.

Nearly always all of an upload is new. So it is written without looking for each event first, which
costs PostgreSQL less; where one was there after all, that is taken back and they are looked for. Of
a few events that way costs more, in statements, than it saves: they, and the keys that they have to
pass, take one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from json import JSONEncoder
from json.encoder import encode_basestring

from django.db import IntegrityError, connection, transaction

from campaigns.audience.uploads.counted_days import counting
from campaigns.audience.uploads.seen_ids import pass_once, passing
from campaigns.audience.uploads.typed_values import Value
from campaigns.ledger.array_texts import numbers

FEW = 100
_encoded = JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

# JSON escapes line ends, so each line is one event's.
TOLD = """
SELECT n, kind_id, at, fingerprint, profile_id, properties::jsonb
FROM ROWS FROM (
    unnest(%(kinds)s::bigint[]), unnest(%(times)s::timestamptz[]),
    unnest(%(fingerprints)s::bigint[]), unnest(%(profiles)s::bigint[]),
    string_to_table(%(properties)s, E'\\n'), unnest(%(once)s::uuid[])
) WITH ORDINALITY AS told(kind_id, at, fingerprint, profile_id, properties, once, n)
"""

_STORE = """
{source},
stored AS (
    INSERT INTO campaigns_occurrence (kind_id, at, fingerprint, profile_id, properties)
    SELECT kind_id, at, fingerprint, profile_id, properties FROM incoming
    ORDER BY kind_id, at, fingerprint
    {unless_there}
),
counted AS ({count})
"""


def storing(source: str) -> str:
    """CTEs of which `stored` is what was new. `source` has one called `incoming`, with the columns
    n, kind_id, at, fingerprint, profile_id and properties. Always in the same order, so that nobody
    waits in a circle."""
    returned = "RETURNING kind_id, at, fingerprint, profile_id"
    unless_there = f"ON CONFLICT DO NOTHING {returned}"
    return _STORE.format(source=source, unless_there=unless_there, count=counting("stored"))


def _incoming(source: str) -> str:
    return f"incoming AS MATERIALIZED ({source})"


_PASSED = f"""
WITH passed AS ({passing("unnest(%(once)s::uuid[]) AS told (key)")}),
{_incoming(f"{TOLD} WHERE once IS NULL OR once IN (SELECT key FROM passed)")}
"""
STORE = f"{storing(_PASSED)} SELECT n FROM incoming JOIN stored USING (kind_id, at, fingerprint)"
# PostgreSQL would count first. It stores first here too, so that nobody waits in a circle.
_AND_COUNT = "incoming WHERE (SELECT count(*) FROM stored) >= 0"
_NEW = _STORE.format(
    source=f"WITH {_incoming(TOLD)}", unless_there="RETURNING 1", count=counting(_AND_COUNT)
)
STORE_NEW = f"{_NEW} SELECT"
IS_THERE = """
SELECT EXISTS (SELECT FROM campaigns_occurrence WHERE kind_id = %s AND at = %s AND fingerprint = %s)
"""


@dataclass(slots=True)
class EventRow:
    """`properties` is JSON of the values. `once` is the key that it has to pass before, where it
    needs one."""

    kind_id: int
    at: datetime
    fingerprint: int
    profile_id: int
    properties: str
    values: Mapping[str, Value]
    once: str = ""


def fingerprint_of(content: str, profile_id: int) -> int:
    """Two people's never meet where the content is the same."""
    digest = blake2b(content.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True) ^ profile_id


def json_of(values: Mapping[str, Value | None]) -> str:
    """The order of the keys tells nothing. By hand, in half the time that the library takes."""
    parts = []
    for name in sorted(values):
        value = values[name]
        if type(value) is str:
            text = encode_basestring(value)
        elif value is True or value is False:
            text = "true" if value else "false"
        elif type(value) is list:
            text = _encoded(value)
        elif value is None:
            text = "null"
        else:
            text = repr(value)
        parts.append(f"{encode_basestring(name)}:{text}")
    return f"{{{','.join(parts)}}}"


def store(rows: Sequence[EventRow]) -> set[int]:
    """The numbers of those that were new; no two are the same, or have the same key. Inside a
    transaction."""
    if len(rows) <= FEW:
        return _look_and_store(rows)
    passed = pass_once({row.once for row in rows if row.once})
    places = [n for n, row in enumerate(rows) if not row.once or row.once in passed]
    left = [rows[n] for n in places]
    if left and not _is_there(left[0]) and _store_new(left):
        return set(places)
    return {places[n] for n in _look_and_store(left, have_passed=True)}


def _look_and_store(rows: Sequence[EventRow], *, have_passed: bool = False) -> set[int]:
    if not rows:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(STORE, _columns(rows, have_passed=have_passed))
        return {n - 1 for (n,) in cursor.fetchall()}


def _columns(rows: Sequence[EventRow], *, have_passed: bool) -> dict[str, str]:
    once = () if have_passed else (row.once or "NULL" for row in rows)
    return {
        "kinds": numbers(row.kind_id for row in rows),
        "times": f"{{{','.join(row.at.isoformat() for row in rows)}}}",
        "fingerprints": numbers(row.fingerprint for row in rows),
        "profiles": numbers(row.profile_id for row in rows),
        "properties": "\n".join(row.properties for row in rows),
        "once": f"{{{','.join(once)}}}",
    }


def _is_there(row: EventRow) -> bool:
    """Whoever sends one again sends nearly always all of them again."""
    with connection.cursor() as cursor:
        cursor.execute(IS_THERE, [row.kind_id, row.at, row.fingerprint])
        return bool(cursor.fetchone()[0])


def _store_new(rows: Sequence[EventRow]) -> bool:
    """False where one of them is there."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(STORE_NEW, _columns(rows, have_passed=True))
    except IntegrityError:
        return False
    return True
