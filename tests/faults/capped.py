"""Several campaigns of one project to the same people, who may get fewer messages than there are
campaigns: the simulator's book says how many each of them got."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.db.models import Exists, OuterRef, Q

from campaigns.models import Message, Outbox, OutboxState, Reason, State
from providers.models import Project
from tests.campaigns.recount import recount_in_time, series
from tests.factories import VariantFactory
from tests.faults.campaign import (
    NOBODY_KNOWS,
    REACHED,
    Scene,
    connected,
    may_have_left,
    new_profiles,
    published,
    under_way_now,
)
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.world import SENDER, World

CAMPAIGNS, WORKERS = 3, 10
RATE = 60


class TenWorkersAgainstOneCap(Fault):
    """Ten sending workers and three campaigns to the same people, who may get one message or two:
    one worker is killed, or half of them are, or one that dies after its claim, too."""

    def play(self, world: World, play: Play) -> Verdict:
        most = 1 + play.seed % 2
        scenes = _open(world, play, cap=most)
        plants = ["kill_after_the_claim" if play.seed % 3 == 2 else ""] + [""] * (WORKERS - 2)
        for plant in plants:
            world.another(SENDER, plant=plant, seed=play.seed)
        scenes[0].wait_for_the_middle()
        _kill(world, half=play.seed % 3 == 1)
        _wait_for_the_end(scenes)
        verdict = _judge(self.name(), scenes, most=most)
        return replace(verdict, problems=[*verdict.problems, *_too_few(scenes, least=most)])


class CapChangedInMidSend(Fault):
    """Three campaigns to the same people; in the midst of them somebody lowers the cap, raises it,
    or sets one where there was none, and then a sending worker is killed."""

    def play(self, world: World, play: Play) -> Verdict:
        before, after = ((3, 1), (1, 2), (None, 1))[play.seed % 3]
        scenes = _open(world, play, cap=before)
        world.another(SENDER)
        scenes[0].wait_for_the_middle()
        under_way = _set_cap(scenes, after)
        scenes[0].wait_for(lambda: not under_way & under_way_now(), "a claim has not ended")
        had_their_place = _with_a_place(scenes)
        _kill(world, half=False)
        _wait_for_the_end(scenes)
        most = max(before or CAMPAIGNS, after)
        verdict = _judge(self.name(), scenes, most=most)
        late = _over_the_new_one(scenes, had_their_place, most=after)
        return replace(verdict, problems=[*verdict.problems, *late])


def _open(world: World, play: Play, *, cap: int | None) -> list[Scene]:
    world.simulator.options(latency=0.3, behaviours=False, reports=False)
    world.one(SENDER)
    project = connected(world, rate=RATE)
    Project.objects.filter(pk=project.pk).update(most_per_day=cap)
    profiles = new_profiles(play.people() // 2, project)
    drafts = [VariantFactory.create(campaign__project=project) for _ in range(CAMPAIGNS)]
    return [published(world, play, draft.campaign, to=profiles) for draft in drafts]


def _set_cap(scenes: Sequence[Scene], cap: int) -> Collection[object]:
    """The statements that were under way when it was there for everybody."""
    Project.objects.filter(pk=scenes[0].campaign.project_id).update(most_per_day=cap)
    return under_way_now()


def _kill(world: World, *, half: bool) -> None:
    """The others go on meanwhile."""
    world.one(SENDER).kill()
    for worker in world.spares(SENDER)[: WORKERS // 2 - 1 if half else 0]:
        worker.kill()
    world.one(SENDER)


def _wait_for_the_end(scenes: Sequence[Scene]) -> None:
    for scene in scenes:
        scene.wait_for_the_end()


def _with_a_place(scenes: Sequence[Scene]) -> set[int]:
    """Messages that may have reached their phone, or are about to: found in one statement, since
    what is in somebody's hands now has been sent a moment later."""
    in_hand = Outbox.objects.filter(message=OuterRef("pk"), state=OutboxState.CLAIMED)
    has_one = Q(state__in=REACHED + NOBODY_KNOWS) | Q(Exists(in_hand))
    messages = Message.objects.filter(has_one, run__in=[scene.run for scene in scenes])
    return set(messages.values_list("pk", flat=True))


def _judge(name: str, scenes: Sequence[Scene], *, most: int) -> Verdict:
    """Who has got more than they may counts as doubled, and so does a message that left twice."""
    messages, called = _messages(scenes), _called(scenes)
    got = Counter(_phone(m) for m in messages if called[m.pk])
    twice = {_phone(m) for m in messages if called[m.pk] > 1}
    people = set(scenes[0].phones)
    rows = Counter(_phone(m) for m in messages)
    return Verdict(
        fault=name,
        people=len(people),
        reached_once=sum(0 < got[phone] <= most for phone in people),
        doubled=len(twice | {phone for phone, times in got.items() if times > most}),
        lost=len({_phone(m) for m in messages if m.state in REACHED and not called[m.pk]})
        + sum(rows[phone] != CAMPAIGNS for phone in people),
        in_doubt=sum(m.state in NOBODY_KNOWS for m in messages),
        counters_ok=all(
            series([scene.run.pk]) == recount_in_time(scene.run.messages.all()) for scene in scenes
        ),
        problems=_of_states(messages, called),
    )


def _of_states(messages: Sequence[Message], called: Mapping[int, int]) -> list[str]:
    """Everybody else was left out, by the cap alone, and nobody of them was called."""
    others = [m for m in messages if m.state not in REACHED + NOBODY_KNOWS]
    strange = {f"{State(m.state).name} {m.reason}" for m in others} - {
        f"{State.SUPPRESSED.name} {Reason.FREQUENCY_CAP}"
    }
    called_all_the_same = sum(called[m.pk] > 0 for m in others)
    problems = [f"unexpected: {sorted(strange)}"] if strange else []
    if called_all_the_same:
        problems.append(f"{called_all_the_same} were left out, and called")
    return problems


def _too_few(scenes: Sequence[Scene], *, least: int) -> list[str]:
    """A place that nobody had would be as wrong as one too many."""
    had = Counter(_phone(m) for m in _messages(scenes) if m.state in REACHED + NOBODY_KNOWS)
    few = sum(had[phone] < least for phone in scenes[0].phones)
    return [f"{few} people have got fewer than they may"] if few else []


def _over_the_new_one(scenes: Sequence[Scene], before: set[int], *, most: int) -> list[str]:
    """Whom a campaign reached after the cap was another, beyond it."""
    called = _called(scenes)
    got = defaultdict[str, set[int]](set)
    for message in _messages(scenes):
        if called[message.pk]:
            got[_phone(message)].add(message.pk)
    over = [phone for phone, theirs in got.items() if len(theirs) > most and theirs - before]
    return [f"{len(over)} people got more than the new cap allows"] if over else []


def _messages(scenes: Sequence[Scene]) -> list[Message]:
    return list(Message.objects.filter(run__in=[scene.run for scene in scenes]))


def _called(scenes: Sequence[Scene]) -> Counter[int]:
    """Message → how often the gateway has read it, and may have let it out."""
    rows = [row for row in scenes[0].requests() if may_have_left(row)]
    return Counter(int(row["msg_id"].rpartition("-")[0]) for row in rows)


def _phone(message: Message) -> str:
    return message.phone.lstrip("+")
