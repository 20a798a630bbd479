"""People as rows of a file: what an import of it reads as the same people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from campaigns.audience.imports.neutralizing import EXPORT_COLUMNS, neutral
from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.source import AudienceSource
from campaigns.models import Export, ProfileProperty
from campaigns.results.exports.content import Content, Number
from campaigns.results.exports.streaming import streamed
from campaigns.results.exports.whom import people_asked

_known = json.JSONDecoder(parse_int=Number, parse_float=Number).decode
_FLAG = "CASE {} WHEN true THEN 'yes' WHEN false THEN 'no' ELSE '' END"
_FROM = f"""
FROM campaigns_profile p {BLOCK_JOIN} {{join}}
WHERE p.project_id = %(project)s AND {{condition}} AND {{is_kept}}
"""
_ROWS = f"""
SELECT p.properties::text, p.identity, p.phone, p.name, p.email, p.language, p.time_zone,
    {_FLAG.format("p.subscribed")}, {_FLAG.format("b.blocked")}
{_FROM}
"""
_COUNT = f"SELECT count(*) {_FROM}"


def people_content(export: Export) -> Content:
    """Raises ExportError, RuleRefused."""
    source = people_asked(export)
    parameters = {**source.parameters, "project": export.project_id}
    own = ProfileProperty.objects.filter(project=export.project).order_by("name")
    names = list(own.values_list("name", flat=True))
    return Content(
        head=[*EXPORT_COLUMNS, *map(neutral, names)],
        rows=_rows(_spelled(_ROWS, source), parameters, names),
        total=None if source.is_rule else _count(_spelled(_COUNT, source), parameters),
    )


def _spelled(statement: str, source: AudienceSource) -> str:
    return statement.format(join=source.join, condition=source.condition, is_kept=source.is_kept)


def _count(statement: str, parameters: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        (people,) = cursor.fetchone()
    return int(people)


def _rows(
    statement: str, parameters: Mapping[str, Any], names: Sequence[str]
) -> Iterator[list[str]]:
    """Each takes microseconds: a million of them are an export that somebody waits for."""
    for properties, *fields, subscribed, blocked in streamed(statement, parameters):
        known = _known(properties)
        own = [cell_of(known[name]) if name in known else "" for name in names]
        yield [*map(neutral, fields), subscribed, blocked, *own]


def cell_of(value: Any) -> str:
    """A property as an import reads it: the type of its column is known by then."""
    if isinstance(value, str):
        return value if isinstance(value, Number) else neutral(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return neutral(_joined([str(one) for one in value])) if isinstance(value, list) else ""


def _joined(texts: Sequence[str]) -> str:
    """Between semicolons; with one behind it, where a single text would be parted at its commas."""
    return f"{texts[0]};" if len(texts) == 1 and "," in texts[0] else "; ".join(texts)
