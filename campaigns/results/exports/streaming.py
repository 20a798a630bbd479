"""Rows of a statement, a few thousand in memory at a time."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection

from campaigns.results.exports.content import FETCHED


def streamed(statement: str, parameters: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """By a cursor of the server's: what it found stays there, and no transaction is held open."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(FETCHED):
            yield from rows
