"""A date of a campaign that recurs comes while something is broken: it goes out once, or says why
not."""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from campaigns.models import Campaign, CampaignKind, CampaignStatus, Profile, Run, RunStatus
from campaigns.planning.drafting import change
from campaigns.planning.missed_dates import Outcome
from campaigns.running.lifecycle import publish, resume
from campaigns.tasks import reconcile
from providers.watch.actors import SYSTEM
from templates_app.keeping.statuses import set_status
from templates_app.models import Status
from tests.campaigns.recurring import came, daily
from tests.factories import VariantFactory
from tests.faults.campaign import Scene, connected, judge, new_profiles
from tests.faults.clocks import DAY, JUMPS, UnderAnotherClock, set_clock
from tests.faults.fault import Fault, Play, Verdict, added_up
from tests.faults.stores import wait_until
from tests.faults.world import BEAT, HELPER, SENDER, World

RATE = 200
OPEN_SECONDS = 60.0
CHANGED_TO = 30_000  # messages a minute: more than the rate


class DateComes(Fault):
    """Its campaign has its next date in an hour, until `strike` lets one come."""

    skipped: Sequence[str] = ()
    """What is said of the dates that did not go out, in their order."""

    def play(self, world: World, play: Play) -> Verdict:
        world.simulator.options(latency=0.1, behaviours=False, reports=False)
        world.one(SENDER)
        project = connected(world, rate=RATE)
        people = new_profiles(play.people(), project)
        variant = VariantFactory.create(campaign__project=project)
        campaign: Campaign = variant.campaign
        plan(campaign, minutes_ago=-60)
        self.strike(world, play, campaign)
        scene = opened(world, play, campaign, people)
        scene.wait_for(lambda: _rests(campaign), "its run has not ended")
        verdict = judge(self.name(), scene, most_in_doubt=0)
        return replace(verdict, problems=[*verdict.problems, *self._of_runs(campaign)])

    def strike(self, world: World, play: Play, campaign: Campaign) -> None:
        raise NotImplementedError

    def _of_runs(self, campaign: Campaign) -> list[str]:
        said = [run.skipped_because for run in campaign.runs.order_by("number")]
        return [] if said == [*self.skipped, ""] else [f"its runs say {said}"]


class OpenerKilled(DateComes):
    """kill -9 of the worker that opens the run of a date: before, in its transaction, or when it is
    committed and nobody has begun to launch it."""

    plants = (
        "kill_before_a_run_is_opened",
        "kill_while_a_run_is_opened",
        "kill_once_a_run_is_opened",
    )

    def strike(self, world: World, play: Play, campaign: Campaign) -> None:
        world.without(HELPER)
        doomed = world.another(HELPER, plant=self.plants[play.seed % 3], seed=play.seed)
        plan(campaign)
        doomed.wait_for_end(OPEN_SECONDS)
        world.one(HELPER)


class TwoBeatsAtADate(DateComes):
    """A second beat and further workers, all of which find that a date has come."""

    def strike(self, world: World, play: Play, campaign: Campaign) -> None:
        world.another(BEAT)
        for _ in range(1 + play.seed % 2):
            world.another(HELPER)
        plan(campaign)
        for _ in range(20):
            reconcile.delay()


class BeatAwayOverDates(DateComes):
    """Beat is away while three dates come: the newest goes out, the others say why they did not."""

    skipped = (Outcome.OVERTAKEN.words, Outcome.OVERTAKEN.words)

    def strike(self, world: World, play: Play, campaign: Campaign) -> None:
        world.one(BEAT).kill()
        plan(campaign, minutes_ago=random.Random(play.seed).randint(0, 55), days=3)
        world.one(BEAT)


class ClockJumpsOverADate(UnderAnotherClock, DateComes):
    """The clock of the worker that opens runs jumps over the next date by hours or days, and back
    again: by PostgreSQL's clock it has not come, so it goes out when it has, and once."""

    def strike(self, world: World, play: Play, campaign: Campaign) -> None:
        world.without(HELPER)
        world.under_another_clock(HELPER)
        for seconds in (JUMPS[play.seed % len(JUMPS)], DAY):
            set_clock(world, seconds)
            with suppress(TimeoutError):
                wait_until(campaign.runs.exists, seconds=play.seconds(quick=6.0, full=12.0))
            if campaign.runs.exists():
                return  # before its time: its runs will say so
        # A worker that is ahead takes what beat sends for too old, and does nothing.
        set_clock(world, -DAY)
        plan(campaign)
        wait_until(campaign.runs.exists, seconds=OPEN_SECONDS)

    def _of_runs(self, campaign: Campaign) -> list[str]:
        started = campaign.runs.values_list("started_at", flat=True)
        early = [f"a run of {at} is early" for at in started if at < came(1)]
        return [*super()._of_runs(campaign), *early]


