"""The newest outcomes of campaigns, of all workers together: is one failing everybody?

A campaign gathers evidence: each failure adds one, each message that was accepted takes one away
(more or less, where SEND_STORM_SHARE is not a half), and there is never less than none. Ten in a
row make a storm, and so do 25 of 40 or 55 of 100; what fails now and then never does. It is the
sequential test of "more than this share fails" (CUSUM): as good as the best window for each share.

A project has a window besides, since many small campaigns may each fail too few to tell.

Both are kept in Redis. A Redis that loses them costs nothing: the next outcomes fill them again.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import redis
from django.conf import settings

from campaigns.pace.rate import shared_redis

logger = logging.getLogger(__name__)

FORGOTTEN_AFTER = 86_400  # seconds without an outcome

# What was told: Gupshup's answers, or the delivery reports that may say otherwise later.
Told: TypeAlias = Literal["answers", "reports"]
TOLD: Sequence[Told] = ("answers", "reports")

# A campaign's evidence stays until somebody resumes it: should the worker that found the storm die
# before it pauses, the next failure finds it again. What fails after that says nothing new to the
# project, whose window is emptied in the step that finds a storm in it.
NOTE = """
local outcomes, window, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4])
local share = tonumber(ARGV[3])
local known = redis.call('HMGET', KEYS[2], 'evidence', 'failed', 'told')
local evidence = tonumber(known[1]) or 0
local failed, told = tonumber(known[2]) or 0, tonumber(known[3]) or 0
local newest, is_storm = redis.call('GET', KEYS[1]) or '', false
if evidence < limit then newest = string.sub(newest .. outcomes, -window) end
for outcome in string.gmatch(outcomes, '.') do
    told = told + 1
    if outcome == '1' then
        failed = failed + 1
        evidence = math.min(limit, evidence + 1)
        is_storm = evidence == limit
        if is_storm then break end
    else
        evidence = math.max(0, evidence - share / (1 - share))
        redis.call('HSET', KEYS[2], 'accepted', '1')
    end
    if evidence == 0 then failed, told = 0, 0 end
end
redis.call('HSET', KEYS[2], 'evidence', tostring(evidence), 'failed', failed, 'told', told)
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('SET', KEYS[1], newest, 'EX', ARGV[5])
if is_storm then return {1, failed, told} end
local _, bad = string.gsub(newest, '1', '')
if string.find(outcomes, '1') and #newest == window and bad >= window * share then
    redis.call('DEL', KEYS[1])
    return {2, bad, window}
end
return {0, 0, 0}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one message of a campaign, where it says something about those who follow.
    The last three are its own words for a failure."""

    project_id: int
    campaign_id: int
    failed: bool
    reason: str = ""
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """So many of the last ones failed: of the one campaign, or of all."""

    failed: int
    among: int
    of_one: bool


def note(
    project_id: int, campaign_id: int, failures: Sequence[bool], *, told: Told = "answers"
) -> Storm | None:
    """A campaign's outcomes, the oldest first. While Redis is away nothing is sent, so nothing is
    missed."""
    outcomes = "".join("1" if failed else "0" for failed in failures)
    rule = (settings.SEND_STORM_WINDOW, min(1.0, settings.SEND_STORM_SHARE))
    given = (outcomes, *rule, settings.SEND_STORM_AFTER, FORGOTTEN_AFTER)
    keys = (_of_project(project_id, told), _of_campaign(campaign_id, told))
    try:
        found, failed, among = shared_redis().eval(NOTE, 2, *keys, *given)
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)
        return None
    return Storm(failed=failed, among=among, of_one=found == 1) if found else None


def unproven(campaign_ids: Iterable[int]) -> Mapping[int, int]:
    """Those of which nothing was accepted yet → how many failures make a storm of it now."""
    ids = list(campaign_ids)
    try:
        asked = shared_redis().pipeline(transaction=False)
        for campaign_id in ids:
            asked.hmget(_of_campaign(campaign_id, "answers"), "accepted", "evidence")
        found = asked.execute()
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)
        return {}
    return {
        campaign_id: settings.SEND_STORM_AFTER - int(float(evidence or 0))
        for campaign_id, (accepted, evidence) in zip(ids, found, strict=True)
        if not accepted
    }


def forget(project_id: int, campaign_id: int) -> None:
    """Whatever came before says nothing about what comes now."""
    projects = [_of_project(project_id, told) for told in TOLD]
    campaigns = [_of_campaign(campaign_id, told) for told in TOLD]
    try:
        shared_redis().delete(*projects, *campaigns)
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)


def _of_project(project_id: int, told: Told) -> str:
    return f"storm:{told}:{project_id}"


def _of_campaign(campaign_id: int, told: Told) -> str:
    return f"storm:{told}:campaign:{campaign_id}"
