"""People set off a live campaign while something is broken: each of them gets it once."""

import random
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import CampaignKind, Message, State, Trigger
from campaigns.planning.occasion import Deed, Occasion
from campaigns.planning.occasion_document import as_document
from providers.watch.actors import SYSTEM
from tests.campaigns.living import CART, told
from tests.factories import CampaignFactory, EventKindFactory, VariantFactory
from tests.faults.campaign import Scene, connected, judge, new_profiles, published
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.world import HELPER, SENDER, World

RATE = 200
BATCHES = 4
TURNER_SECONDS = 60.0


class TurnerKilled(Fault):
    """kill -9 of the worker that turns triggers into messages: before, within, or after the
    statement. The same events come twice."""

    plants = ("kill_before_triggers_turn", "kill_while_triggers_turn", "kill_once_triggers_turned")

    def play(self, world: World, play: Play) -> Verdict:
        world.simulator.options(latency=0.1, behaviours=False, reports=False)
        world.one(SENDER)
        world.without(HELPER)
        project = connected(world, rate=RATE)
        people = new_profiles(play.people(), project)
        EventKindFactory.create(project=project, name=CART)
        campaign = CampaignFactory.create(
            project=project,
            kind=CampaignKind.LIVE,
            occasion=as_document(Occasion(did=Deed(CART), again=timedelta(hours=1))),
        )
        VariantFactory.create(campaign=campaign)
        scene = published(world, play, campaign, to=people)
        doomed = world.another(HELPER, plant=self.plants[play.seed % 3], seed=play.seed)
        at = timezone.now()
        records = [told(profile, at=at) for profile in people]
        random.Random(play.seed).shuffle(records)
        for batch in range(BATCHES):
            upload(project, records[batch::BATCHES], by=SYSTEM)
        doomed.wait_for_end(TURNER_SECONDS)
        upload(project, records, by=SYSTEM)
        world.one(HELPER)
        scene.wait_for(lambda: _is_over(scene), "not everybody has had their turn")
        verdict = judge(self.name(), scene, most_in_doubt=0)
        ended = Trigger.objects.filter(campaign=campaign, ended_at__isnull=False, reason="")
        if ended.count() != len(people):
            return _with_problem(verdict, f"{ended.count()} triggers became a message")
        return verdict


def _is_over(scene: Scene) -> bool:
    open_ones = Trigger.objects.filter(campaign=scene.campaign, ended_at=None)
    waiting = Message.objects.filter(run=scene.run, state__in=(State.QUEUED, State.IN_DOUBT))
    return not open_ones.exists() and not waiting.exists()


def _with_problem(verdict: Verdict, words: str) -> Verdict:
    return replace(verdict, problems=[*verdict.problems, words])
