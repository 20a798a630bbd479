"""?fields=id,name: of an answer, or of each record where it tells of many, these fields alone.

A program that is made of the document does not know of it: its types are of whole answers.
"""

from collections.abc import Collection, Mapping
from typing import Any

from providers.api.queries import NotReadable, Reader
from providers.api.schemas import Schema

MOST_SHOWN = 40


def names_in(answer: Schema) -> Collection[str]:
    """Of the fields that can be chosen."""
    names: Mapping[str, Any] = answer.get("properties", {})
    if names.keys() != {"records", "next"}:
        return names
    of_each: Mapping[str, Any] = names["records"]["items"]["properties"]
    return of_each


def some_of(names: Collection[str]) -> Reader:
    def read(given: str) -> frozenset[str]:
        wanted = frozenset(name.strip() for name in given.split(","))
        if unknown := wanted.difference(names):
            shown = min(unknown)[:MOST_SHOWN]
            raise NotReadable(f"There is no field “{shown}” here. There are {', '.join(names)}.")
        return wanted

    return read


def only(wanted: Collection[str], told: Mapping[str, Any]) -> dict[str, Any]:
    if told.keys() != {"records", "next"}:
        return {name: value for name, value in told.items() if name in wanted}
    return {**told, "records": [only(wanted, record) for record in told["records"]]}
