"""People set off a live campaign while something is broken: each of them gets it once."""

import time
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from django.db import connection
from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import CampaignKind, Message, Profile, Reason, State, Trigger
from campaigns.planning.occasion import Deed, Occasion
from campaigns.planning.occasion_document import as_document
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.living import AN_HOUR, CART, ORDER, ago, told
from tests.campaigns.recount import recount_in_time, series
from tests.factories import CampaignFactory, EventKindFactory, VariantFactory
from tests.faults.campaign import (
    NOBODY_KNOWS,
    REACHED,
    Scene,
    connected,
    judge,
    may_have_left,
    new_profiles,
    published,
)
from tests.faults.clocks import DAY, JUMPS, UnderAnotherClock, set_clock
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.stores import wait_until
from tests.faults.world import BEAT, HELPER, SENDER, World

RATE = 200
BATCHES = 4
TURNER_SECONDS = 60.0
STARTED_AGO = timedelta(days=1)
HALF_AN_HOUR = timedelta(minutes=30)

# As if so much time had passed since they entered.
PASS = """
UPDATE campaigns_trigger SET at = at - %(span)s::interval, due_at = due_at - %(span)s::interval,
    expires_at = expires_at - %(span)s::interval
WHERE campaign_id = %(campaign)s AND ended_at IS NULL AND profile_id = ANY(%(people)s)
"""


class LiveFault(Fault):
    """A live campaign to many people, published a day ago. `strike` tells what they do."""

    occasion: ClassVar[Mapping[str, Any]] = {}
    fields: ClassVar[Mapping[str, Any]] = {}

    def play(self, world: World, play: Play) -> Verdict:
        world.simulator.options(latency=0.1, behaviours=False, reports=False)
        world.one(SENDER)
        scene, people = self.staged(world, play)
        self.strike(scene, people)
        scene.wait_for(lambda: is_over(scene), "not everybody has had their turn")
        return self.judge(scene)

    def people(self, play: Play) -> int:
        return play.people()

    def occasion_of(self, _project: Project) -> Mapping[str, Any]:
        return self.occasion

    def strike(self, scene: Scene, people: list[Profile]) -> None:
        raise NotImplementedError

    def judge(self, scene: Scene) -> Verdict:
        """Everybody has got it."""
        verdict = judge(self.name(), scene, most_in_doubt=0)
        ended = Trigger.objects.filter(campaign=scene.campaign, ended_at__isnull=False, reason="")
        if ended.count() == len(scene.phones):
            return verdict
        return with_problem(verdict, f"{ended.count()} triggers became a message")

    def staged(self, world: World, play: Play) -> tuple[Scene, list[Profile]]:
        project = connected(world, rate=RATE)
        people = new_profiles(self.people(play), project)
        for name in (CART, ORDER):
            EventKindFactory.create(project=project, name=name)
        said = {"did": Deed(CART), "again": AN_HOUR, **self.occasion_of(project)}
        campaign = CampaignFactory.create(
            project=project,
            kind=CampaignKind.LIVE,
            occasion=as_document(Occasion(**said)),
            **self.fields,
        )
        VariantFactory.create(campaign=campaign)
        scene = published(world, play, campaign, to=people)
        campaign.runs.update(started_at=timezone.now() - STARTED_AGO)
        return scene, people


class TurnerKilled(LiveFault):
    """kill -9 of the worker that turns triggers into messages: before, within, or after the
    statement. The same events come twice."""

    plants = ("kill_before_triggers_turn", "kill_while_triggers_turn", "kill_once_triggers_turned")

    def strike(self, scene: Scene, people: list[Profile]) -> None:
        world, play, project = scene.world, scene.play, scene.campaign.project
        world.without(HELPER)
        doomed = world.another(HELPER, plant=self.plants[play.seed % 3], seed=play.seed)
        at = timezone.now()
        records = [told(profile, at=at) for profile in people]
        scene.dice.shuffle(records)
        for batch in range(BATCHES):
            upload(project, records[batch::BATCHES], by=SYSTEM)
        doomed.wait_for_end(TURNER_SECONDS)
        upload(project, records, by=SYSTEM)
        world.one(HELPER)


