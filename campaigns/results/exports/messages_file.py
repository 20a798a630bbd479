"""Messages as rows of a file, those of a campaign or of some days: who, how far it got, and why not
further."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.audience.imports.neutralizing import neutral
from campaigns.gates.explaining import Again, explain
from campaigns.models import Export, MessageKind, State
from campaigns.results.exports.content import FETCHED, Content
from campaigns.results.exports.days import span_asked, spelled
from campaigns.results.exports.whom import behind_asked, campaign_asked
from campaigns.results.message_days import messages_in
from campaigns.results.numbers import COUNTED, results_by_campaign
from campaigns.results.people_behind import Behind, narrowed, people_behind

HEAD = ("Identity", "Phone", "Name", "What became of it", "Why", "Code")
TIMES = {
    "Sent": "sent_at",
    "Delivered": "delivered_at",
    "Viewed": "read_at",
    "Clicked": "clicked_at",
    "Replied": "replied_at",
    "Failed": "failed_at",
}
HEAD_OF_DAYS = ("Queued", "Kind", "Campaign")
_OF_DAYS = ("created_at", "kind", "campaign__name")
_FIELDS = ("profile__identity", "phone", "profile__name", "state", "reason", "code")


def messages_content(export: Export) -> Content:
    """Times are those of the project's zone. Raises ExportError."""
    return _of_campaign(export) if "campaign" in export.asked else _of_days(export)


def _of_campaign(export: Export) -> Content:
    campaign, behind = campaign_asked(export)
    found = people_behind(campaign, behind).values_list(*_FIELDS, *TIMES.values())
    results = results_by_campaign([campaign.pk])[campaign.pk]
    is_whole_slice = behind == Behind(behind.slice) and behind.slice in COUNTED
    zone = ZoneInfo(export.project.time_zone)
    return Content(
        head=[*HEAD, *TIMES],
        rows=(_row(row, zone) for row in found.iterator(chunk_size=FETCHED)),
        total=results.count(behind.slice) if is_whole_slice else None,
    )


def _of_days(export: Export) -> Content:
    """Of every kind, also to people of whom nothing else is known."""
    found = narrowed(messages_in(export.project, span_asked(export)), behind_asked(export))
    if kind := export.asked["kind"]:
        found = found.filter(kind=int(kind))
    rows = found.values_list(*_OF_DAYS, *_FIELDS, *TIMES.values())
    zone = ZoneInfo(export.project.time_zone)
    return Content(
        head=[*HEAD_OF_DAYS, *HEAD, *TIMES],
        rows=(_row_of_days(row, zone) for row in rows.iterator(chunk_size=FETCHED)),
        total=None,
    )


def _row_of_days(row: tuple[Any, ...], zone: ZoneInfo) -> list[str]:
    at, kind, campaign, *rest = row
    label = str(MessageKind(kind).label)
    return [spelled(at, zone), label, neutral(campaign or ""), *_row(rest, zone)]


def _row(row: Sequence[Any], zone: ZoneInfo) -> list[str]:
    identity, phone, name, state, reason, code, *times = row
    said = (str(State(state).label), _why(reason, code), code)
    who = (identity or "", phone, name or "")
    return [neutral(cell) for cell in (*who, *said)] + [spelled(at, zone) for at in times]


@lru_cache(maxsize=1_000)
def _why(reason: str, code: str) -> str:
    return explain(reason, code, again=Again.BY_RETRY).meaning if reason else ""
