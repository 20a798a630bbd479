"""A campaign in the middle of which something breaks, and the judgement of what became of it.

The simulator's book is the witness: it enters a person when it has read the request, answered or
not.
"""

import random
import time
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection

from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    Outbox,
    OutboxState,
    Profile,
    Run,
    State,
)
from campaigns.running.lifecycle import publish
from providers.models import Project
from providers.watch.actors import Actor
from tests.campaigns.recount import recount_in_time, series
from tests.factories import (
    MembershipFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    VariantFactory,
)
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.world import SENDER, Worker, World
from tests.gateway_simulator import CREDENTIALS

END_SECONDS = {True: 120.0, False: 240.0}
POLL_SECONDS = 0.1
ANSWERS_SECONDS = 20.0
A_MOMENT = 0.3  # for a statement that was sent, and that PostgreSQL has not begun
# A statement's rows are seen by others when its transaction has ended, which may be a moment later.
UNDER_WAY = """
SELECT pid, began FROM pg_stat_activity
CROSS JOIN LATERAL (
    VALUES (query_start, state = 'active'), (xact_start, xact_start IS NOT NULL)
) AS one (began, is_open)
WHERE datname = current_database() AND pid <> pg_backend_pid() AND is_open
    AND (state = 'active' OR %s)
"""
SENT_METHOD = "sendmessage"
# Answers that say for certain that nothing went out: such a person may be tried again.
CLEARLY_REFUSED = ("throttled", "unavailable", "error")
NOBODY_KNOWS = (State.IN_DOUBT, State.UNKNOWN)
REACHED = (State.SENT, State.DELIVERED, State.READ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One campaign of a play. `dice` are the seed's."""

    world: World
    play: Play
    campaign: Campaign
    run: Run
    phones: Sequence[str]
    dice: random.Random
    after: int = 0
    """So many rows of the book are of what went out before."""
    _read: list[dict[str, Any]] = field(default_factory=list)
    """The book as far as it was read."""

    def wait_for_requests(self, share: float) -> None:
        """Until the gateway has read requests of that share of the people."""
        self.wait_for(lambda: len(self.seen()) >= share * len(self.phones), "requests")

    def wait_for_the_middle(self) -> None:
        """A moment of the seed's choice in which there is something to do still; on a busy machine
        the campaign may be over before the next statement."""
        self.wait_for_requests(self.dice.uniform(0.05, 0.7))

    def wait_for(
        self, reached: Callable[[], bool], what: str, *, seconds: float | None = None
    ) -> None:
        ends = time.monotonic() + (seconds or END_SECONDS[self.play.quick])
        while not reached():
            if time.monotonic() > ends:
                raise TimeoutError(f"{what}: {self.standing()}")
            time.sleep(POLL_SECONDS)

    def wait(self, *, quick: float, full: float) -> None:
        time.sleep(self.play.seconds(quick=quick, full=full))

    def wait_for_the_end(self) -> None:
        self.wait_for(self.is_over, "the campaign has not ended")

    def is_over(self) -> bool:
        return self.status() == CampaignStatus.COMPLETED

    def status(self) -> str:
        return Campaign.objects.values_list("status", flat=True).get(pk=self.campaign.pk)

    def open_at_its_end(self) -> int:
        """How many requests a killed or stopped worker had open, at most: what it had claimed, and
        no more than it has slots for. PostgreSQL ends and commits the statement in which its client
        was killed, however long that takes."""
        time.sleep(A_MOMENT)
        under_way = under_way_now()
        self.wait_for(lambda: not under_way & under_way_now(), "a statement has not ended")
        return min(self.claimed(), int(settings.GATEWAY_CONCURRENCY))

    def claimed(self) -> int:
        return Outbox.objects.filter(run=self.run, state=OutboxState.CLAIMED).count()

    def seen(self) -> set[str]:
        return {row["phone"] for row in self.requests()}

    def requests(self) -> list[dict[str, Any]]:
        """The book's rows of this campaign's messages, opt-ins left out."""
        own = set(self.phones)
        self._read.extend(self.world.simulator.book(since=len(self._read)))
        mine = self._read[self.after :]
        return [row for row in mine if row["method"] == SENT_METHOD and row["phone"] in own]

    def standing(self) -> str:
        """Where the campaign stands, for whoever reads of a failure."""
        states = Counter(Message.objects.filter(run=self.run).values_list("state", flat=True))
        outbox = Counter(Outbox.objects.filter(run=self.run).values_list("state", flat=True))
        self.campaign.refresh_from_db()
        named = {State(state).name: count for state, count in states.items()}
        status = f"{self.campaign.status} {self.campaign.status_reason}".strip()
        return f"campaign {status}, messages {named}, outbox {dict(outbox)}"


def under_way_now(*, with_idle: bool = False) -> set[tuple[int, datetime]]:
    """Of which backend, and since when: what runs, and what is not committed yet. A transaction
    that waits for its client only `with_idle`: of a dead client PostgreSQL takes it back, and a
    stopped one's stays open."""
    with connection.cursor() as cursor:
        cursor.execute(UNDER_WAY, [with_idle])
        return set(cursor.fetchall())


class CampaignFault(Fault):
    """Breaks something in the middle of a campaign."""

    gateway: ClassVar[Mapping[str, Any]] = {}
    rate: ClassVar[int] = 100
    """Messages a second. Each takes 0.3 seconds, and an opt-in before it as much."""
    may_fail: ClassVar[bool] = False
    """Whether messages may have failed in the end."""
    resends: ClassVar[bool] = False
    """Whether the campaign says to send again when nobody knows."""

    def options(self, play: Play) -> Mapping[str, Any]:
        """Of the simulator, beside the usual ones."""
        return self.gateway

    @abstractmethod
    def strike(self, scene: Scene) -> int:
        """Breaks it, and mends what nobody else would. Returns how many may be in doubt."""

    def usual_sender(self, world: World, play: Play) -> Worker:
        return world.one(SENDER)

    def play(self, world: World, play: Play) -> Verdict:
        usual = {"latency": 0.3, "behaviours": False, "reports": False}
        world.simulator.options(**(usual | dict(self.options(play))))
        self.usual_sender(world, play)
        scene = open_scene(world, play, rate=self.rate, resends=self.resends)
        most_in_doubt = self.strike(scene)
        scene.wait_for_the_end()
        return self.judge(scene, most_in_doubt)

    def judge(self, scene: Scene, most_in_doubt: int) -> Verdict:
        return judge(self.name(), scene, most_in_doubt=most_in_doubt, may_fail=self.may_fail)


def open_scene(world: World, play: Play, *, rate: int, resends: bool) -> Scene:
    """A campaign to many people, published a moment ago."""
    project = connected(world, rate=rate)
    profiles = new_profiles(play.people(), project)
    variant = VariantFactory.create(campaign__project=project, campaign__resend_in_doubt=resends)
    return published(world, play, variant.campaign, to=profiles)


def connected(world: World, *, rate: int) -> Project:
    project = ProjectFactory.create()
    ProviderFactory.create(project=project, rate=rate, **CREDENTIALS)
    world.connect(project)
    return project


def published(world: World, play: Play, campaign: Campaign, *, to: Sequence[Profile]) -> Scene:
    publish(campaign, by=Actor(MembershipFactory.create(project=campaign.project).user))
    return Scene(
        world=world,
        play=play,
        campaign=campaign,
        run=campaign.runs.get(rest_of=None),
        phones=[profile.phone.lstrip("+") for profile in to],
        dice=random.Random(play.seed),
    )


def new_profiles(count: int, project: Project) -> list[Profile]:
    return Profile.objects.bulk_create(ProfileFactory.build_batch(count, project=project))


def judge(
    name: str,
    scene: Scene,
    *,
    most_in_doubt: int,
    may_fail: bool = False,
    twice: Collection[str] = (),
    runs: Collection[int] = (),
) -> Verdict:
    """`twice`: phones of which nobody knew, so that the campaign's own rule sent to them again.
    `runs`: these alone, of a campaign that goes out more than once."""
    runs = runs or list(scene.campaign.runs.values_list("pk", flat=True))
    messages = list(Message.objects.filter(run__in=runs))
    reached = Counter(row["phone"] for row in scene.requests() if may_have_left(row))
    unknown = [m for m in messages if m.state in NOBODY_KNOWS]
    known = [m for m in messages if m.state not in NOBODY_KNOWS]
    seen = scene.seen()
    lost = {_phone(m) for m in known if _phone(m) not in seen}
    return Verdict(
        fault=name,
        people=len(scene.phones),
        reached_once=sum(times == 1 for times in reached.values()),
        doubled=sum(times > (2 if phone in twice else 1) for phone, times in reached.items()),
        lost=len(lost | set(scene.phones) - {_phone(m) for m in messages}),
        in_doubt=len(unknown),
        counters_ok=series(runs) == recount_in_time(Message.objects.filter(run__in=runs)),
        problems=[
            *_of_states(known, reached, may_fail=may_fail),
            *_of_doubts(len(unknown), most_in_doubt),
            *_of_rows(scene, messages),
            *_of_attempts(scene),
        ],
    )


def may_have_left(row: Mapping[str, Any]) -> bool:
    return not row["verdict"].startswith(CLEARLY_REFUSED)


def _of_states(
    known: Sequence[Message], reached: Mapping[str, int], *, may_fail: bool
) -> list[str]:
    final = REACHED + ((State.FAILED,) if may_fail else ())
    strange = Counter(State(m.state).name for m in known if m.state not in final)
    unsent = sum(1 for m in known if m.state in REACHED and not reached.get(_phone(m)))
    problems = [f"{count} messages are {state}" for state, count in strange.items()]
    return problems + ([f"{unsent} are sent, and never left"] if unsent else [])


def _of_doubts(count: int, most: int) -> list[str]:
    return [f"{count} in doubt, though {most} requests were open"] if count > most else []


def _rows_left(scene: Scene) -> int:
    """Where reports came before the answers, a campaign ends before these are written down."""
    rows = Outbox.objects.filter(campaign=scene.campaign)
    ends = time.monotonic() + ANSWERS_SECONDS
    while rows.exists() and time.monotonic() < ends:
        time.sleep(POLL_SECONDS)
    return rows.count()


def _of_rows(scene: Scene, messages: Sequence[Message]) -> list[str]:
    left = _rows_left(scene)
    people = len({message.profile_id for message in messages})
    problems = [f"{left} outbox rows are left"] if left else []
    if not len(messages) == people == len(scene.phones):
        problems.append(f"{len(messages)} messages for {people} of {len(scene.phones)} people")
    return problems


def _of_attempts(scene: Scene) -> list[str]:
    """Each has a number of its own, and none is made after a later one: not even one that was
    refused, and not by a worker that has slept meanwhile."""
    made: dict[str, list[int]] = {}
    for row in scene.requests():
        message, _, attempt = row["msg_id"].rpartition("-")
        made.setdefault(message, []).append(int(attempt))
    strange = sum(attempts != sorted(set(attempts)) for attempts in made.values())
    return [f"attempts at {strange} messages came twice, or too late"] if strange else []


def _phone(message: Message) -> str:
    return message.phone.lstrip("+")
