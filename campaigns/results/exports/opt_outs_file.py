"""Who left, when, and how, as rows of a file."""

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.audience.imports.neutralizing import neutral
from campaigns.models import Export, Source, SubscriptionChange
from campaigns.results.exports.content import Content
from campaigns.results.exports.days import span_asked, spelled
from campaigns.results.exports.streaming import streamed

HEAD = ("When", "What", "By", "Identity", "Phone", "Name", "Words")
Flag = SubscriptionChange.Flag
WHAT = {
    Flag.SUBSCRIBED: "No longer subscribed",
    Flag.BLOCKED: "Opted out",
    Flag.NO_MARKETING: "Stopped marketing in WhatsApp",
}
# New people of whom it was said are told of by what they came with.
_STARTED = f"""
SELECT s.at, '{Flag.SUBSCRIBED}', s.source, p.identity, p.phone, p.name, s.words
FROM campaigns_subscriptionstart s JOIN campaigns_profile p ON p.subscription_start_id = s.id
WHERE s.project_id = %(project)s AND p.project_id = %(project)s
    AND s.at >= %(first)s AND s.at < %(last)s AND NOT s.value
"""
# A stop is a phone's: of several people who share one, the first stands for it.
_ROWS = f"""
SELECT s.at, s.flag, s.source, p.identity, p.phone, p.name, s.words
FROM campaigns_subscriptionchange s
LEFT JOIN LATERAL (
    SELECT identity, phone, name FROM campaigns_profile
    WHERE project_id = s.project_id
        AND (id = s.profile_id OR (s.profile_id IS NULL AND match_key = s.match_key))
    ORDER BY id LIMIT 1
) AS p ON true
WHERE s.project_id = %(project)s AND s.at >= %(first)s AND s.at < %(last)s
    AND CASE s.flag WHEN '{Flag.SUBSCRIBED}' THEN s.value IS FALSE ELSE s.value END
UNION ALL {_STARTED}
"""


def opt_outs_content(export: Export) -> Content:
    span = span_asked(export)
    given = {"project": export.project_id, "first": span.first, "last": span.last}
    zone = ZoneInfo(export.project.time_zone)
    return Content(head=HEAD, rows=_rows(given, zone), total=None)


def _rows(given: Mapping[str, Any], zone: ZoneInfo) -> Iterator[list[str]]:
    for at, flag, source, *cells in streamed(_ROWS, given):
        told = [WHAT[Flag(flag)], str(Source(source).label)]
        yield [spelled(at, zone), *told, *(neutral(cell or "") for cell in cells)]
