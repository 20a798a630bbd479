"""The newest results of a project's campaigns, of all workers together: is it failing everybody?

They are kept in Redis, as a text of as many noughts and ones. A Redis that loses it costs nothing:
the next results fill it again.
"""

import logging
from collections.abc import Sequence

import redis
from django.conf import settings

from campaigns.pacing import shared_redis

logger = logging.getLogger(__name__)

FORGOTTEN_AFTER = 86_400  # seconds without a result

# Who finds the storm empties the window in the same step, so that one worker alone pauses.
NOTE = """
local window = tonumber(ARGV[2])
local newest = string.sub((redis.call('GET', KEYS[1]) or '') .. ARGV[1], -window)
local _, failed = string.gsub(newest, '1', '')
if string.find(ARGV[1], '1') and #newest == window and failed >= window * tonumber(ARGV[3]) then
    redis.call('DEL', KEYS[1])
    return failed
end
redis.call('SET', KEYS[1], newest, 'EX', ARGV[4])
return 0
"""


def note(project_id: int, failures: Sequence[bool]) -> int:
    """The results of a round, the oldest first. How many of the last SEND_STORM_WINDOW have failed,
    where that is a storm; else 0. While Redis is away nothing is sent, so nothing is missed."""
    outcomes = "".join("1" if failed else "0" for failed in failures)
    given = (outcomes, settings.SEND_STORM_WINDOW, settings.SEND_STORM_SHARE, FORGOTTEN_AFTER)
    try:
        return int(shared_redis().eval(NOTE, 1, _key(project_id), *given))
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)
        return 0


def forget(project_id: int) -> None:
    """Whatever came before says nothing about what comes now."""
    try:
        shared_redis().delete(_key(project_id))
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)


def _key(project_id: int) -> str:
    return f"storm:{project_id}"
