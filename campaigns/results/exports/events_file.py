"""What people did, as rows of a file: what we wrote of messages, and custom events beside it."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.audience.imports.neutralizing import neutral
from campaigns.models import Export
from campaigns.results.exports.content import Content
from campaigns.results.exports.days import span_asked, spelled
from campaigns.results.exports.streaming import streamed

HEAD = ("When", "Event", "Identity", "Phone", "Name", "Properties")
_ROWS = """
SELECT e.at, e.name, p.identity, p.phone, p.name, e.properties::text
FROM campaigns_event e LEFT JOIN campaigns_profile p ON p.id = e.profile_id
WHERE e.project_id = %(project)s AND e.at >= %(first)s AND e.at < %(last)s
UNION ALL
SELECT o.at, k.name, p.identity, p.phone, p.name, o.properties::text
FROM campaigns_eventkind k
JOIN campaigns_occurrence o ON o.kind_id = k.id AND o.at >= %(first)s AND o.at < %(last)s
LEFT JOIN campaigns_profile p ON p.id = o.profile_id
WHERE k.project_id = %(project)s
"""


def events_content(export: Export) -> Content:
    span = span_asked(export)
    given = {"project": export.project_id, "first": span.first, "last": span.last}
    zone = ZoneInfo(export.project.time_zone)
    return Content(head=HEAD, rows=_rows(given, zone), total=None)


def _rows(given: Mapping[str, Any], zone: ZoneInfo) -> Iterator[list[str]]:
    for at, *cells in streamed(_ROWS, given):
        yield [spelled(at, zone), *(neutral(cell or "") for cell in cells)]