class BeatAwayOverTriggers(LiveFault):
    """Beat is away for an hour in which everybody comes due: who is not too late by then gets it,
    and the others have the reason."""

    occasion: ClassVar[Mapping[str, Any]] = {"delay": HALF_AN_HOUR}
    too_late: Collection[str] = ()

    def strike(self, scene: Scene, people: list[Profile]) -> None:
        scene.world.one(BEAT).kill()
        upload(scene.campaign.project, [told(one) for one in people], by=SYSTEM)
        late = people[:: scene.dice.randint(2, 5)]
        in_time = [one for one in people if one not in late]
        self.too_late = {one.phone.lstrip("+") for one in late}
        pass_time(scene, in_time, HALF_AN_HOUR + timedelta(minutes=scene.dice.randint(0, 55)))
        pass_time(scene, late, HALF_AN_HOUR + timedelta(minutes=scene.dice.randint(60, 90)))
        scene.wait(quick=1.5, full=5.0)
        assert waiting(scene) == len(people), "somebody had their turn without beat"
        scene.world.one(BEAT)

    def judge(self, scene: Scene) -> Verdict:
        reasons = {phone: {Reason.CUT_OFF.value} for phone in self.too_late}
        return judge_each(self.name(), scene, reasons)


class ClockJumpsOverATrigger(UnderAnotherClock, LiveFault):
    """The clock of the worker that turns triggers jumps over the time at which they come due, by
    hours or days, and back again: nobody gets it before PostgreSQL's clock shows it."""

    occasion: ClassVar[Mapping[str, Any]] = {"delay": HALF_AN_HOUR}

    def strike(self, scene: Scene, people: list[Profile]) -> None:
        world, play = scene.world, scene.play
        world.without(HELPER)
        world.under_another_clock(HELPER)
        upload(scene.campaign.project, [told(one) for one in people], by=SYSTEM)
        for seconds in (JUMPS[play.seed % len(JUMPS)], DAY):
            set_clock(world, seconds)
            with suppress(TimeoutError):
                few = play.seconds(quick=3.0, full=12.0)
                wait_until(lambda: waiting(scene) < len(people), seconds=few)
            assert waiting(scene) == len(people), "somebody had their turn too early"
        # A worker that is ahead takes what beat sends for too old, and does nothing.
        set_clock(world, -DAY)
        pass_time(scene, people, HALF_AN_HOUR)


class AvertedAtTheLastMoment(LiveFault):
    """Half of those who left a cart order in the very second in which their message comes due.
    Whose order was stored before their turn get nothing; or, where no sender runs meanwhile, all of
    them, though their messages were made."""

    occasion: ClassVar[Mapping[str, Any]] = {
        "delay": timedelta(minutes=1),
        "unless": Deed(ORDER),
    }
    spread = 4.0  # seconds in which they come due
    stored: Mapping[str, float] = {}
    """Phone → when, by this machine's clock."""

    def strike(self, scene: Scene, people: list[Profile]) -> None:
        has_sender = scene.play.seed % 2 == 0
        if not has_sender:
            scene.world.without(SENDER)
        # The delay, and the minute of grace: the first one comes due in a second.
        begun, first = ago(minutes=2) + timedelta(seconds=1), time.monotonic() + 1.0
        entered = {one: scene.dice.uniform(0, self.spread) for one in people}
        records = [
            told(one, CART, begun + timedelta(seconds=after)) for one, after in entered.items()
        ]
        upload(scene.campaign.project, records, by=SYSTEM)
        due = {one: first + after for one, after in entered.items()}
        self.stored = self._order(scene, sorted(people[::2], key=due.__getitem__), due)
        if not has_sender:
            scene.wait_for(lambda: waiting(scene) == 0, "some triggers wait")
            scene.world.one(SENDER)

    def _order(
        self, scene: Scene, people: list[Profile], due: Mapping[Profile, float]
    ) -> Mapping[str, float]:
        """A few at a time, in the order in which they come due."""
        stored: dict[str, float] = {}
        for start in range(0, len(people), 5):
            some = people[start : start + 5]
            at = due[some[0]] + scene.dice.uniform(-0.5, 0.5)
            time.sleep(max(0.0, at - time.monotonic()))
            upload(scene.campaign.project, [told(one, ORDER) for one in some], by=SYSTEM)
            stored |= {one.phone.lstrip("+"): time.time() for one in some}
        return stored

    def judge(self, scene: Scene) -> Verdict:
        """Between their turn and the claim nobody knows who was first."""
        turned = dict(
            Trigger.objects.filter(campaign=scene.campaign).values_list(
                "profile__phone", "ended_at"
            )
        )
        either: dict[str, Collection[str]] = {}
        for phone, at in self.stored.items():
            was_first = at < turned[f"+{phone}"].timestamp() or scene.play.seed % 2
            failed = Reason.CONDITION_FAILED.value
            either[phone] = {failed} if was_first else {failed, ""}
        return judge_each(self.name(), scene, either)


