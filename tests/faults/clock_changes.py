"""The clocks of a zone are changed in a night in which a date comes, and over somebody's delay. All
that tells the time is under libfaketime, in the last such night.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from time import sleep
from zoneinfo import ZoneInfo

from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import (
    Campaign,
    CampaignKind,
    CampaignStatus,
    Message,
    Profile,
    RunStatus,
    State,
    Trigger,
)
from campaigns.planning.occasion import Deed, Occasion
from campaigns.planning.occasion_document import as_document as occasion_document
from campaigns.planning.schedule import Every, Schedule
from campaigns.planning.schedule_document import as_document as schedule_document
from campaigns.tasks import reconcile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.living import CART, told
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    EventKindFactory,
    ListMemberFactory,
    VariantFactory,
)
from tests.faults.campaign import Scene, connected, judge, new_profiles, published
from tests.faults.clocks import SKIPPED, libfaketime, set_clock, store_under_another_clock
from tests.faults.fault import Fault, Play, Verdict, added_up
from tests.faults.live import is_over, judge_each, waiting
from tests.faults.recurring import opened
from tests.faults.world import BEAT, HELPER, SENDER, World

RATE = 200
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
HALF_AN_HOUR = timedelta(minutes=30)
BEFORE, DELAY = timedelta(hours=1), timedelta(hours=2, minutes=30)
SOON = timedelta(seconds=3)
# A busy machine takes some seconds; a clock that is wrong by its change half an hour at least.
NOT_LATER_THAN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Night:
    """In which a zone's clocks are changed, and in the midst of what they show twice, or pass over,
    the time of a date."""

    zone: ZoneInfo
    changed_at: datetime
    by: timedelta

    @property
    def day(self) -> date:
        return self._shown_after.date()

    @property
    def at(self) -> time:
        return (self._shown_after - self.by / 2).time()

    @property
    def _shown_after(self) -> datetime:
        return self.changed_at.astimezone(self.zone).replace(tzinfo=None)

    @property
    def comes(self) -> datetime:
        """What they pass over comes when they have, and what they show twice the first time."""
        return self.changed_at + min(self.by / 2, timedelta())

    @property
    def next_comes(self) -> datetime:
        next_day = self.day + timedelta(days=1)
        return datetime.combine(next_day, self.at, self.zone).astimezone(UTC)


def last_night(zone: ZoneInfo, *, forward: bool) -> Night:
    """The last one that is over by some days."""
    began = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(days=3)
    for half_hours in count():
        at = began - half_hours * HALF_AN_HOUR
        by = _offset(zone, at) - _offset(zone, at - HALF_AN_HOUR)
        if by and (by > timedelta()) == forward:
            return Night(zone, at, by)
    raise AssertionError(zone)


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


class ClocksAreChanged(Fault):
    """The clocks of Berlin, New York or Lord Howe are put forward, or back, in the night in which
    a daily campaign's date comes, at a time that they pass over or show twice: it goes out once,
    and the next day again. And somebody's delay in a live campaign is as long as ever."""

    @classmethod
    def prepare(cls, world: World) -> None:
        if library := libfaketime():
            world.prepare_clock(library)

    def play(self, world: World, play: Play) -> Verdict:
        library = libfaketime()
        if library is None:
            return Verdict(fault=self.name(), runs=0, skipped=SKIPPED)
        self.prepare(world)
        zone = ZoneInfo(ZONES[play.seed % len(ZONES)])
        night = last_night(zone, forward=play.seed % 2 == 1)
        for role in (BEAT, HELPER, SENDER):
            world.without(role)
        with store_under_another_clock(world, world.postgres, library):
            show(world, night.comes - HALF_AN_HOUR)
            for role in (BEAT, HELPER, SENDER):
                world.under_another_clock(role)
            return self._play(world, play, night)

    def _play(self, world: World, play: Play, night: Night) -> Verdict:
        world.simulator.options(latency=0.1, behaviours=False, reports=False)
        project = connected(world, rate=RATE)
        project.time_zone = night.zone.key
        project.save()
        daily, people = _daily(project, night, play.people() // 2)
        live = _live(world, play, project, night)
        problems = [*_early(daily, play), *_early_triggers(live)]

        show(world, night.comes - SOON)
        verdicts = [self._of_run(opened(world, play, daily, people))]

        show(world, night.comes - BEFORE + DELAY - SOON)
        problems += _early_triggers(live)
        live.wait_for(lambda: is_over(live), "not everybody has had their turn")
        problems += _early(daily, play, runs=1)

        after = len(world.simulator.book())
        show(world, night.next_comes - SOON)
        second = replace(opened(world, play, daily, people, number=2), after=after)
        verdicts += [self._of_run(second), judge_each(self.name(), live, {})]
        problems += [*_wrong_dates(daily, night), *_wrong_turns(live, night)]
        verdict = added_up(verdicts)
        return replace(verdict, runs=1, problems=[*verdict.problems, *problems])

    def _of_run(self, scene: Scene) -> Verdict:
        """When it is over."""
        scene.wait_for(lambda: _rests(scene.campaign), "its run has not ended")
        return judge(self.name(), scene, most_in_doubt=0, runs=[scene.run.pk])


def show(world: World, moment: datetime) -> None:
    set_clock(world, round((moment - datetime.now(UTC)).total_seconds()))


def _daily(project: Project, night: Night, count: int) -> tuple[Campaign, list[Profile]]:
    """To people of its own."""
    people, theirs = new_profiles(count, project), CustomListFactory.create(project=project)
    for one in people:
        ListMemberFactory.create(custom_list=theirs, profile=one)
    schedule = Schedule(every=Every.DAY, at=night.at, starts_on=night.day)
    campaign = CampaignFactory.create(
        project=project,
        kind=CampaignKind.RECURRING,
        status=CampaignStatus.SCHEDULED,
        schedule=schedule_document(schedule),
        to=[theirs],
        published_at=night.comes - timedelta(days=1),
        next_due_at=night.comes,
    )
    VariantFactory.create(campaign=campaign)
    return campaign, people


def _live(world: World, play: Play, project: Project, night: Night) -> Scene:
    """Everybody of it left their cart an hour before."""
    EventKindFactory.create(project=project, name=CART)
    campaign = CampaignFactory.create(
        project=project,
        kind=CampaignKind.LIVE,
        occasion=occasion_document(Occasion(did=Deed(CART), delay=DELAY)),
    )
    VariantFactory.create(campaign=campaign)
    people = new_profiles(play.people() - play.people() // 2, project)
    scene = published(world, play, campaign, to=people)
    campaign.runs.update(started_at=night.comes - timedelta(days=1))
    upload(project, [told(one, at=night.comes - BEFORE) for one in people], by=SYSTEM)
    return scene


def _early(campaign: Campaign, play: Play, *, runs: int = 0) -> Sequence[str]:
    """Somebody looks: has something begun that was not to?"""
    reconcile.delay()
    sleep(play.seconds(quick=2.0, full=12.0))
    there = campaign.runs.count()
    return [] if there == runs else [f"{there} runs are there, and should be {runs}"]


def _early_triggers(scene: Scene) -> Sequence[str]:
    turned = len(scene.phones) - waiting(scene)
    return [f"{turned} had their turn too early"] if turned else []


def _wrong_dates(campaign: Campaign, night: Night) -> list[str]:
    """Of its two runs, by their days, each began when it was to."""
    meant = {night.day: night.comes, night.day + timedelta(days=1): night.next_comes}
    began = dict(campaign.runs.values_list("due_key", "started_at"))
    if began.keys() != meant.keys():
        return [
            f"it went out on {sorted(map(str, began))}, and should on {sorted(map(str, meant))}"
        ]
    return [
        f"{day} began at {began[day]}, and should at {at}"
        for day, at in meant.items()
        if not at <= began[day] <= at + NOT_LATER_THAN
    ]


def _wrong_turns(scene: Scene, night: Night) -> list[str]:
    due = night.comes - BEFORE + DELAY
    mine = Trigger.objects.filter(campaign=scene.campaign)
    late = mine.exclude(due_at=due) | mine.exclude(ended_at__range=(due, due + NOT_LATER_THAN))
    return [f"{late.count()} had their turn at another time than {due}"] if late.exists() else []


def _rests(campaign: Campaign) -> bool:
    queued = Message.objects.filter(run__campaign=campaign, state=State.QUEUED)
    is_open = campaign.runs.exclude(status=RunStatus.FINISHED).exists()
    return not is_open and not queued.exists()
