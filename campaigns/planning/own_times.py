"""A set time by each person's own clocks, or a date's: when that is in every zone that there is.

The zones become moments here, by the same rule as the dates of campaigns that recur, and SQL looks
a person's up: PostgreSQL reads a time that clocks jump over, or show twice, in another way. Whoever
has no zone, or one that nobody knows, has the project's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from campaigns.gates.zones import zones
from campaigns.models import FIRST_ZONE, Campaign, CampaignKind, OwnTime, Run
from campaigns.planning.missed_dates import GRACE
from campaigns.planning.planned_dates import next_date, schedule_of, zone_of
from campaigns.planning.schedule import Schedule, moment
from campaigns.planning.schedule_document import ScheduleError

ONE_DAY = timedelta(days=1)
ALL_ZONES = timedelta(hours=26)  # from where a time comes first to where it comes last
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
    if is_second_try or not campaign.own_time:
        return False
    if campaign.recurs:
        return _schedule(campaign) is not None
    return campaign.kind == CampaignKind.ONCE and campaign.starts_at is not None


def opens_at(campaign: Campaign) -> datetime | None:
    """When the first of its people are due, as `whose_set_time_has_come` says it in SQL; of one
    that recurs its dates say it."""
    if campaign.recurs or not goes_by_own_times(campaign):
        return campaign.starts_at
    day, at = _shown(campaign)
    return moment(day, at, ZoneInfo(FIRST_ZONE))


def own_times(campaign: Campaign, *, since: datetime, run: Run | None = None) -> OwnTimes:
    """Of a run that begins at `since`; without one, of the next."""
    day, at = _shown(campaign, run)
    known = {name: moment(day, at, zone) for name, zone in zones().items()}
    own = zone_of(campaign)
    due = moment(day, at, own)
    if campaign.recurs:
        return _of_date(campaign, known, due, since)
    passed = frozenset(name for name, due in known.items() if due <= since)
    if campaign.own_time == OwnTime.LEAVE_OUT:
        return OwnTimes(known, due, passed, is_past=due <= since)
    again = {name: _next(day, at, zones()[name], since) for name in passed}
    due = _next(day, at, own, since) if due <= since else due
    return OwnTimes({**known, **again}, due, frozenset(), is_past=False)


def _of_date(
    campaign: Campaign, known: Mapping[str, datetime], due: datetime, since: datetime
) -> OwnTimes:
    """The next day has a date of its own. So a zone that is past is late, as a date may be: by its
    cut-off, an hour where it has none; or it gets it late, where that was chosen."""
    if campaign.sends_late:
        late = {name: max(at, since) for name, at in known.items()}
        return OwnTimes(late, max(due, since), frozenset(), is_past=False)
    lasts = GRACE if campaign.cut_off_hours is None else timedelta(hours=campaign.cut_off_hours)
    passed = frozenset(name for name, at in known.items() if at + lasts <= since)
    return OwnTimes(known, due, passed, is_past=due + lasts <= since)


def own_time_parameters(campaign: Campaign, run: Run | None, *, now: datetime) -> Mapping[str, Any]:
    """What the SQL above asks for, and the gate for whom it is too late. By the moment when the run
    was opened, so that a launch that takes long, or starts anew, finds the same."""
    if not goes_by_own_times(campaign, run):
        return UNUSED
    times = own_times(campaign, since=run.started_at if run else now, run=run)
    to_come = [name for name in times.zones if name not in times.past]
    return {
        "own_past": sorted(times.past),
        "own_to_come": to_come if times.is_past else None,
        "own_zones": list(times.zones),
        "own_dues": list(times.zones.values()),
        "own_due": times.due,
        "own_cut_off": campaign.cut_off_hours,
    }


def _shown(campaign: Campaign, run: Run | None = None) -> tuple[date, time]:
    """What the project's clocks show at its time, or at that of a date."""
    if schedule := _schedule(campaign):
        due = None if run else next_date(campaign)
        planned = run.due_key if run else due.day if due else None
        return planned or schedule.starts_on, schedule.at
    if campaign.starts_at is None:
        raise ValueError("It has no set time")
    local = campaign.starts_at.astimezone(zone_of(campaign))
    return local.date(), local.time()


def _schedule(campaign: Campaign) -> Schedule | None:
    """None where it does not recur, or its days can't be read."""
    try:
        return schedule_of(campaign)
    except ScheduleError:
        return None


def _next(day: date, at: time, zone: ZoneInfo, since: datetime) -> datetime:
    return next(due for due in _daily(day, at, zone, since) if due > since)


def _daily(day: date, at: time, zone: ZoneInfo, since: datetime) -> Iterator[datetime]:
    """From shortly before `since`, however long ago its day is."""
    day = max(day, since.astimezone(zone).date() - ONE_DAY)
    while True:
        yield moment(day, at, zone)
        day += ONE_DAY
