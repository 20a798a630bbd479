"""Delivery reports that come when nobody expects them."""

from collections.abc import Mapping
from typing import Any

from callbacks.models import Receipt
from campaigns.models import Message, State
from tests.callbacks.posting import report, reports_form
from tests.faults.campaign import CampaignFault, Scene
from tests.faults.fault import Play, Verdict
from tests.faults.world import RECEIVER, Worker, World

EVERYBODY_READ = {"reports": True, "reports_per_post": 5}


class ReportFault(CampaignFault):
    """What the reports say is known in the end, whatever the answers were."""

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.one(RECEIVER)
        return super().usual_sender(world, play)

    def strike(self, scene: Scene) -> int:
        return 0

    def judge(self, scene: Scene, most_in_doubt: int) -> Verdict:
        """Once all that was reported is applied."""
        scene.world.simulator.wait_until_quiet()
        scene.wait_for(lambda: not waiting(scene), "receipts are waiting")
        scene.wait_for(lambda: states(scene) == {State.READ}, "not everybody has read it")
        return super().judge(scene, most_in_doubt)


class ReportsBeforeTheAnswer(ReportFault):
    """All reports of a message come before the answer to its request."""

    gateway = EVERYBODY_READ | {"behaviour": "early", "latency": 0.1}


class ReportsInsteadOfTheAnswer(ReportFault):
    """No answer can be read, but reports come."""

    gateway = EVERYBODY_READ | {
        "mix": {"bad_gateway_accepted": 0.4, "reset_accepted": 0.2, "html": 0.2, "empty": 0.3}
    }


class ReportsLongAfter(ReportFault):
    """Reports come when it was settled long ago that nobody knows."""

    def options(self, play: Play) -> Mapping[str, Any]:
        late = play.seconds(quick=6.5, full=15.0)
        delays = {"sent": late, "delivered": late, "read": late}
        return EVERYBODY_READ | {"behaviour": "bad_gateway_accepted", "delays": delays}

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_end()
        # In the quick form a busy machine may see the first reports before that.
        assert scene.play.quick or states(scene) == {State.UNKNOWN}
        return 0


class ReportsOfAnEarlierAttempt(CampaignFault):
    """After a second attempt was accepted, the first one is reported as failed."""

    gateway = {"behaviour": "error_100_once"}

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.one(RECEIVER)
        return super().usual_sender(world, play)

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_end()
        accepted = Message.objects.filter(run=scene.run, attempt=2, state=State.SENT)
        assert accepted.count() > len(scene.phones) // 2
        scene.world.post_to_status(reports_form(*(failed(m.pk) for m in accepted)))
        scene.wait_for(lambda: not waiting(scene), "receipts are waiting")
        return 0


def failed(message_id: int) -> dict[str, Any]:
    """Of attempt 1."""
    return report(message_id, "FAILED", cause="UNKNOWN_SUBSCRIBER", errorCode="003")


def waiting(scene: Scene) -> int:
    return Receipt.objects.waiting().filter(project=scene.campaign.project).count()


def states(scene: Scene) -> set[State]:
    found = Message.objects.filter(run=scene.run).values_list("state", flat=True)
    return {State(state) for state in found.distinct()}
