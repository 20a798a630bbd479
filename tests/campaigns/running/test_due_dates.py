"""Every date of a campaign that recurs is decided once, over random schedules, zones and pauses,
held against a plain account. Somebody looks now and then, as after an hour in which beat was away.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from campaigns.models import LIVE, Campaign, CampaignKind, CampaignStatus, Run, RunStatus
from campaigns.planning.missed_dates import GRACE, Outcome
from campaigns.planning.schedule import Schedule
from campaigns.planning.schedule_document import as_document
from campaigns.running.lifecycle import LifecycleError, pause, resume
from campaigns.running.standing import decide_dates, rest
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.planning.test_schedule import ZONES, plain_days, plain_moment, schedules
from tests.campaigns.running.test_live_streams import undone
from tests.factories import CampaignFactory, ProviderFactory, VariantFactory

pytestmark = pytest.mark.django_db
MOST = 24  # dates
MINUTE = timedelta(minutes=1)

Date = tuple[date, datetime]


@dataclass(frozen=True)
class Look:
    """So many minutes after the date that is so many ahead."""

    ahead: int
    minutes: int


class Press(Enum):
    PAUSE = "pause"
    RESUME = "resume"


class Ends(Enum):
    ITS_RUN = "its run"


Step = Look | Press | Ends
# Around the minute of a date, and of the cut-offs of one hour and of five.
looks = st.builds(Look, st.integers(0, 3), st.sampled_from([-1, 0, 1, 59, 60, 61, 299, 301, 2000]))
steps = st.lists(st.one_of(looks, looks, st.sampled_from([*Press, *Ends])), max_size=10)


@dataclass
class Account:
    """What is to become of each date, look by look."""

    dates: Sequence[Date]
    cut_off: timedelta | None
    sends_late: bool
    is_paused: bool = False
    is_going: bool = False
    decided: list[tuple[date, str]] = field(default_factory=list)

    def look(self, now: datetime) -> None:
        come = [one for one in self.dates[len(self.decided) :] if one[1] <= now]
        for day, _ in come[:-1]:
            self.decided.append((day, Outcome.OVERTAKEN.words))
        for day, at in come[-1:]:
            self._newest(day, is_too_late=now > at + (self.cut_off or GRACE))

    def _newest(self, day: date, *, is_too_late: bool) -> None:
        held = Outcome.PAUSED if self.is_paused else Outcome.STILL_GOING if self.is_going else None
        if is_too_late and not self.sends_late:
            self.decided.append((day, (held or Outcome.MISSED).words))
        elif not held:
            self.decided.append((day, ""))
            self.is_going = True


@dataclass(frozen=True)
class Plan:
    schedule: Schedule
    zone: str
    published_at: datetime
    dates: Sequence[Date]
    """Those after the publishing, by the plain calendar."""
    cut_off_hours: int | None
    sends_late: bool


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    schedule, zone = draw(schedules()), draw(ZONES)
    clock = ZoneInfo(zone)
    days = plain_days(schedule, most=MOST)
    dates = [(day, plain_moment(day, schedule.at, clock)) for day in days]
    assume(dates)
    before = draw(st.integers(0, min(3, len(dates) - 1)))
    published_at = dates[before][1] - MINUTE
    return Plan(
        schedule=schedule,
        zone=zone,
        published_at=published_at,
        dates=[one for one in dates if one[1] > published_at],
        cut_off_hours=draw(st.sampled_from([None, 1, 5])),
        sends_late=draw(st.booleans()),
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans(), path=steps)
def test_each_date_goes_out_once_or_says_why_not(
    project: Project, plan: Plan, path: list[Step]
) -> None:
    hours = plan.cut_off_hours
    cut_off = None if hours is None else timedelta(hours=hours)
    account = Account(plan.dates, cut_off, plan.sends_late)
    with undone():
        campaign = _standing(project, plan)
        _play(campaign, account, [*path, Press.RESUME, Ends.ITS_RUN, Look(2, 3000)])

        assert _decided(campaign) == account.decided
        assert account.decided


def _standing(project: Project, plan: Plan) -> Campaign:
    Project.objects.filter(pk=project.pk).update(time_zone=plan.zone)
    project.refresh_from_db()
    ProviderFactory.create(project=project)
    campaign: Campaign = VariantFactory.create(
        campaign=CampaignFactory.create(
            project=project,
            kind=CampaignKind.RECURRING,
            status=CampaignStatus.SCHEDULED,
            schedule=as_document(plan.schedule),
            cut_off_hours=plan.cut_off_hours,
            sends_late=plan.sends_late,
            published_at=plan.published_at,
            next_due_at=plan.dates[0][1],
        ),
        template__project=project,
    ).campaign
    return campaign


def _play(campaign: Campaign, account: Account, path: Sequence[Step]) -> None:
    now = account.dates[0][1] - MINUTE
    for step in path:
        match step:
            case Look(ahead, minutes):
                now = max(now, _moment(account, ahead, minutes * MINUTE))
                _look(campaign, now)
                account.look(now)
            case Ends.ITS_RUN:
                _end_run(campaign)
                account.is_going = False
            case Press():
                _press(campaign, step)
                account.is_paused = step is Press.PAUSE


def _moment(account: Account, ahead: int, after: timedelta) -> datetime:
    """Dates that nobody has drawn lie after the last one."""
    place = len(account.decided) + ahead
    if place < len(account.dates) - 1:
        return min(account.dates[place][1] + after, account.dates[-1][1])
    return account.dates[-1][1]


def _look(campaign: Campaign, now: datetime) -> None:
    """As `decide_due_dates` does by PostgreSQL's clock."""
    due = Campaign.objects.filter(pk=campaign.pk, next_due_at__lte=now, status__in=LIVE)
    for held in due.select_related("project"):
        decide_dates(held, now=now)
    rest()


def _end_run(campaign: Campaign) -> None:
    Run.objects.filter(campaign=campaign).update(status=RunStatus.FINISHED)
    launching = Campaign.objects.filter(pk=campaign.pk, status=CampaignStatus.LAUNCHING)
    launching.update(status=CampaignStatus.RUNNING)
    rest()


def _press(campaign: Campaign, press: Press) -> None:
    """After its last date it is over, and nothing is left to be decided."""
    campaign.refresh_from_db()
    with suppress(LifecycleError):
        (pause if press is Press.PAUSE else resume)(campaign, by=SYSTEM)


def _decided(campaign: Campaign) -> list[tuple[date | None, str]]:
    runs = Run.objects.filter(campaign=campaign).order_by("due_key", "pk")
    return list(runs.values_list("due_key", "skipped_because"))
