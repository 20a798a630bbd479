"""Whom a campaign chooses, and who of them stays out for which reason: one SQL for what is said
beforehand and for what its launch then does.
"""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from campaigns.audience.choosing import count_parts, source_of_parts
from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.segments.reading import RuleRefused
from campaigns.audience.source import NOBODY, AudienceSource
from campaigns.gates.registry import (
    among,
    foreseen,
    parameters_at_launch,
    reason_at_launch,
    sets_for,
)
from campaigns.models import Audience, Campaign, CampaignStatus, Profile, Reason, Run
from campaigns.planning.second_try import whoever_failed
from campaigns.planning.variants import VARIANT, variant_parameters


def source_of(campaign: Campaign, *, run: Run | None = None) -> AudienceSource:
    """As `read_source`; nobody by a part that can't be read any more, as preflight.py says."""
    try:
        return read_source(campaign, run=run)
    except RuleRefused:
        return NOBODY


def read_source(campaign: Campaign, *, run: Run | None = None) -> AudienceSource:
    """The one place that knows whom a campaign, or this run of it, is for; as of now. Raises
    RuleRefused."""
    if run is not None and run.retry_of_id is not None:
        return whoever_failed(campaign, run_id=run.retry_of_id)
    if campaign.audience not in (Audience.EVERYBODY, Audience.SOME):
        return NOBODY
    of_everybody = campaign.audience == Audience.EVERYBODY
    return source_of_parts(campaign.project, campaign.all_parts, of_everybody=of_everybody)


def audience(source: AudienceSource) -> str:
    """SQL, with the parameters below: id, phone, match_key, reason (NULL: may be sent to) and what
    the source itself says of it, of each person by themselves. More conditions of p may follow."""
    return f"""
SELECT p.id, p.phone, p.match_key, {source.reason("NULL")} AS of_source,
    {source.reason(reason_at_launch())} AS reason
FROM campaigns_profile p
{BLOCK_JOIN} {source.join}
WHERE p.project_id = %(project)s AND p.id > %(cursor)s AND p.id <= %(last)s
    AND {source.condition}
"""


def with_variants(people: str) -> str:
    """SQL: an audience, and which variant each would get."""
    return f"SELECT person.*, {VARIANT} AS variant_id FROM ({people}) AS person"


def judged_audience(campaign: Campaign, source: AudienceSource) -> str:
    """SQL: as `audience`, with the reason of each person among all the others, and what would be
    the reason at the claim."""
    people = among(with_variants(audience(source)), sets_for(campaign))
    return foreseen(people, campaign)


def _forecast(campaign: Campaign, source: AudienceSource) -> str:
    people = judged_audience(campaign, source)
    return f"SELECT COALESCE(reason, ''), count(*) FROM ({people}) AS judged GROUP BY 1"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a launch would do now: `dropped` says how many stay out for which reason."""

    to_send: int
    dropped: dict[Reason, int]

    @property
    def total(self) -> int:
        return self.to_send + sum(self.dropped.values())


def forecast(campaign: Campaign) -> Reach:
    source = source_of(campaign)
    with connection.cursor() as cursor:
        cursor.execute(_forecast(campaign, source), parameters_now(campaign, source))
        counts = dict(cursor.fetchall())
    to_send = counts.pop("", 0)
    return Reach(to_send=to_send, dropped={Reason(reason): n for reason, n in counts.items()})


@dataclass(frozen=True, slots=True)
class Size:
    """How many people a part of an audience finds by itself."""

    name: str
    people: int
    is_left_out: bool


def sizes_of(campaign: Campaign) -> list[Size]:
    """None where one of them can't be read any more."""
    try:
        found = count_parts(campaign.project, campaign.all_parts)
    except RuleRefused:
        return []
    return [Size(str(part), people, part.is_left_out) for part, people in found]


def parameters_now(campaign: Campaign, source: AudienceSource) -> dict[str, Any]:
    """Of `audience`: whom it would choose now."""
    last = last_profile_id(campaign)
    return parameters_of(campaign, source, run=None, cursor=0, last=last)


def parameters_of(
    campaign: Campaign, source: AudienceSource, *, run: Run | None, cursor: int, last: int
) -> dict[str, Any]:
    return {
        "project": campaign.project_id,
        "campaign": campaign.pk,
        "run": run.pk if run else None,
        **variant_parameters(campaign),
        "cursor": cursor,
        "last": last,
        "stopped": campaign.status == CampaignStatus.STOPPED,
        "left_over": campaign.left_over,
        "expires_at": campaign.cut_off_at,
        **parameters_at_launch(campaign),
        **source.parameters,
    }


def last_profile_id(campaign: Campaign) -> int:
    """Whoever is imported later is not among a run's people."""
    last = Profile.objects.filter(project_id=campaign.project_id).order_by("-pk").first()
    return last.pk if last else 0
