"""What people wrote, as rows of a file that campaigns' exports write."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from callbacks.models import Consequence
from campaigns.audience.imports.neutralizing import neutral
from campaigns.models import Export
from campaigns.results.exports.content import Content
from campaigns.results.exports.days import span_asked, spelled
from campaigns.results.exports.streaming import streamed

HEAD = ("When", "Phone", "Name", "Kind", "Text", "What came of it", "Identity")
_ROWS = """
SELECT i.at, i.phone, i.name, i.type, i.text, i.consequence, p.identity
FROM callbacks_inboundmessage i LEFT JOIN campaigns_profile p ON p.id = i.profile_id
WHERE i.project_id = %(project)s AND i.at >= %(first)s AND i.at < %(last)s
"""


def inbound_content(export: Export) -> Content:
    span = span_asked(export)
    given = {"project": export.project_id, "first": span.first, "last": span.last}
    zone = ZoneInfo(export.project.time_zone)
    return Content(head=HEAD, rows=_rows(given, zone), total=None)


def _rows(given: Mapping[str, Any], zone: ZoneInfo) -> Iterator[list[str]]:
    for at, phone, name, kind, text, consequence, identity in streamed(_ROWS, given):
        became = str(Consequence(consequence).label)
        cells = (phone, name, kind, text, became, identity or "")
        yield [spelled(at, zone), *map(neutral, cells)]