def pass_time(scene: Scene, people: Collection[Profile], span: timedelta) -> None:
    with connection.cursor() as cursor:
        whose = [one.pk for one in people]
        cursor.execute(PASS, {"span": span, "campaign": scene.campaign.pk, "people": whose})


def waiting(scene: Scene) -> int:
    return Trigger.objects.filter(campaign=scene.campaign, ended_at=None).count()


def is_over(scene: Scene) -> bool:
    queued = Message.objects.filter(run=scene.run, state__in=(State.QUEUED, State.IN_DOUBT))
    return not waiting(scene) and not queued.exists()


def judge_each(name: str, scene: Scene, reasons: Mapping[str, Collection[str]]) -> Verdict:
    """`reasons`: phone → why their message may have been left out, "" where it may have gone out.
    Of all others each has got it."""
    messages = list(Message.objects.filter(run=scene.run))
    reached = Counter(row["phone"] for row in scene.requests() if may_have_left(row))
    found = {m.phone.lstrip("+"): m for m in messages}
    sent = {phone for phone, m in found.items() if m.state in REACHED}
    left_out = {phone for phone, m in found.items() if m.state == State.SUPPRESSED}
    wrong = [
        f"{State(m.state).name} {m.reason}"
        for phone, m in found.items()
        if m.reason not in reasons.get(phone, {""})
    ]
    return Verdict(
        fault=name,
        people=len(scene.phones),
        reached_once=sum(times == 1 for times in reached.values()),
        doubled=sum(times > 1 for times in reached.values()) + len(messages) - len(found),
        lost=len((set(scene.phones) - found.keys()) | (sent - reached.keys())),
        in_doubt=sum(m.state in NOBODY_KNOWS for m in messages),
        counters_ok=series([scene.run.pk]) == recount_in_time(scene.run.messages.all()),
        problems=[
            *(f"{count} messages are {what}" for what, count in Counter(wrong).items()),
            *_of_left_out(left_out & reached.keys()),
            *_of_triggers(scene, messages),
        ],
    )


def _of_left_out(reached: Collection[str]) -> list[str]:
    return [f"{len(reached)} were left out, and reached"] if reached else []


def _of_triggers(scene: Scene, messages: Collection[Message]) -> list[str]:
    """Each ended once, as one message."""
    ended = Trigger.objects.filter(campaign=scene.campaign, ended_at__isnull=False)
    entries = sorted(message.entry for message in messages)
    if entries == sorted(ended.values_list("pk", flat=True)):
        return []
    return [f"{ended.count()} triggers ended, and {len(entries)} messages were made of them"]


def with_problem(verdict: Verdict, words: str) -> Verdict:
    return replace(verdict, problems=[*verdict.problems, words])
