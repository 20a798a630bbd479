"""A worker that hangs, and workers that change in the middle of a campaign."""

from tests.faults.campaign import CampaignFault, Scene
from tests.faults.world import SENDER

PAST_THE_LEASE = 5.5


class SenderStoppedPastItsLease(CampaignFault):
    """SIGSTOP of the sending worker until its leases are over and another has taken its place; then
    it wakes, and believes that no time has passed."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        sleeper = scene.world.one(SENDER)
        sleeper.suspend()
        most_in_doubt = scene.open_at_its_end()
        scene.world.another(SENDER)
        scene.wait(quick=PAST_THE_LEASE, full=scene.dice.uniform(PAST_THE_LEASE, 12.0))
        sleeper.wake()
        return most_in_doubt


class DeployedInMidCampaign(CampaignFault):
    """SIGTERM to all workers and beat, and new ones start before the old ones have ended."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        old = [scene.world.one(role) for role in ("helper", "beat", SENDER)]
        for worker in old:
            worker.terminate()
        for worker in old:
            scene.world.one(worker.role)
        for worker in old:
            worker.wait_for_end()
        return 0
