"""A campaign's quiet hours: what comes up in them waits for their end, or is dropped, as the
campaign chooses.

The claim asks in its own snapshot, so they hold for a campaign that is already running.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.gates.base import CampaignGate, Dropping, Explanation, Foreseen
from campaigns.gates.ending import last_moment
from campaigns.models import Campaign, CampaignStatus, QuietAction, Reason

# Of c. PostgreSQL's clock, the project's time zone.
_LOCAL = """(statement_timestamp() AT TIME ZONE
    (SELECT zone.time_zone FROM providers_project zone WHERE zone.id = c.project_id))::time"""
IS_QUIET = f"""(c.quiet_from IS NOT NULL AND CASE WHEN c.quiet_from <= c.quiet_until
    THEN {_LOCAL} >= c.quiet_from AND {_LOCAL} < c.quiet_until
    ELSE {_LOCAL} >= c.quiet_from OR {_LOCAL} < c.quiet_until END)"""
DISCARDS = f"""(c.status = '{CampaignStatus.RUNNING}'
    AND c.quiet_action = '{QuietAction.DISCARD}' AND {IS_QUIET})"""


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


def _foresee(campaign: Campaign, starts_at: datetime) -> Iterator[Foreseen]:
    over = quiet_until(campaign, at=starts_at)
    if over is None:
        return
    if campaign.quiet_action == QuietAction.DISCARD:
        yield Foreseen(
            "It would start in its quiet hours, and what comes up in them is not sent: nobody would"
            " get it. Choose another time, or let messages wait.",
            blocks=True,
        )
        return
    yield Foreseen(
        f"It starts in its quiet hours, so nothing goes out before {over:%H:%M}.", blocks=False
    )
    until = last_moment(campaign, start=starts_at)
    if until is not None and until <= over:
        yield Foreseen(
            "It starts in its quiet hours, and its end or cut-off comes before they are over:"
            " nobody would get it. Choose another time.",
            blocks=True,
        )


QUIET_HOURS = CampaignGate(
    closed=IS_QUIET,
    drops=Dropping(
        reason=Reason.QUIET_HOURS,
        explanation=Explanation(
            "Their turn came in the campaign's quiet hours",
            "Next time let messages wait until the quiet hours are over.",
        ),
        when=DISCARDS,
        only_due=True,
    ),
    foresee=_foresee,
)
