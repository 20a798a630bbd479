"""The dates on which a campaign that recurs is still to go out, as its row says them."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import dropwhile, islice, takewhile
from zoneinfo import ZoneInfo

from django.utils import timezone

from campaigns.models import FIRST_ZONE, Campaign
from campaigns.planning.schedule import Due, Schedule, dues, moment
from campaigns.planning.schedule_document import ScheduleError, read_schedule

SHOWN = 5  # dates, to whoever plans


def schedule_of(campaign: Campaign) -> Schedule | None:
    """None where it does not recur, or no days are chosen yet. Raises ScheduleError."""
    if not campaign.recurs or campaign.schedule is None:
        return None
    return read_schedule(campaign.schedule)


def zone_of(campaign: Campaign) -> ZoneInfo:
    return ZoneInfo(campaign.project.time_zone)


def zone_of_dates(campaign: Campaign) -> ZoneInfo:
    """By whose clocks a date begins: with a time of each person's own, where it comes first."""
    return ZoneInfo(FIRST_ZONE) if campaign.recurs and campaign.own_time else zone_of(campaign)


def meant_at(campaign: Campaign, begins: datetime) -> datetime:
    """When a date is by the project's clocks, though it may begin before."""
    shown = begins.astimezone(zone_of_dates(campaign))
    return moment(shown.date(), shown.time(), zone_of(campaign))


def undecided(campaign: Campaign) -> Iterator[Due]:
    """Of what is published, in their order: neither sent nor skipped yet, later than the
    publishing, and on days after those that were decided. So no day comes twice, whatever becomes
    of the time of the day or of the project's zone."""
    return undecided_after(campaign, _last_decided(campaign))


def undecided_after(
    campaign: Campaign, last: date | None, *, since: datetime | None = None
) -> Iterator[Due]:
    """For whoever knows already which planned day was decided last; and those alone that begin
    later than `since`."""
    published = campaign.published_at or timezone.now()
    dates = _dates(campaign, after=max(published, since or published))
    return dropwhile(lambda due: last is not None and due.day <= last, dates)


def first_date_after(campaign: Campaign, at: datetime) -> datetime | None:
    return next((due.at for due in _dates(campaign, after=at)), None)


def coming_dates(campaign: Campaign) -> list[Due]:
    """The next ones: of a draft, if it were published now."""
    dates = _dates(campaign, after=timezone.now()) if _is_draft(campaign) else undecided(campaign)
    return list(islice(dates, SHOWN))


def leaves_at(campaign: Campaign) -> datetime:
    """When its next messages leave at the earliest."""
    now, first = timezone.now(), next_date(campaign)
    return max(now, first.at if first else campaign.starts_at or now)


def next_meant_at(campaign: Campaign) -> datetime:
    """When that is meant to be, by the project's clocks."""
    now, first = timezone.now(), next_date(campaign)
    return max(now, meant_at(campaign, first.at) if first else campaign.starts_at or now)


def next_date(campaign: Campaign) -> Due | None:
    """None where it does not recur, its days can't be read, or none is to come."""
    try:
        return next(iter(coming_dates(campaign)), None) if campaign.recurs else None
    except ScheduleError:
        return None


def _dates(campaign: Campaign, *, after: datetime) -> Iterator[Due]:
    schedule = schedule_of(campaign)
    if schedule is None:
        return iter(())
    dates = dues(schedule, zone_of_dates(campaign), after=after)
    ends_at = campaign.ends_at
    return takewhile(lambda due: ends_at is None or due.at < ends_at, dates)


def _last_decided(campaign: Campaign) -> date | None:
    runs = campaign.runs.exclude(due_key=None).order_by("-due_key")
    return runs.values_list("due_key", flat=True).first()


def _is_draft(campaign: Campaign) -> bool:
    return campaign.published_at is None
