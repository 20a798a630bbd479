"""Workers killed with -9: one of them at a bad moment, all of them at once, beat."""

from typing import ClassVar

from campaigns.models import Message
from tests.faults.campaign import CampaignFault, Scene
from tests.faults.fault import Play
from tests.faults.world import BEAT, HELPER, SENDER, Worker, World


class SenderKilledWhileCalling(CampaignFault):
    """kill -9 of the sending worker while its requests are open."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        scene.world.one(SENDER).kill()
        most_in_doubt = scene.open_at_its_end()
        scene.world.one(SENDER)
        return most_in_doubt


class PlantedFault(CampaignFault):
    """A sending worker that kills itself at a bad place."""

    plants: ClassVar[tuple[str, ...]]

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.without(SENDER)
        plant = self.plants[play.seed % len(self.plants)]
        return world.another(SENDER, plant=plant, seed=play.seed)

    def strike(self, scene: Scene) -> int:
        scene.world.latest(SENDER).wait_for_end(30.0)
        most_in_doubt = scene.open_at_its_end()
        scene.world.one(SENDER)
        return most_in_doubt


class SenderKilledWhileClaiming(PlantedFault):
    """kill -9 of the sending worker after it has claimed, before any call; in it; before it."""

    plants = ("kill_after_the_claim", "kill_in_the_claim", "kill_before_the_claim")


class SenderKilledBeforeRecording(PlantedFault):
    """kill -9 of the sending worker when it has the answers and has not recorded them; or has."""

    plants = ("kill_before_recording", "kill_after_recording")


class LauncherKilled(CampaignFault):
    """kill -9 of a worker that launches a campaign: in a chunk of its people, before or after."""

    plants = (
        "kill_while_a_chunk_is_launched",
        "kill_after_a_chunk_was_launched",
        "kill_before_a_chunk_is_launched",
    )

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.without(HELPER)
        world.another(HELPER, plant=self.plants[play.seed % len(self.plants)], seed=play.seed)
        return super().usual_sender(world, play)

    def strike(self, scene: Scene) -> int:
        scene.world.latest(HELPER).wait_for_end(30.0)
        there = Message.objects.filter(run=scene.run).count()
        assert there < len(scene.phones), "it was too quick to be killed"
        scene.world.one(HELPER)
        return 0


class EverybodyKilled(CampaignFault):
    """kill -9 of all workers and of beat at once."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        for role in (SENDER, HELPER, BEAT):
            scene.world.one(role).kill()
        most_in_doubt = scene.open_at_its_end()
        for role in (SENDER, HELPER, BEAT):
            scene.world.one(role)
        return most_in_doubt


class BeatKilled(CampaignFault):
    """kill -9 of beat: nobody gives hints until it is started again."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        scene.world.one(BEAT).kill()
        scene.wait(quick=3.0, full=10.0)
        scene.world.one(BEAT)
        return 0
