"""A worker that hangs, and workers that change in the middle of a campaign."""

from tests.faults.campaign import CampaignFault, Scene, judge
from tests.faults.fault import Verdict
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


class SenderStoppedAndSentAgain(CampaignFault):
    """The same in a campaign that says to send again when nobody knows: the sleeper had claimed
    people whom it had not called yet, and must not call them any more when it wakes."""

    resends = True

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        sleeper = scene.world.one(SENDER)
        sleeper.suspend()
        most_in_doubt = scene.open_at_its_end()
        self._called = scene.seen()
        scene.world.another(SENDER)
        scene.wait_for(lambda: is_called_again(scene), "nobody is sent to again")
        sleeper.wake()
        return most_in_doubt

    def judge(self, scene: Scene, most_in_doubt: int) -> Verdict:
        return judge(self.name(), scene, most_in_doubt=most_in_doubt, twice=self._called)


def is_called_again(scene: Scene) -> bool:
    """Some of those whom the sleeper had claimed."""
    return any(not row["msg_id"].endswith("-1") for row in scene.requests())


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
