"""When a live campaign may go to somebody who is due at a certain moment, in SQL: each event has a
moment of its own, and they come by the thousand.
"""

from datetime import time
from typing import Protocol

from campaigns.audience.segments.rules import Statement
from campaigns.models import QuietAction
from campaigns.planning.occasion import Occasion


class HasQuietHours(Protocol):
    """A campaign, or what is read of it."""

    @property
    def quiet_from(self) -> time | None: ...

    @property
    def quiet_until(self) -> time | None: ...

    @property
    def quiet_action(self) -> str: ...


def first_allowed(moment: str, occasion: Occasion, *, zone: str) -> str:
    """SQL of SQL: that moment, or the next one on the days and in the hours that are chosen. `zone`
    is SQL, too. Of a week from the day before, since its hours may go over midnight. The clock on
    the wall says whether it is allowed now, also where it is changed; hours that it jumps over have
    no moment on that day."""
    if not occasion.is_limited:
        return moment
    since, until = occasion.since, occasion.until
    opens = f"time '{since:%H:%M}'" if since else "time '00:00'"
    closes = f"time '{until:%H:%M}'" if until else "time '00:00'"
    over_midnight = since is None or until is None or until < since
    days = ", ".join(str(int(day)) for day in sorted(occasion.weekdays))
    return f"""(SELECT min(CASE WHEN hours.opens <= wall.shows THEN {moment}
            ELSE hours.opens AT TIME ZONE {zone} END)
        FROM (SELECT {moment} AT TIME ZONE {zone} AS shows) AS wall
        CROSS JOIN generate_series(-1, 8) AS n
        CROSS JOIN LATERAL (SELECT wall.shows::date + n AS day) AS days
        CROSS JOIN LATERAL (SELECT days.day + {opens} AS opens,
            days.day + {int(over_midnight)} + {closes} AS closes) AS hours
        WHERE extract(isodow FROM days.day) IN ({days}) AND hours.closes > wall.shows
            AND (hours.opens <= wall.shows
                OR hours.opens AT TIME ZONE {zone} AT TIME ZONE {zone} < hours.closes))"""


def after_quiet_hours(
    moment: str, campaign: HasQuietHours, statement: Statement, *, zone: str
) -> str:
    """SQL of SQL: that moment, or the end of the campaign's quiet hours, where messages wait for
    it (gates/quiet_hours.py)."""
    if campaign.quiet_from is None or campaign.quiet_until is None:
        return moment
    if campaign.quiet_action != QuietAction.DELAY:
        return moment
    begin, end = (statement.value(at) for at in (campaign.quiet_from, campaign.quiet_until))
    local = f"({moment} AT TIME ZONE {zone})"
    after, before = f"{local}::time >= {begin}::time", f"{local}::time < {end}::time"
    joined = "AND" if campaign.quiet_from <= campaign.quiet_until else "OR"
    return f"""CASE WHEN {after} {joined} {before} THEN (
        {local}::date + CASE WHEN {before} THEN 0 ELSE 1 END + {end}::time) AT TIME ZONE {zone}
        ELSE {moment} END"""
