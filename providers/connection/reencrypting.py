"""Putting every stored secret under the newest of CREDENTIAL_KEYS, so that old keys can go.

Works on what is stored, column by column: no secret becomes plain on the way, and one that somebody
changes at the same moment is left to them, as theirs is under the newest key anyhow.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection
from django.db.models import Model

from providers.models.fields import EncryptedField
from providers.secrets.encryption import UnreadableSecretError, reencrypt

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Column:
    """Where secrets are stored, in the database's words."""

    table: str
    key: str
    name: str

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """`unreadable` are the keys of rows that none of CREDENTIAL_KEYS opens."""

    column: Column
    done: int
    unreadable: tuple[str, ...]


def columns() -> list[Column]:
    """Of every app: a new encrypted field is found by itself."""
    return [
        Column(model._meta.db_table, _key_of(model), str(field.column))
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedField)
    ]


def reencrypt_column(column: Column) -> Outcome:
    """In batches, each committed by itself: it can be stopped and started again at any moment."""
    done, unreadable = 0, []
    for key, sealed in _rows(column):
        try:
            done += _replace(column, key, sealed, reencrypt(sealed))
        except UnreadableSecretError:
            unreadable.append(str(key))
    return Outcome(column, done, tuple(unreadable))


def _key_of(model: type[Model]) -> str:
    """Every table has one."""
    return str(model._meta.pk and model._meta.pk.column)


def _rows(column: Column) -> Iterator[tuple[int, str]]:
    """All of them by key, a batch at a time."""
    last: int | None = None
    quoted = _quoted(column)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {quoted.key}, {quoted.name} FROM {quoted.table} "
                f"WHERE {quoted.name} <> '' AND (%s::bigint IS NULL OR {quoted.key} > %s) "
                f"ORDER BY {quoted.key} LIMIT {AT_ONCE}",
                [last, last],
            )
            rows = cursor.fetchall()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _replace(column: Column, key: int, old: str, new: str) -> int:
    quoted = _quoted(column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quoted.table} SET {quoted.name} = %s "
            f"WHERE {quoted.key} = %s AND {quoted.name} = %s",
            [new, key, old],
        )
        return int(cursor.rowcount)


def _quoted(column: Column) -> Column:
    quote = connection.ops.quote_name
    return Column(quote(column.table), quote(column.key), quote(column.name))
