"""How many messages may leave now: one rate per project for all workers, kept in Redis.

A token bucket on Redis' own clock. It holds a tenth of a second of the rate, so that no ten
seconds see more than 1 % too many, and is rebuilt empty: a Redis that comes back lets nothing
out that it would not have let out anyway. While Redis is away, nothing leaves. That clock may step:
then no time has passed, or not more than the bucket holds, and nobody waits for it to catch up.

Urgent messages (tests, replies) never wait behind a campaign: they may take in advance what it
would get in the next second. More than that would break the rate, so then they wait, too.
"""

import logging
import random
from dataclasses import dataclass

import redis

from campaigns.pace.shared_redis import Script

logger = logging.getLogger(__name__)

BURST_SECONDS = 0.1  # of the rate, may go out at once after a lull
# After a throttling answer the rate is halved (at most once a second), then creeps back.
SLOWEST = 0.02
RECOVERY_PER_SECOND = 0.02
LONGEST_PAUSE = 30.0  # seconds between two probes
SPREAD = 0.25  # by which a pause is longer or shorter
PROBE_LASTS = 6.0  # seconds until the next one, if the first does not come back
TAKE = Script("clock", "bucket", "take")
GIVE_BACK = Script("give_back")
HOLD = Script("clock", "hold")
RELEASE = Script("release")
LOOK = Script("clock", "look")
SLOW_DOWN = Script("clock", "slow_down")


@dataclass(frozen=True, slots=True)
class Permits:
    """How many messages of each lane may leave now; `rate` is the one in force, in messages/s.
    `held`: Gupshup can't be reached, and what may leave is a probe."""

    urgent: int
    bulk: int
    rate: float
    held: bool


def _key(project_id: int) -> str:
    return f"pace:{project_id}"


def _throttle_key(campaign_id: int) -> str:
    return f"pace:campaign:{campaign_id}"


def take(project_id: int, *, rate: int, urgent: int, bulk: int) -> Permits | None:
    """Asks for as many of each lane, the urgent ones first. None: Redis is away."""
    return _take(_key(project_id), rate=rate, urgent=urgent, bulk=bulk)


def take_throttled(campaign_id: int, *, per_minute: int, wanted: int) -> int:
    """How many of one campaign may leave now by its own throttle; 0 when Redis is away."""
    key = _throttle_key(campaign_id)
    permits = _take(key, rate=per_minute / 60, urgent=0, bulk=wanted)
    return permits.bulk if permits else 0


def _take(key: str, *, rate: float, urgent: int, bulk: int) -> Permits | None:
    try:
        given = (rate, urgent, bulk, RECOVERY_PER_SECOND, BURST_SECONDS, PROBE_LASTS, SPREAD)
        urgent_granted, bulk_granted, in_force, held = TAKE(key, given=given)
    except redis.RedisError as error:
        logger.warning("Nothing leaves while Redis is away: %s", type(error).__name__)
        return None
    return Permits(
        urgent=int(urgent_granted), bulk=int(bulk_granted), rate=float(in_force), held=bool(held)
    )


def rate_in_force(project_id: int, *, rate: int) -> float:
    """Messages per second that may leave now; less than the provider's after a throttling answer,
    none while Gupshup can't be reached. The provider's own when Redis is away."""
    try:
        held, factor, passed = LOOK(_key(project_id))
    except redis.RedisError:
        return float(rate)
    if held:
        return 0.0
    recovered = float(passed) * RECOVERY_PER_SECOND
    return rate * min(1.0, float(factor or 1) + recovered)


def give_back(project_id: int, unused: int) -> None:
    """Permits for which there was no message after all."""
    if unused > 0:
        _quietly(GIVE_BACK, _key(project_id), unused)


def give_back_throttled(campaign_id: int, unused: int) -> None:
    if unused > 0:
        _quietly(GIVE_BACK, _throttle_key(campaign_id), unused)


def hold(project_id: int) -> float:
    """Gupshup can't be reached: nothing leaves but a probe after a pause, in seconds, that grows
    from one to 30."""
    try:
        spread = random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311  no secret
        return float(HOLD(_key(project_id), given=(LONGEST_PAUSE, spread)))
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)
        return 0.0


def release(project_id: int) -> None:
    """Somebody answers again."""
    _quietly(RELEASE, _key(project_id))


def slow_down(project_id: int) -> None:
    """The gateway said that we are too fast."""
    _quietly(SLOW_DOWN, _key(project_id), SLOWEST)


def _quietly(script: Script, key: str, *given: float) -> None:
    try:
        script(key, given=given)
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)
