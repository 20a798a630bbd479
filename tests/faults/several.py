"""Several campaigns at once, of one project and of another."""

import signal
from collections.abc import Sequence
from dataclasses import replace

from campaigns.models import ListMember
from providers.models import Project
from tests.factories import CustomListFactory, VariantFactory
from tests.faults.campaign import Scene, connected, judge, new_profiles, published
from tests.faults.fault import Fault, Play, Verdict, added_up
from tests.faults.world import BEAT, HELPER, SENDER, World

RATE = 60


class SeveralCampaigns(Fault):
    """Three campaigns at once, two of them of one project: the sending worker is killed, or
    everybody, or Redis is."""

    def play(self, world: World, play: Play) -> Verdict:
        world.simulator.options(latency=0.3, behaviours=False, reports=False)
        world.one(SENDER)
        shop, other = connected(world, rate=RATE), connected(world, rate=RATE)
        scenes = [_to_a_list(world, play, project) for project in (shop, shop, other)]
        scenes[play.seed % len(scenes)].wait_for_the_middle()
        most_in_doubt = _strike(scenes)
        for scene in scenes:
            scene.wait_for_the_end()
        verdicts = [
            judge(self.name(), scene, most_in_doubt=most)
            for scene, most in zip(scenes, most_in_doubt, strict=True)
        ]
        return replace(added_up(verdicts), runs=1)


def _strike(scenes: Sequence[Scene]) -> list[int]:
    """How many of each may be in doubt."""
    world, way = scenes[0].world, scenes[0].play.seed % 3
    if way == 2:
        world.redis.stop(signal.SIGKILL)
        world.redis.start()
        return [0 for _ in scenes]
    roles = (SENDER, HELPER, BEAT) if way else (SENDER,)
    for role in roles:
        world.one(role).kill()
    most_in_doubt = [scene.open_at_its_end() for scene in scenes]
    for role in roles:
        world.one(role)
    return most_in_doubt


def _to_a_list(world: World, play: Play, project: Project) -> Scene:
    profiles = new_profiles(play.people() // 3, project)
    listed = CustomListFactory.create(project=project)
    ListMember.objects.bulk_create(
        ListMember(custom_list=listed, profile=profile) for profile in profiles
    )
    variant = VariantFactory.create(campaign__project=project, campaign__to=[listed])
    return published(world, play, variant.campaign, to=profiles)
