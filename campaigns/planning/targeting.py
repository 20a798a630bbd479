"""Whom a campaign chooses, and who of them stays out for which reason: one SQL for what is said
beforehand and for what its launch then does.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.audience.choosing import count_parts, source_of_parts
from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.segments.reading import RuleRefused
from campaigns.audience.source import NOBODY, AudienceSource
from campaigns.gates.quiet_hours import quiet_hours_of
from campaigns.gates.registry import (
    among,
    foreseen,
    parameters_at_launch,
    reason_at_launch,
    sets_for,
)
from campaigns.models import Audience, Campaign, CampaignStatus, Profile, Reason, Run, Variant
from campaigns.planning.having_it_again import had_parameters
from campaigns.planning.own_times import goes_by_own_times, own_time_parameters
from campaigns.planning.second_try import whoever_failed
from campaigns.planning.variants import (
    name_of,
    variant_of_person,
    variant_of_rest,
    variant_parameters,
)
from providers.phones.country_of import country_sql


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
    AND {source.condition_beside_block}
"""


def with_variants(people: str, *, variant: str) -> str:
    """SQL: an audience, and which variant each would get."""
    return f"SELECT person.*, {variant} AS variant_id FROM ({people}) AS person"


def judged_audience(campaign: Campaign, source: AudienceSource) -> str:
    """SQL: as `audience`, with the reason of each person among all the others, and what would be
    the reason at the claim."""
    people = with_variants(audience(source), variant=variant_of_person(campaign))
    return foreseen(among(people, sets_for(campaign)), campaign)


def _forecast(campaign: Campaign, source: AudienceSource, *, by_country: bool) -> str:
    people = judged_audience(campaign, source)
    country = country_sql("phone") if by_country else "NULL"
    zone = _ZONE if _goes_by_zones(campaign) else "NULL"
    return f"""SELECT COALESCE(reason, ''), CASE WHEN reason IS NULL THEN variant_id END,
            CASE WHEN reason IS NULL THEN {country} END,
            CASE WHEN reason IS NULL THEN {zone} END, count(*)
        FROM ({people}) AS judged GROUP BY 1, 2, 3, 4"""


def _goes_by_zones(campaign: Campaign) -> bool:
    """Do people's own clocks decide when they get it?"""
    return goes_by_own_times(campaign) or quiet_hours_of(campaign) is not None


_ZONE = "(SELECT who.time_zone FROM campaigns_profile who WHERE who.id = judged.id)"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a launch would do now: `dropped` says how many stay out for which reason, `by_variant`
    how many get which, by its letter, where there are several; `rest` wait for a test's winner.
    `by_country`, where asked for, has a variant's letter, a country's two, and how many; `by_zone`,
    where people's own clocks decide, their zone and how many."""

    to_send: int
    dropped: dict[Reason, int]
    by_variant: dict[str, int] = field(default_factory=dict)
    rest: int = 0
    by_country: list[tuple[str, str, int]] = field(default_factory=list)
    by_zone: list[tuple[str, int]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.to_send + sum(self.dropped.values())

    def most_of(self, variant: Variant) -> int:
        """Who may get it: also those who wait for it to win."""
        if self.rest or variant.letter not in self.by_variant:
            return self.to_send
        return self.by_variant[variant.letter]


def forecast(
    campaign: Campaign, variants: Sequence[Variant] = (), *, by_country: bool = False
) -> Reach:
    """`variants` may be unsaved; without them, nobody asks who gets which."""
    source, several = source_of(campaign), variants[1:] and variants
    parameters = parameters_now(campaign, source)
    if variants:
        parameters |= variant_parameters(campaign, variants)
    dropped, by_name = Counter[Reason](), Counter[int | None]()
    by_zone = Counter[str]()
    letters = {name_of(each): each.letter for each in variants}
    countries: list[tuple[str, str, int]] = []
    with connection.cursor() as cursor:
        cursor.execute(_forecast(campaign, source, by_country=by_country), parameters)
        for reason, name, country, zone, people in cursor.fetchall():
            if reason:
                dropped[Reason(reason)] += people
                continue
            by_name[name] += people
            if zone is not None:
                by_zone[zone] += people
            if by_country:
                countries.append((letters.get(name, ""), country or "", people))
    return Reach(
        to_send=by_name.total(),
        dropped=dict(dropped),
        by_variant={each.letter: by_name[name_of(each)] for each in several},
        rest=by_name[None] if several else 0,
        by_country=countries,
        by_zone=list(by_zone.items()),
    )


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
    now = timezone.now()
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
        "variant_of_rest": variant_of_rest(campaign) if run and run.rest_of_id else None,
        **parameters_at_launch(campaign),
        **own_time_parameters(campaign, run, now=now),
        **had_parameters(campaign, run, now=now),
        **source.parameters,
    }


def last_profile_id(campaign: Campaign) -> int:
    """Whoever is imported later is not among a run's people."""
    last = Profile.objects.filter(project_id=campaign.project_id).order_by("-pk").first()
    return last.pk if last else 0
