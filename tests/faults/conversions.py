"""Events reach a campaign's goal while who credits them is killed."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import GoalEvent, Profile
from campaigns.tasks import credit_conversions
from providers.watch.actors import SYSTEM
from tests.campaigns.conversions import expected, told
from tests.campaigns.goals import event, goal
from tests.factories import CampaignFactory, VariantFactory
from tests.faults.campaign import Scene, connected, judge, new_profiles, published
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.world import HELPER, SENDER, World

RATE = 200
END_SECONDS = 60.0


class CrediterKilled(Fault):
    """kill -9 of the worker that credits conversions: before, within, or after a batch. Each event
    is credited once, and the numbers equal a recount from the events and the messages."""

    plants = ("kill_before_crediting", "kill_while_credited", "kill_after_crediting")

    def play(self, world: World, play: Play) -> Verdict:
        world.simulator.options(latency=0.1, behaviours=False, reports=False)
        world.one(SENDER)
        scene = _sent(world, play)
        verdict = judge(self.name(), scene, most_in_doubt=0)
        world.without(HELPER)
        doomed = world.another(HELPER, plant=self.plants[play.seed % 3], seed=play.seed)
        _happen(scene)
        credit_conversions.delay()
        doomed.wait_for_end(END_SECONDS)
        world.one(HELPER)
        credit_conversions.delay()
        scene.wait_for(lambda: not GoalEvent.objects.exists(), "events wait to be credited")
        return replace(verdict, problems=[*verdict.problems, *_of_conversions(scene)])


def _sent(world: World, play: Play) -> Scene:
    project = connected(world, rate=RATE)
    profiles = new_profiles(play.people(), project)
    event(project)
    asked = goal(minutes=60, value="Amount", currency="INR")
    campaign = CampaignFactory.create(project=project, goal=asked)
    VariantFactory.create(campaign=campaign)
    scene = published(world, play, campaign, to=profiles)
    scene.wait_for_the_end()
    return scene


def _happen(scene: Scene) -> None:
    """Each of its people twice, once before their message."""
    people = Profile.objects.filter(project=scene.campaign.project_id)
    dice = random.Random(scene.play.seed)
    records = [
        {
            "identity": person.identity,
            "name": "Charged",
            "at": (timezone.now() - timedelta(minutes=minutes)).isoformat(),
            "properties": {"Amount": dice.randint(1, 500)},
        }
        for person in people
        for minutes in (0, dice.randint(60, 90))
    ]
    dice.shuffle(records)
    upload(scene.campaign.project, records, by=SYSTEM)


def _of_conversions(scene: Scene) -> Sequence[str]:
    found, wanted = told([scene.run]), expected([scene.run])
    if not wanted:
        return ["nobody has reached the goal"]
    return [] if found == wanted else [f"conversions are {found}, and should be {wanted}"]
