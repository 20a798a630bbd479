"""Gupshup hangs, refuses, resets, or answers what nobody can read."""

from typing import ClassVar

from campaigns.models import CampaignStatus
from campaigns.running.lifecycle import resume
from providers.watch.actors import SYSTEM
from tests.faults.campaign import CampaignFault, Scene
from tests.faults.fault import Play
from tests.faults.world import SENDER, Worker, World

TROUBLED = 0.3


class TroubledAnswers(CampaignFault):
    """A share of the requests meets trouble; those may be in doubt, and nobody else."""

    mixes: ClassVar[tuple[str, ...]]

    def strike(self, scene: Scene) -> int:
        share = TROUBLED / len(self.mixes)
        scene.world.simulator.options(mix=dict.fromkeys(self.mixes, share))
        scene.wait_for_the_end()
        return sum(row["behaviour"] in self.mixes for row in scene.requests())


class GatewayHangs(TroubledAnswers):
    """Requests are read and never answered; some of those messages go out."""

    mixes = ("hang", "hang_accepted")


class GatewayResets(TroubledAnswers):
    """Connections are reset after the request was read; some of those messages go out."""

    mixes = ("reset", "reset_accepted")


class GatewayAnswersGarbage(TroubledAnswers):
    """The answer to an accepted message is a page of HTML."""

    mixes = ("html",)


class GatewayAccepts502(TroubledAnswers):
    """HTTP 502, though the message goes out; or not."""

    mixes = ("bad_gateway_accepted", "bad_gateway")


class GatewayAcceptsSilently(TroubledAnswers):
    """The answer to an accepted message is empty, or never comes."""

    mixes = ("empty", "hang_accepted")


class GatewayOutage(CampaignFault):
    """For some seconds everybody hangs, is reset or gets HTTP 503."""

    gateway = {"hang_seconds": 10.0}

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        outage = ("reset", "hang", "unavailable")[scene.play.seed % 3]
        scene.world.simulator.options(outage=outage)
        scene.wait(quick=3.0, full=5.0)
        scene.world.simulator.options(outage="")
        scene.wait_for_the_end()
        return sum(row["verdict"] in ("reset", "hang") for row in scene.requests())


class GatewayStorm(CampaignFault):
    """Message after message fails: the campaign is paused, and ends once somebody resumes it."""

    rate = 30  # so many are left to send that a busy machine sees the storm

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.without(SENDER)
        return world.another(SENDER, settings={"SEND_STORM_WINDOW": 20})

    def strike(self, scene: Scene) -> int:
        scene.wait_for_requests(scene.dice.uniform(0.05, 0.3))
        scene.world.simulator.options(behaviour="bad_gateway_accepted")
        scene.wait_for(lambda: scene.status() == CampaignStatus.PAUSED, "it is not paused")
        scene.world.simulator.options(behaviour="read")
        # What is open still meets the storm, and would pause it again.
        scene.wait_for(lambda: not scene.claimed(), "requests are open")
        resume(scene.campaign, by=SYSTEM)
        # What was recorded a moment before may be counted a moment after, and pauses it once more.
        over = (CampaignStatus.COMPLETED, CampaignStatus.PAUSED)
        scene.wait_for(lambda: scene.status() in over, "it goes on")
        if scene.status() == CampaignStatus.PAUSED:
            resume(scene.campaign, by=SYSTEM)
        scene.wait_for_the_end()
        return sum(row["behaviour"] == "bad_gateway_accepted" for row in scene.requests())


class GatewayRefuses(CampaignFault):
    """Nobody listens: connections are refused, and open ones are cut off."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        # What is open when this order arrives: what was open before, and what starts meanwhile.
        most_in_doubt = scene.claimed() + self.rate
        scene.world.simulator.refuse(scene.play.seconds(quick=3.0, full=10.0))
        scene.wait(quick=3.5, full=10.5)
        return most_in_doubt


class GatewayClosesIdleConnections(CampaignFault):
    """Idle connections are closed by the other side before we would."""

    gateway = {"idle_close": 0.2}
    rate = 40

    def strike(self, scene: Scene) -> int:
        """Only those whose request crossed with the closing may be in doubt: few, but more where
        the machine is so busy that the closing is noticed late."""
        return len(scene.phones) // 4
