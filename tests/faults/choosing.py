"""A worker dies while it is decided who belongs to a campaign: everybody comes out as foreseen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import connection

from campaigns.models import Audience, Campaign, Message, Profile, Reason, State, VariantsBy
from campaigns.planning.targeting import judged_audience, parameters_now, source_of
from tests.campaigns.recount import recount_in_time, series
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ListMemberFactory,
    VariantFactory,
    choose,
)
from tests.faults.campaign import REACHED, Scene, connected, may_have_left, new_profiles, published
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.world import HELPER, SENDER, World

RATE = 200
# Why somebody gets nothing, or which variant they get.
Places = Mapping[int, tuple[str, int | None]]


class GathererKilled(Fault):
    """kill -9 of the worker that evaluates a campaign's audience, of a list with a control group, a
    cap and three variants: before, within, or when it is committed."""

    plants = ("kill_before_it_is_gathered", "kill_while_it_is_gathered", "kill_once_it_is_gathered")

    def play(self, world: World, play: Play) -> Verdict:
        world.simulator.options(latency=0.1, behaviours=False, reports=False)
        world.without(HELPER)
        doomed = world.another(HELPER, plant=self.plants[play.seed % 3], seed=play.seed)
        world.one(SENDER)
        campaign, people = _draft(world, play)
        foreseen = _foreseen(campaign)
        scene = published(world, play, campaign, to=people)
        doomed.wait_for_end(30.0)
        world.one(HELPER)
        scene.wait_for_the_end()
        return _judged(self.name(), scene, foreseen)


def _draft(world: World, play: Play) -> tuple[Campaign, Sequence[Profile]]:
    project = connected(world, rate=RATE)
    people = new_profiles(play.people(quick=150), project)
    chosen = CustomListFactory.create(project=project)
    for profile in people:
        ListMemberFactory.create(custom_list=chosen, profile=profile)
    campaign = CampaignFactory.create(
        project=project,
        audience=Audience.SOME,
        control_percent=10,
        most_people=100,
        variants_by=VariantsBy.SPLIT,
    )
    choose(campaign, [chosen])
    for position, share in enumerate((50, 30, 20)):
        VariantFactory.create(campaign=campaign, position=position, share=share)
    return campaign, people


def _foreseen(campaign: Campaign) -> Places:
    source = source_of(campaign)
    with connection.cursor() as cursor:
        people = judged_audience(campaign, source)
        cursor.execute(
            f"SELECT id, COALESCE(reason, ''), variant_id FROM ({people}) AS judged",
            parameters_now(campaign, source),
        )
        return {pk: (reason, variant) for pk, reason, variant in cursor.fetchall()}


def _judged(name: str, scene: Scene, foreseen: Places) -> Verdict:
    messages = list(Message.objects.filter(run=scene.run))
    called = Counter(row["phone"] for row in scene.requests() if may_have_left(row))
    sent = {_phone(m) for m in messages if m.state in REACHED}
    verdict = Verdict(
        fault=name,
        people=len(sent),
        reached_once=sum(called[phone] == 1 for phone in sent),
        doubled=sum(times > 1 for times in called.values()),
        lost=len(sent - set(called)) + len(set(scene.phones) - {_phone(m) for m in messages}),
        counters_ok=series([scene.run.pk]) == recount_in_time(scene.run.messages.all()),
    )
    return replace(verdict, problems=_of_places(messages, called, foreseen))


def _of_places(
    messages: Sequence[Message], called: Mapping[str, int], foreseen: Places
) -> list[str]:
    found = {m.profile_id: (m.reason, m.variant_id) for m in messages}
    moved = sum(found.get(pk) != place for pk, place in foreseen.items())
    places = Counter(reason for reason, _ in found.values())
    uncalled = sum(bool(called.get(_phone(m))) for m in messages if m.state == State.SUPPRESSED)
    problems = [f"{moved} people have another place than was foreseen"] if moved else []
    problems += [f"{uncalled} were left out, and called"] if uncalled else []
    problems += [f"{len(messages)} rows for {len(found)} people"] * (len(messages) != len(found))
    kinds = {"", Reason.CONTROL_GROUP.value, Reason.CAP_REACHED.value}
    return problems + ([f"its places are {dict(places)}"] if set(places) != kinds else [])


def _phone(message: Message) -> str:
    return message.phone.lstrip("+")
