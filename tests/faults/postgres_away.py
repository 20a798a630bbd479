"""PostgreSQL goes away in the middle of everything."""

import signal

from django.conf import settings
from django.db import connection

from tests.faults.campaign import CampaignFault, Scene
from tests.faults.stores import Store

# A fast end, one as after a crash, and the crash itself.
ENDS = (signal.SIGQUIT, signal.SIGINT, signal.SIGKILL)


class PostgresRestarted(CampaignFault):
    """PostgreSQL is restarted in mid-batch: in good order, or as if it had crashed."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        restart(scene.world.postgres, ENDS[scene.play.seed % len(ENDS)])
        # A claim may be committed though the worker never hears of it.
        return int(settings.GATEWAY_CONCURRENCY)


class PostgresAway(CampaignFault):
    """PostgreSQL is away for longer than the leases last."""

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        scene.world.postgres.stop(signal.SIGINT)
        scene.wait(quick=3.0, full=15.0)
        scene.world.postgres.start()
        connection.close()
        return int(settings.GATEWAY_CONCURRENCY)


def restart(postgres: Store, by: signal.Signals) -> None:
    postgres.stop(by)
    postgres.start()
    connection.close()
