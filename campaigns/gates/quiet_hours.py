"""A campaign's quiet hours, by the clocks where each person is: whose turn comes in them waits for
their end, or is dropped, as the campaign chooses. Whoever has no zone has the project's.

In which zones it is quiet is found here for all that there are, once a minute, by PostgreSQL's
clock; the claim looks a person's up, and passes by whoever is asleep. They are put off by
sending/putting_off.py (docs/decisions/0047-quiet-hours-are-each-persons-own.md).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from json import dumps
from zoneinfo import ZoneInfo

from django.db import connection

from campaigns.gates.base import ClockGate, Explanation, Foreseen
from campaigns.gates.ending import last_moment
from campaigns.gates.zones import zone_of_person, zones
from campaigns.models import Campaign, OwnTime, QuietAction, Reason

# Of c: beginning and end in seconds of a day, and whether it drops; -1: it has none.
HOURS_OF_CAMPAIGN = f"""COALESCE(extract(epoch FROM c.quiet_from)::bigint, -1),
    COALESCE(extract(epoch FROM c.quiet_until)::bigint, -1),
    (c.quiet_action = '{QuietAction.DISCARD}')::int"""
# Of quiet, the text of `clocks_of` as zones, with m and p: when they end where p is, in seconds of
# the epoch; NULL: they are awake.
_THERE = "(m.campaign_id || ' ' || p.time_zone)"
OVER = f"""(CASE WHEN quiet.zones ? {_THERE} THEN quiet.zones ->> {_THERE}
    ELSE quiet.zones ->> (m.campaign_id || ' ') END)::bigint"""
# A CASE, though IS NULL says the same: behind that PostgreSQL expects one row of two hundred, and
# goes through what was claimed again for each that was picked.
AWAKE = f"CASE WHEN {OVER} IS NULL THEN true ELSE false END"
MOST_LOOKED_AT = 200_000
_LIVES_THERE = """
SELECT count(*), bool_or(time_zone = ANY(%(zones)s)) FROM (
    SELECT time_zone FROM campaigns_profile WHERE project_id = %(project)s
    ORDER BY id LIMIT %(most)s
) AS looked_at
"""
QUIET = "(SELECT %(quiet)s::jsonb AS zones) AS quiet"


def zone_of_project(project: str) -> str:
    """SQL of SQL for a project's id."""
    return f"(SELECT zone.time_zone FROM providers_project zone WHERE zone.id = {project})"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day until another, over midnight if the second is earlier; from one time
    until the same is no time."""

    start: time
    end: time
    zone: ZoneInfo

    def end_after(self, at: datetime) -> datetime | None:
        """When they end, if `at` lies within them."""
        local = at.astimezone(self.zone)
        now = local.time()
        over_midnight = self.start > self.end
        within = (
            now >= self.start or now < self.end if over_midnight else self.start <= now < self.end
        )
        if not within:
            return None
        day = local.date() + timedelta(days=over_midnight and now >= self.start)
        over = datetime.combine(day, self.end, tzinfo=self.zone)
        # Where the clocks show it twice, and the first time is over: the second.
        return over if over.astimezone(UTC) > at else over.replace(fold=1)

    def of_person(self, zone: str) -> "QuietHours":
        return replace(self, zone=zone_of_person(zone, project=self.zone.key))


def quiet_hours_of(campaign: Campaign) -> QuietHours | None:
    """By the project's clocks."""
    if campaign.quiet_from is None or campaign.quiet_until is None:
        return None
    zone = ZoneInfo(campaign.project.time_zone)
    return QuietHours(campaign.quiet_from, campaign.quiet_until, zone)


def hours_from(start: int, end: int, *, zone: str) -> QuietHours | None:
    """As HOURS_OF_CAMPAIGN gives them."""
    if min(start, end) < 0:
        return None
    return QuietHours(_time_at(start), _time_at(end), ZoneInfo(zone))


