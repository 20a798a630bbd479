"""A campaign's messages as rows of a file: who, how far it got, and why not further."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.audience.imports.neutralizing import neutral
from campaigns.gates.explaining import Again, explain
from campaigns.models import Export, State
from campaigns.results.exports.content import FETCHED, Content
from campaigns.results.exports.days import spelled
from campaigns.results.exports.whom import campaign_asked
from campaigns.results.numbers import LEFT, results_by_campaign
from campaigns.results.people_behind import Behind, people_behind

HEAD = ("Identity", "Phone", "Name", "What became of it", "Why", "Code")
TIMES = {
    "Sent": "sent_at",
    "Delivered": "delivered_at",
    "Viewed": "read_at",
    "Clicked": "clicked_at",
    "Replied": "replied_at",
    "Failed": "failed_at",
}
_FIELDS = ("profile__identity", "phone", "profile__name", "state", "reason", "code")


def messages_content(export: Export) -> Content:
    """Times are those of the project's zone. Raises ExportError."""
    campaign, behind = campaign_asked(export)
    found = people_behind(campaign, behind).values_list(*_FIELDS, *TIMES.values())
    results = results_by_campaign([campaign.pk])[campaign.pk]
    is_whole_slice = behind == Behind(behind.slice) and behind.slice != LEFT.name
    return Content(
        head=[*HEAD, *TIMES],
        rows=_rows(found.iterator(chunk_size=FETCHED), ZoneInfo(export.project.time_zone)),
        total=results.count(behind.slice) if is_whole_slice else None,
    )


def _rows(found: Iterator[tuple[Any, ...]], zone: ZoneInfo) -> Iterator[list[str]]:
    for identity, phone, name, state, reason, code, *times in found:
        said = [str(State(state).label), _why(str(reason), str(code)), str(code)]
        who = [str(identity), str(phone), str(name)]
        yield [neutral(cell) for cell in (*who, *said)] + [spelled(at, zone) for at in times]


@lru_cache(maxsize=1_000)
def _why(reason: str, code: str) -> str:
    return explain(reason, code, again=Again.BY_RETRY).meaning if reason else ""
