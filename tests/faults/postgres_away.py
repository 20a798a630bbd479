"""PostgreSQL goes away in the middle of everything."""

import signal

from django.db import connection

from tests.faults.campaign import CampaignFault, Scene
from tests.faults.fault import Play
from tests.faults.stores import Store
from tests.faults.world import HELPER, Worker, World

# A fast end, one as after a crash, and the crash itself.
ENDS = (signal.SIGQUIT, signal.SIGINT, signal.SIGKILL)


class PostgresFault(CampaignFault):
    """What was open is recorded when PostgreSQL is back, however long that took: so nobody is in
    doubt for it, and doubts are not settled before that, as in real life."""

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.without(HELPER)
        world.another(HELPER, settings={"DOUBT_SETTLES_AFTER": 5.0})
        return super().usual_sender(world, play)

    def one_claim(self) -> int:
        """It may be committed though the worker never hears of it. A claim holds a tenth of a
        second of the rate at most."""
        return self.rate // 5


class PostgresRestarted(PostgresFault):
    """PostgreSQL is restarted in mid-batch: in good order, or as if it had crashed."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        restart(scene.world.postgres, ENDS[scene.play.seed % len(ENDS)])
        return self.one_claim()


class PostgresAway(PostgresFault):
    """PostgreSQL is away for longer than the leases last."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        scene.world.postgres.stop(ENDS[scene.play.seed % len(ENDS)])
        scene.wait(quick=3.0, full=15.0)
        scene.world.postgres.start()
        connection.close()
        return self.one_claim()


def restart(postgres: Store, by: signal.Signals) -> None:
    postgres.stop(by)
    postgres.start()
    connection.close()
