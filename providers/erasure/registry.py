"""What is kept of people, table by table: what an erasure does to it, and what *everything about
this person* shows.

Each app registers its own when the apps are ready, by the dotted path of a tuple of Kept:

    register("callbacks.inbox.kept.KEPT")

The conditions know these parameters, arrays of numbers: `project` (one number); `profiles`; `keys`,
the match keys of their phones that no other profile of the project has; `conversations` of those
phones; `messages` of ours to them. A table that nobody registers fails a test.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils.module_loading import import_string

MOST_SHOWN, MOST_CHARACTERS = 100_000, 20_000_000  # rows of a table, and what they say in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`whose` is SQL, true of these people's rows. `becomes`: column → SQL; without it the rows go.
    `file` is a column with the name of a stored file, which goes, too. `unsaid` are columns that
    say nothing to anybody. `is_shared`: a row is many people's and names none of them; it is
    shown, and stays."""

    table: str
    whose: str
    becomes: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    unsaid: Sequence[str] = ()
    is_shared: bool = False


_paths: list[str] = []


def register(path: str) -> None:
    if path not in _paths:
        _paths.append(path)


def everything_kept() -> list[Kept]:
    return [kept for path in _paths for kept in import_string(path)]


def wipe(whose: Mapping[str, Any]) -> list[str]:
    """In the caller's transaction. The names of files to be deleted once that is committed."""
    own = (kept for kept in everything_kept() if not kept.is_shared)
    return [name for kept in own for name in _wipe(kept, whose)]


def _wipe(kept: Kept, whose: Mapping[str, Any]) -> list[str]:
    changes = ", ".join(f"{column} = {value}" for column, value in kept.becomes.items())
    act = f"UPDATE {kept.table} SET {changes}" if changes else f"DELETE FROM {kept.table}"
    returning = f" RETURNING {kept.file}" if kept.file else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{act} WHERE {kept.whose}{returning}", whose)
        return [name for (name,) in cursor.fetchall() if name] if kept.file else []


def everything_about(whose: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Table → rows, as PostgreSQL writes them in JSON."""
    told: dict[str, dict[str, None]] = {}
    for kept in everything_kept():
        told.setdefault(kept.table, {}).update(dict.fromkeys(_rows(kept, whose)))
    return {table: [json.loads(row) for row in rows] for table, rows in told.items() if rows}


def _rows(kept: Kept, whose: Mapping[str, Any]) -> list[str]:
    """Raw cursors give jsonb as text. No more than memory holds, whatever somebody has uploaded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT said FROM (SELECT said, sum(length(said)) OVER (ROWS UNBOUNDED PRECEDING)"
            " AS so_far FROM (SELECT (to_jsonb(kept) - %(unsaid)s::text[])::text AS said"
            f" FROM {kept.table} AS kept WHERE {kept.whose} LIMIT {MOST_SHOWN}) AS rows) AS summed"
            f" WHERE so_far <= {MOST_CHARACTERS}",
            {**whose, "unsaid": list(kept.unsaid)},
        )
        return [row for (row,) in cursor.fetchall()]
