"""Redis forgets, is away, or comes back."""

import signal
import time

import redis
from django.conf import settings

from tests.faults.campaign import CampaignFault, Scene


class RedisFlushed(CampaignFault):
    """FLUSHALL: queues, hints and the rate are gone."""

    def strike(self, scene: Scene) -> int:
        for _ in range(scene.dice.randint(1, 3)):
            scene.wait_for_the_middle()
            redis.Redis.from_url(settings.REDIS_URL).flushall()
        return 0


class RedisStopped(CampaignFault):
    """Redis is away for a minute."""

    waits = True

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        scene.world.redis.stop(signal.SIGTERM)
        time.sleep(scene.play.outage())
        scene.world.redis.start()
        return 0


class RedisRestarted(CampaignFault):
    """Redis is killed and started again at once."""

    def strike(self, scene: Scene) -> int:
        for _ in range(scene.dice.randint(1, 3)):
            scene.wait_for_the_middle()
            scene.world.redis.stop(signal.SIGKILL)
            scene.world.redis.start()
        return 0
