"""Redis forgets, is away, refuses, or comes back."""

import signal
import time

import redis
from django.conf import settings

from tests.faults.campaign import CampaignFault, Scene
from tests.refusing_redis import REFUSALS, mend

SETTLES = 2.0  # seconds: what has its permit may leave still


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


class RedisRefuses(CampaignFault):
    """For a minute Redis answers and takes no writes: it is full, a replica, misses one, or can't
    save. Nothing leaves meanwhile."""

    waits = True

    def strike(self, scene: Scene) -> int:
        scene.wait_for_requests(scene.dice.uniform(0.05, 0.5))
        client = redis.Redis.from_url(settings.REDIS_URL)
        refuse = list(REFUSALS.values())[scene.play.seed % len(REFUSALS)]
        refuse(client)
        time.sleep(SETTLES)
        left = len(scene.requests())
        time.sleep(scene.play.outage())
        late = len(scene.requests()) - left
        mend(client)
        assert not late, f"{late} messages left while nobody could know the rate"
        return 0
