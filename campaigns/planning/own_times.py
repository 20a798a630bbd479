"""A set time by each person's own clocks: when that is in every zone that there is.

The zones become moments here, by the same rule as the dates of campaigns that recur, and SQL looks
a person's up: PostgreSQL reads a time that clocks jump over, or show twice, in another way. Whoever
has no zone, or one that nobody knows, has the project's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from campaigns.models import FIRST_ZONE, Campaign, CampaignKind, OwnTime, Run
from campaigns.planning.planned_dates import zone_of
from campaigns.planning.schedule import moment

ONE_DAY = timedelta(days=1)
UNUSED: Mapping[str, Any] = {"own_past": [], "own_to_come": None}

# Of who, a person, and own, their zone's moment; both may be missing.
DUE_AT = "COALESCE(own.at, %(own_due)s::timestamptz)"
EXPIRES_AT = f"{DUE_AT} + %(own_cut_off)s::int * interval '1 hour'"
LOOK_UP = """LEFT JOIN campaigns_profile who ON who.id = written.profile_id
    LEFT JOIN unnest(%(own_zones)s::text[], %(own_dues)s::timestamptz[]) AS own (zone, at)
        ON own.zone = who.time_zone"""


@dataclass(frozen=True, slots=True)
class OwnTimes:
    """`due` is for whoever has none of the `zones`. In those of `past` nobody gets it any more."""

    zones: Mapping[str, datetime]
    due: datetime
    past: frozenset[str]
    is_past: bool

    def of(self, zone: str) -> datetime:
        return self.zones.get(zone, self.due)


def goes_by_own_times(campaign: Campaign, run: Run | None = None) -> bool:
    """A second try goes out at once."""
    is_second_try = run is not None and run.retry_of_id is not None
    has_own = campaign.kind == CampaignKind.ONCE and campaign.own_time and campaign.starts_at
    return bool(has_own) and not is_second_try


def opens_at(campaign: Campaign) -> datetime | None:
    """When the first of its people are due, as `whose_set_time_has_come` says it in SQL."""
    if not goes_by_own_times(campaign):
        return campaign.starts_at
    day, at = _shown(campaign)
    return moment(day, at, ZoneInfo(FIRST_ZONE))


def own_times(campaign: Campaign, *, since: datetime) -> OwnTimes:
    """Of a run that begins at `since`."""
    day, at = _shown(campaign)
    known = {name: moment(day, at, zone) for name, zone in _zones().items()}
    passed = frozenset(name for name, due in known.items() if due <= since)
    own = zone_of(campaign)
    due = moment(day, at, own)
    if campaign.own_time == OwnTime.LEAVE_OUT:
        return OwnTimes(known, due, passed, is_past=due <= since)
    again = {name: _next(day, at, _zones()[name], since) for name in passed}
    due = _next(day, at, own, since) if due <= since else due
    return OwnTimes({**known, **again}, due, frozenset(), is_past=False)


def own_time_parameters(campaign: Campaign, run: Run | None, *, now: datetime) -> Mapping[str, Any]:
    """What the SQL above asks for, and the gate for whom it is too late. By the moment when the run
    was opened, so that a launch that takes long, or starts anew, finds the same."""
    if not goes_by_own_times(campaign, run):
        return UNUSED
    times = own_times(campaign, since=run.started_at if run else now)
    to_come = [name for name in times.zones if name not in times.past]
    return {
        "own_past": sorted(times.past),
        "own_to_come": to_come if times.is_past else None,
        "own_zones": list(times.zones),
        "own_dues": list(times.zones.values()),
        "own_due": times.due,
        "own_cut_off": campaign.cut_off_hours,
    }


def _shown(campaign: Campaign) -> tuple[date, time]:
    """What the project's clocks show at its time."""
    if campaign.starts_at is None:
        raise ValueError("It has no set time")
    local = campaign.starts_at.astimezone(zone_of(campaign))
    return local.date(), local.time()


def _next(day: date, at: time, zone: ZoneInfo, since: datetime) -> datetime:
    return next(due for due in _daily(day, at, zone, since) if due > since)


def _daily(day: date, at: time, zone: ZoneInfo, since: datetime) -> Iterator[datetime]:
    """From shortly before `since`, however long ago its day is."""
    day = max(day, since.astimezone(zone).date() - ONE_DAY)
    while True:
        yield moment(day, at, zone)
        day += ONE_DAY


@cache
def _zones() -> Mapping[str, ZoneInfo]:
    """All that there are; read once for a process."""
    return {name: ZoneInfo(name) for name in sorted(available_timezones())}
