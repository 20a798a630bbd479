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

from campaigns.pace.shared_redis import Script, shared_redis

logger = logging.getLogger(__name__)

FORGOTTEN_AFTER = 86_400  # seconds without an outcome

# What was told: Gupshup's answers, or the delivery reports that may say otherwise later.
ToldBy: TypeAlias = Literal["answers", "reports"]
TOLD_BY: Sequence[ToldBy] = ("answers", "reports")

NOTE = Script("note")


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
    project_id: int, campaign_id: int, failures: Sequence[bool], *, told: ToldBy = "answers"
) -> Storm | None:
    """A campaign's outcomes, the oldest first. While Redis is away nothing is sent, so nothing is
    missed."""
    outcomes = "".join("1" if failed else "0" for failed in failures)
    rule = (settings.SEND_STORM_WINDOW, min(1.0, settings.SEND_STORM_SHARE))
    given = (outcomes, *rule, settings.SEND_STORM_AFTER, FORGOTTEN_AFTER)
    keys = (_of_project(project_id, told), _of_campaign(campaign_id, told))
    try:
        found, failed, among = NOTE(*keys, given=given)
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
    projects = [_of_project(project_id, told) for told in TOLD_BY]
    campaigns = [_of_campaign(campaign_id, told) for told in TOLD_BY]
    try:
        shared_redis().delete(*projects, *campaigns)
    except redis.RedisError as error:
        logger.warning("Redis is away: %s", type(error).__name__)


def _of_project(project_id: int, told: ToldBy) -> str:
    return f"storm:{told}:{project_id}"


def _of_campaign(campaign_id: int, told: ToldBy) -> str:
    return f"storm:{told}:campaign:{campaign_id}"