class EditedWhileItsRunOpens(DateComes):
    """Somebody publishes a change in the moment in which a date comes, and several workers look:
    the date goes out once, as it was or as it is now, and the change is there afterwards."""

    def strike(self, world: World, play: Play, campaign: Campaign) -> None:
        world.another(HELPER)
        dice, minutes_ago = random.Random(play.seed), play.seed % 2
        version = change(campaign, by=SYSTEM)
        schedule = daily(came(minutes_ago), campaign.project.time_zone)
        Campaign.objects.filter(pk=version.pk).update(schedule=schedule, per_minute=CHANGED_TO)
        version.refresh_from_db()
        acts: list[Callable[[], None]] = [
            lambda: plan(campaign, minutes_ago=minutes_ago),
            lambda: publish(version, by=SYSTEM),
        ]
        dice.shuffle(acts)
        for act in acts:
            for _ in range(10):
                reconcile.delay()
            time.sleep(dice.uniform(0, 0.1))
            act()

    def _of_runs(self, campaign: Campaign) -> list[str]:
        changed = Campaign.objects.filter(pk=campaign.pk, per_minute=CHANGED_TO)
        with suppress(TimeoutError):
            wait_until(changed.exists, seconds=OPEN_SECONDS)
        return [*super()._of_runs(campaign), *([] if changed.exists() else ["the change is lost"])]


class TemplatePausedBetweenTwoRuns(DateComes):
    """Between two runs Meta pauses the template: the date that comes meanwhile waits, and goes out
    once when it is approved again and somebody resumes the campaign."""

    def play(self, world: World, play: Play) -> Verdict:
        first = super().play(world, play)
        campaign = Campaign.objects.latest("pk")
        template = campaign.variants.get().version.template
        set_status(template, Status.PAUSED, by=SYSTEM)
        let_a_day_pass(campaign)
        time.sleep(play.seconds(quick=6.0, full=12.0))  # longer than from one look to the next
        assert campaign.runs.count() == 1, "a run was opened without its template"
        after = len(world.simulator.book())
        set_status(template, Status.APPROVED, by=SYSTEM)
        resume(Campaign.objects.get(pk=campaign.pk), by=SYSTEM)
        people = list(Profile.objects.filter(project=campaign.project_id))
        second = replace(opened(world, play, campaign, people, number=2), after=after)
        second.wait_for(lambda: _rests(campaign), "its run has not ended")
        verdict = judge(self.name(), second, most_in_doubt=0, runs=[second.run.pk])
        return replace(added_up([first, verdict]), runs=1)

    def strike(self, world: World, play: Play, campaign: Campaign) -> None:
        plan(campaign)


def let_a_day_pass(campaign: Campaign) -> None:
    """Its run was yesterday's, and today's date has come."""
    at = came(0)
    run = campaign.runs.get()
    assert run.due_key is not None
    Run.objects.filter(pk=run.pk).update(due_key=run.due_key - timedelta(days=1))
    schedule = daily(at - timedelta(days=1), campaign.project.time_zone)
    Campaign.objects.filter(pk=campaign.pk).update(schedule=schedule, next_due_at=at)


def plan(campaign: Campaign, *, minutes_ago: float = 0, days: int = 1) -> None:
    """Its newest date came so many minutes ago, and one on each of the days before."""
    first = came(minutes_ago) - timedelta(days=days - 1)
    Campaign.objects.filter(pk=campaign.pk).update(
        kind=CampaignKind.RECURRING,
        status=CampaignStatus.SCHEDULED,
        schedule=daily(first, campaign.project.time_zone),
        published_at=first - timedelta(minutes=1),
        next_due_at=first,
    )


def opened(
    world: World, play: Play, campaign: Campaign, people: Sequence[Profile], *, number: int = 1
) -> Scene:
    """When the run of its date is there, the first one that went out or a later one."""
    runs = Run.objects.filter(campaign=campaign, skipped_because="").order_by("number")
    wait_until(lambda: runs.count() >= number, seconds=OPEN_SECONDS)
    return Scene(
        world=world,
        play=play,
        campaign=campaign,
        run=runs[number - 1],
        phones=[profile.phone.lstrip("+") for profile in people],
        dice=random.Random(play.seed),
    )


def _rests(campaign: Campaign) -> bool:
    """Between its dates: what went out is over."""
    campaign.refresh_from_db()
    is_open = campaign.runs.exclude(status=RunStatus.FINISHED).exists()
    return campaign.status == CampaignStatus.SCHEDULED and not is_open
