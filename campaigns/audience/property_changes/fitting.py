"""A property's values as another type: what becomes of each, and how many would not fit."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection

from campaigns.audience.imports.values import ValueRefusedError, ValueType, reader_of
from campaigns.audience.segments.estimating import EstimateRefused, limited_to
from campaigns.audience.segments.offering import PEOPLE_HERE_AND_THERE
from campaigns.models import ProfileProperty, PropertyType

PATIENCE = 5_000  # milliseconds
MOST_DISTINCT = 50_000
_ALL = """
SELECT properties -> %(name)s, count(*) FROM campaigns_profile
WHERE project_id = %(project)s AND properties -> %(name)s <> 'null' GROUP BY 1 LIMIT %(most)s
"""
_SOME = f"""
SELECT properties -> %(name)s, count(*) FROM ({PEOPLE_HERE_AND_THERE}) AS one
WHERE properties -> %(name)s <> 'null' GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Fit:
    """Of people who have it: how many would keep it as the other type, and how many lose it."""

    keep: int
    lose: int
    of_everybody: bool


def as_type(value: object, read_as: ValueType, *, time_zone: str) -> object:
    """Raises ValueRefusedError."""
    kind = read_as.property_type
    if kind == PropertyType.TEXT:
        return value if isinstance(value, str) else _text(value)
    if _is_already(value, kind):
        return value
    try:
        return _read(value, read_as, time_zone)
    except ValueRefusedError:
        if kind != PropertyType.DATE or read_as == ValueType.DATE:
            raise
        return _read(value, ValueType.DATE, time_zone)  # as dates are kept


def _is_already(value: object, kind: PropertyType) -> bool:
    match kind:
        case PropertyType.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case PropertyType.BOOLEAN:
            return isinstance(value, bool)
        case PropertyType.TEXTS:
            return isinstance(value, list)
        case _:
            return False


def _read(value: object, read_as: ValueType, time_zone: str) -> object:
    text = _text(value).strip()
    if not text:
        raise ValueRefusedError("is empty.")
    return json.loads(reader_of(read_as, time_zone=time_zone)(text), strict=False)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    if value is None or isinstance(value, dict):
        raise ValueRefusedError("is no value.")
    return value if isinstance(value, str) else json.dumps(value)


def what_fits(known: ProfileProperty, read_as: ValueType) -> Fit:
    """Of everybody where that can be counted soon, else of people looked at here and there."""
    try:
        with limited_to(PATIENCE) as cursor:
            cursor.execute(_ALL, {**_named(known), "most": MOST_DISTINCT + 1})
            values = cursor.fetchall()
    except EstimateRefused:
        values = None
    if values is not None and len(values) <= MOST_DISTINCT:
        return _counted(values, known, read_as, of_everybody=True)
    with connection.cursor() as cursor:
        cursor.execute(_SOME, _named(known))
        return _counted(cursor.fetchall(), known, read_as, of_everybody=False)


def _counted(
    values: Iterable[tuple[str, int]],
    known: ProfileProperty,
    read_as: ValueType,
    *,
    of_everybody: bool,
) -> Fit:
    fits = partial(_fits, read_as=read_as, time_zone=known.project.time_zone)
    kept = {True: 0, False: 0}
    for text, count in values:
        kept[fits(json.loads(text))] += count
    return Fit(kept[True], kept[False], of_everybody)


def _fits(value: object, *, read_as: ValueType, time_zone: str) -> bool:
    try:
        as_type(value, read_as, time_zone=time_zone)
    except ValueRefusedError:
        return False
    return True


def _named(known: ProfileProperty) -> dict[str, Any]:
    return {"project": known.project_id, "name": known.name}
