"""What should be there once, there twice."""

from campaigns.tasks import fold_tallies, launch, reconcile, send_due
from tests.faults.campaign import CampaignFault, Scene
from tests.faults.fault import Play
from tests.faults.world import BEAT, HELPER, SENDER, Worker, World


class TwoBeats(CampaignFault):
    """A second beat is started by mistake: every hint comes twice, to two sending workers."""

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.another(SENDER)
        world.another(BEAT)
        return world.one(SENDER)

    def strike(self, scene: Scene) -> int:
        return 0


class TasksDeliveredTwice(CampaignFault):
    """Each task is delivered twice, at once and to different workers, as a broker may."""

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.another(SENDER)
        world.another(HELPER)
        return world.one(SENDER)

    def strike(self, scene: Scene) -> int:
        while not scene.is_over():
            for _ in range(2):
                launch.delay(scene.run.pk)
                send_due.delay()
                reconcile.delay()
                fold_tallies.delay()
            scene.wait(quick=0.2, full=0.2)
        return 0


class TaskDeliveredAgainWhileItRuns(CampaignFault):
    """The broker's patience is shorter than a task: it is given to another worker while the first
    one is still at it."""

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.without(SENDER)
        impatient = {"broker_transport_options": {"visibility_timeout": 1, "polling_interval": 1}}
        world.another(SENDER, celery=impatient)
        return world.another(SENDER, celery=impatient)

    def strike(self, scene: Scene) -> int:
        return 0
