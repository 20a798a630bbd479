"""Writing the words of people who are new or have another name, a few thousand at a time.

Whoever writes people says so in the same transaction (`due`), so nobody is forgotten, whoever
is killed when. Only one worker walks, and it forgets a range once its words are there.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from campaigns.audience.words.folding import folded, words_to_find
from campaigns.models import WordsDue

BATCH = 5_000  # profiles
LONGEST_KEY = 50  # letters of a name
LOCK = 5_108_240  # any number that no other lock has

# Ranges overlap where two imports run side by side; the first few are worked off together.
DUE = """
SELECT id, first FROM campaigns_wordsdue ORDER BY first LIMIT %(batch)s FOR UPDATE
"""
PEOPLE = """
SELECT DISTINCT p.id, p.project_id, p.name, p.email
FROM campaigns_wordsdue d JOIN campaigns_profile p
    ON p.id BETWEEN GREATEST(d.first, %(first)s) AND LEAST(d.last, %(last)s)
WHERE d.id = ANY(%(due)s::bigint[]) AND d.first <= %(last)s
"""
WRITE = """
WITH told AS (
    SELECT id, array_to_tsvector(string_to_array(words, ' ')) AS words, name_key
    FROM unnest(%(ids)s::bigint[], %(words)s::text[], %(name_keys)s::text[])
        AS told(id, words, name_key) WHERE words <> '' OR name_key IS NOT NULL
),
gone AS (
    DELETE FROM campaigns_profilewords
    WHERE profile_id = ANY(%(ids)s::bigint[]) AND profile_id NOT IN (SELECT id FROM told)
)
INSERT INTO campaigns_profilewords AS w (profile_id, words, name_key)
SELECT id, words, name_key FROM told
ON CONFLICT (profile_id) DO UPDATE SET words = EXCLUDED.words, name_key = EXCLUDED.name_key
WHERE (w.words, w.name_key) IS DISTINCT FROM (EXCLUDED.words, EXCLUDED.name_key)
"""
GO_ON = """
WITH over AS (
    DELETE FROM campaigns_wordsdue WHERE id = ANY(%(due)s::bigint[]) AND last <= %(last)s
)
UPDATE campaigns_wordsdue SET first = %(last)s + 1
WHERE id = ANY(%(due)s::bigint[]) AND first <= %(last)s AND last > %(last)s
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    due: list[int]
    first: int

    @property
    def parameters(self) -> dict[str, Any]:
        return {"due": self.due, "first": self.first, "last": self.first + BATCH - 1}


def due(profile_id: int) -> None:
    """This person is new, or has another name or e-mail. In the transaction that writes it."""
    WordsDue.objects.create(first=profile_id, last=profile_id)


def write_what_is_due() -> None:
    while _write_next():
        pass


@transaction.atomic
def _write_next() -> bool:
    """Whether there was any."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone()
        if not is_ours:
            return False
        cursor.execute(DUE, {"batch": BATCH})
        rows = cursor.fetchall()
        if not rows:
            return False
        stretch = Stretch([pk for pk, _ in rows], rows[0][1])
        cursor.execute(PEOPLE, stretch.parameters)
        cursor.execute(WRITE, _told(cursor.fetchall()))
        cursor.execute(GO_ON, stretch.parameters)
    return True


def _told(people: list[tuple[int, int, str, str]]) -> dict[str, Any]:
    words = [
        " ".join(sorted(f"{project}:{word}" for word in words_to_find(name, email)))
        for _, project, name, email in people
    ]
    return {
        "ids": [pk for pk, *_ in people],
        "words": words,
        "name_keys": [_name_key(project, name) for _, project, name, _ in people],
    }


def _name_key(project_id: int, name: str) -> str | None:
    """By which people stand in the order of their names; None without one."""
    words = " ".join(folded(name).split())[:LONGEST_KEY]
    return f"{keys_of(project_id)[0]}{words}" if words else None


def keys_of(project_id: int) -> tuple[str, str]:
    """Before and behind the keys of all names of a project."""
    return f"{project_id}:", f"{project_id};"