def _time_at(second: int) -> time:
    minutes, seconds = divmod(second, 60)
    return time(*divmod(minutes, 60), seconds)


def clocks_of(campaigns: Iterable[tuple[int, QuietHours | None]], *, at: datetime) -> str:
    """For QUIET: which zones of these campaigns are asleep, and until when; empty: none has quiet
    hours. To the minute, so that it is found once in one."""
    minute = at.replace(second=0, microsecond=0)
    found = [_clocks(key, hours, minute) for key, hours in campaigns if hours is not None]
    return f"{{{', '.join(found)}}}" if found else ""


@lru_cache(maxsize=512)
def _clocks(campaign: int, hours: QuietHours, minute: datetime) -> str:
    """Lines of one object for all campaigns: one within another would be copied for each person."""
    lines = {f"{campaign} {zone}": end for zone, end in _ends(hours, minute).items()}
    return dumps(lines)[1:-1]


@lru_cache(maxsize=512)
def _ends(hours: QuietHours, minute: datetime) -> Mapping[str, int | None]:
    """Of the project's zone, under no name; and of all others where that is not the same."""
    own = _second(hours.end_after(minute))
    ends = {name: _second(replace(hours, zone=zone).end_after(minute)) for name, zone in _all()}
    return {"": own} | {name: end for name, end in ends.items() if end != own}


def _all() -> Iterable[tuple[str, ZoneInfo]]:
    return zones().items()


def _second(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _foresee(campaign: Campaign, starts_at: datetime) -> Iterator[Foreseen]:
    hours = quiet_hours_of(campaign)
    over = hours.end_after(starts_at) if hours else None
    if hours is None or over is None:
        return
    if campaign.quiet_action == QuietAction.DISCARD:
        yield _nobody_or_some(
            "It would start in its quiet hours, and what comes up in them is not sent",
            "Choose another time, or let messages wait.",
            nobody=not _is_anybody_awake(campaign, hours, starts_at),
        )
        return
    yield Foreseen(
        f"It starts in its quiet hours{_where(campaign)}, so nothing goes out there before"
        f" {over:%H:%M}.",
        blocks=False,
    )
    until = last_moment(campaign, start=starts_at)
    if until is not None and until <= over:
        yield _nobody_or_some(
            "It starts in its quiet hours, and its end or cut-off comes before they are over",
            "Choose another time.",
            nobody=not _is_anybody_awake(campaign, hours, starts_at),
        )


def _where(campaign: Campaign) -> str:
    """A time of each person's own is in them wherever they are."""
    return "" if campaign.own_time else f" by the clocks of {campaign.project.time_zone}"


def _nobody_or_some(what: str, way_out: str, *, nobody: bool) -> Foreseen:
    whom = "nobody would get it" if nobody else "only people whose own clocks show another time get"
    return Foreseen(f"{what}: {whom}{'' if nobody else ' it'}. {way_out}", blocks=nobody)


def _is_anybody_awake(campaign: Campaign, hours: QuietHours, at: datetime) -> bool:
    """Where it is quiet by the project's clocks: does anybody live by others? Among so many people
    that looking at all would keep a page waiting, it is taken that somebody does."""
    if campaign.own_time != OwnTime.NO:
        return False
    awake = [name for name, zone in _all() if replace(hours, zone=zone).end_after(at) is None]
    with connection.cursor() as cursor:
        cursor.execute(
            _LIVES_THERE, {"project": campaign.project_id, "zones": awake, "most": MOST_LOOKED_AT}
        )
        people, does_anybody = cursor.fetchone()
    return bool(does_anybody) or people == MOST_LOOKED_AT


QUIET_HOURS = ClockGate(
    reason=Reason.QUIET_HOURS,
    explanation=Explanation(
        "Their turn came in the campaign's quiet hours, by the clocks where they are",
        "Next time let messages wait until the quiet hours are over.",
    ),
    foresee=_foresee,
)
