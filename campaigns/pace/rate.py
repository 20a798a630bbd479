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
from functools import lru_cache

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

BURST_SECONDS = 0.1  # of the rate, may go out at once after a lull
# After a throttling answer the rate is halved (at most once a second), then creeps back.
SLOWEST = 0.02
RECOVERY_PER_SECOND = 0.02
LONGEST_PAUSE = 30.0  # seconds between two probes
SPREAD = 0.25  # by which a pause is longer or shorter
PROBE_LASTS = 6.0  # seconds until the next one, if the first does not come back
RELEASE = "return redis.call('HDEL', KEYS[1], 'held', 'pause', 'noted')"

# What was noted in the future was noted before the clock stepped back.
NOW = """
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local function passed_since(noted)
    return math.max(0, now - (tonumber(noted) or now))
end
local function is_just_now(noted, seconds)
    noted = tonumber(noted)
    return noted and noted <= now and now - noted < seconds
end
"""
REFILL = (
    NOW
    + """
local state = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'factor', 'held', 'pause')
local passed = passed_since(state[2])
local factor = math.min(1, (tonumber(state[3]) or 1) + passed * tonumber(ARGV[4]))
local rate = tonumber(ARGV[1]) * factor
-- Two, where the rate allows: between two looks at the bucket no part of a message gets lost.
local most = math.max(math.min(2, math.max(1, rate)), rate * tonumber(ARGV[5]))
local tokens = math.min(most, (tonumber(state[1]) or 0) + passed * rate)
"""
)
TAKE = (
    REFILL
    + """
local held = tonumber(state[4])
if held then
    local probe = 0
    local pause = math.max(tonumber(state[5]) or 0, tonumber(ARGV[6]))
    local is_due = now >= held or held > now + pause * (1 + tonumber(ARGV[7]))
    if is_due and tonumber(ARGV[2]) + tonumber(ARGV[3]) > 0 then
        probe = 1
        redis.call('HSET', KEYS[1], 'held', tostring(now + pause))
    end
    local first = math.min(probe, tonumber(ARGV[2]))
    return {first, probe - first, tostring(rate), 1}
end
local advance = math.max(1, rate)
local urgent = math.max(0, math.min(tonumber(ARGV[2]), math.floor(tokens + advance)))
tokens = math.max(-advance, tokens - urgent)
local bulk = math.max(0, math.min(tonumber(ARGV[3]), math.floor(tokens)))
tokens = tokens - bulk
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now),
    'factor', tostring(factor))
redis.call('EXPIRE', KEYS[1], 3600)
return {urgent, bulk, tostring(rate), 0}
"""
)
GIVE_BACK = """
if redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('HINCRBYFLOAT', KEYS[1], 'tokens', ARGV[1])
end
"""
# Longer each time, at most once for the requests that failed together.
HOLD = (
    NOW
    + """
local state = redis.call('HMGET', KEYS[1], 'pause', 'noted')
local pause = tonumber(state[1]) or 0
if is_just_now(state[2], 0.8) then return tostring(pause) end
pause = math.min(tonumber(ARGV[1]), math.max(1, pause * 2))
redis.call('HSET', KEYS[1], 'pause', tostring(pause), 'noted', tostring(now),
    'held', tostring(now + pause * tonumber(ARGV[2])))
redis.call('EXPIRE', KEYS[1], 3600)
return tostring(pause)
"""
)
LOOK = (
    NOW
    + """
local state = redis.call('HMGET', KEYS[1], 'held', 'factor', 'at')
return {state[1] or '', state[2] or '', tostring(passed_since(state[3]))}
"""
)
SLOW_DOWN = (
    NOW
    + """
local state = redis.call('HMGET', KEYS[1], 'factor', 'slowed')
if is_just_now(state[2], 1) then return 0 end
local factor = math.max(tonumber(ARGV[1]), (tonumber(state[1]) or 1) / 2)
redis.call('HSET', KEYS[1], 'factor', tostring(factor), 'slowed', tostring(now))
return 1
"""
)


@dataclass(frozen=True, slots=True)
class Permits:
    """How many messages of each lane may leave now; `rate` is the one in force, in messages/s.
    `held`: Gupshup can't be reached, and what may leave is a probe."""

    urgent: int
    bulk: int
    rate: float
    held: bool


@lru_cache(maxsize=4)
def _redis(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, socket_timeout=2.0, socket_connect_timeout=1.0)


def shared_redis() -> "redis.Redis":
    """What all workers of the installation know together."""
    return _redis(settings.REDIS_URL)


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
        urgent_granted, bulk_granted, in_force, held = shared_redis().eval(TAKE, 1, key, *given)
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
        held, factor, passed = shared_redis().eval(LOOK, 1, _key(project_id))
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
        return float(shared_redis().eval(HOLD, 1, _key(project_id), LONGEST_PAUSE, spread))
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)
        return 0.0


def release(project_id: int) -> None:
    """Somebody answers again."""
    _quietly(RELEASE, _key(project_id), 0)


def slow_down(project_id: int) -> None:
    """The gateway said that we are too fast."""
    _quietly(SLOW_DOWN, _key(project_id), SLOWEST)


def _quietly(script: str, key: str, argument: float) -> None:
    try:
        shared_redis().eval(script, 1, key, argument)
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)
