"""Whom a campaign chooses, and who of them stays out for which reason: one SQL for what is said
beforehand and for what its launch then does.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.gates.registry import (
    composed,
    parameters_at_launch,
    reason_at_launch,
    reason_in_audience,
)
from campaigns.models import Audience, Campaign, CampaignStatus, Profile, Reason, Run
from campaigns.planning.second_try import IS_RETRYABLE, retry_parameters
from campaigns.planning.variants import variant_parameters


@composed
def audience() -> str:
    """SQL, with the parameters below: id, phone, match_key and reason (NULL: may be sent to) of
    each person by themselves. More conditions of p may follow."""
    return f"""
SELECT p.id, p.phone, p.match_key, {reason_at_launch()} AS reason
FROM campaigns_profile p
{BLOCK_JOIN}
WHERE p.project_id = %(project)s AND p.id > %(cursor)s AND p.id <= %(last)s
    AND (%(list)s::bigint IS NULL OR EXISTS (
        SELECT 1 FROM campaigns_listmember l
        WHERE l.custom_list_id = %(list)s AND l.profile_id = p.id))
    AND (%(retry_of)s::bigint IS NULL OR EXISTS (
        SELECT 1 FROM campaigns_message e
        WHERE e.run_id = %(retry_of)s AND e.profile_id = p.id AND {IS_RETRYABLE}))
"""


@composed
def judged_audience() -> str:
    """SQL: id and reason of each person among all the others."""
    return f"""
WITH chosen AS MATERIALIZED ({audience()})
SELECT id, {reason_in_audience()} AS reason FROM chosen
"""


@composed
def _forecast() -> str:
    return f"""
SELECT COALESCE(reason, ''), count(*) FROM ({judged_audience()}) AS judged GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a launch would do now: `dropped` says how many stay out for which reason."""

    to_send: int
    dropped: dict[Reason, int]

    @property
    def total(self) -> int:
        return self.to_send + sum(self.dropped.values())


def forecast(campaign: Campaign) -> Reach:
    with connection.cursor() as cursor:
        cursor.execute(_forecast(), audience_of(campaign))
        counts = dict(cursor.fetchall())
    to_send = counts.pop("", 0)
    return Reach(to_send=to_send, dropped={Reason(reason): n for reason, n in counts.items()})


def audience_of(campaign: Campaign) -> dict[str, Any]:
    """The parameters of `audience`: whom it would choose now."""
    return parameters_of(campaign, run=None, cursor=0, last=last_profile_id(campaign))


def parameters_of(campaign: Campaign, *, run: Run | None, cursor: int, last: int) -> dict[str, Any]:
    retry_of = run.retry_of_id if run else None
    by_list = campaign.audience != Audience.EVERYBODY and retry_of is None
    return {
        "project": campaign.project_id,
        "campaign": campaign.pk,
        **retry_parameters(campaign, of=retry_of),
        "run": run.pk if run else None,
        **variant_parameters(campaign),
        # 0 is no list: a draft that has chosen nobody yet reaches nobody, never everybody.
        "list": (campaign.audience_list_id or 0) if by_list else None,
        "cursor": cursor,
        "last": last,
        "stopped": campaign.status == CampaignStatus.STOPPED,
        "left_over": campaign.left_over,
        "expires_at": campaign.cut_off_at,
        **parameters_at_launch(campaign),
    }


def last_profile_id(campaign: Campaign) -> int:
    """Whoever is imported later is not among a run's people."""
    last = Profile.objects.filter(project_id=campaign.project_id).order_by("-pk").first()
    return last.pk if last else 0
