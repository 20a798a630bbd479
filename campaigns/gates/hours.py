"""When a running campaign may send: until its end or its cut-off, and not in its quiet hours.

The claim asks with the same SQL in its own snapshot, so both hold for a campaign that is already
running; reconciling then gives everybody whom they leave out the reason.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.models import Campaign, QuietAction

# For statements that have campaigns_campaign as c. PostgreSQL's clock, the project's time zone.
_LOCAL = """(statement_timestamp() AT TIME ZONE
    (SELECT zone.time_zone FROM providers_project zone WHERE zone.id = c.project_id))::time"""
HAS_ENDED = "COALESCE(LEAST(c.ends_at, c.cut_off_at) <= statement_timestamp(), false)"
IS_QUIET = f"""(c.quiet_from IS NOT NULL AND CASE WHEN c.quiet_from < c.quiet_until
    THEN {_LOCAL} >= c.quiet_from AND {_LOCAL} < c.quiet_until
    ELSE {_LOCAL} >= c.quiet_from OR {_LOCAL} < c.quiet_until END)"""
MAY_SEND = f"NOT {HAS_ENDED} AND NOT {IS_QUIET}"
DISCARDS = f"(c.quiet_action = '{QuietAction.DISCARD}' AND {IS_QUIET})"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of the day until another, over midnight if the second is earlier."""

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
        return datetime.combine(day, self.end, tzinfo=self.zone)


def quiet_hours_of(campaign: Campaign) -> QuietHours | None:
    if campaign.quiet_from is None or campaign.quiet_until is None:
        return None
    zone = ZoneInfo(campaign.project.time_zone)
    return QuietHours(campaign.quiet_from, campaign.quiet_until, zone)


def quiet_until(campaign: Campaign, *, at: datetime) -> datetime | None:
    """The end of the quiet hours that `at` lies in."""
    hours = quiet_hours_of(campaign)
    return hours.end_after(at) if hours else None


def cut_off_of(campaign: Campaign, *, start: datetime) -> datetime | None:
    """Of a run that is to begin at `start`, however late it really begins."""
    if campaign.cut_off_hours is None:
        return None
    return start + timedelta(hours=campaign.cut_off_hours)


def last_moment(campaign: Campaign, *, start: datetime) -> datetime | None:
    """From when on nothing leaves of a run that is to begin at `start`: its cut-off or the
    campaign's end, whichever comes first."""
    moments = [campaign.ends_at, cut_off_of(campaign, start=start)]
    return min((at for at in moments if at is not None), default=None)


def rate_of(campaign: Campaign, *, provider_rate: float) -> float:
    """Messages per second that may leave at most."""
    if campaign.per_minute is None:
        return float(provider_rate)
    return min(float(provider_rate), campaign.per_minute / 60)
