"""How many a draft reaches, and who of them lacks a value: at once where there are few people, or
counted by a worker and kept for some minutes, as long as the draft stays what it is.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import redis
from django.db import transaction
from django.utils import timezone

from campaigns.audience.segments.estimating import LOCK_OF_WORKERS, CountsAlready, one_at_a_time
from campaigns.hints import wake_counter
from campaigns.models import Campaign, Profile, Reason, Variant
from campaigns.pace.kept_figures import begin, give_up, keep, kept
from campaigns.planning.consent import without_evidence
from campaigns.planning.dry_run import DryRun, LeftOut, dry_run
from campaigns.planning.preflight import variants_of
from campaigns.planning.rate_cards import has_card
from campaigns.planning.targeting import Reach, Size, forecast, sizes_of
from campaigns.running.publishing import fingerprint
from templates_app.rendering.variants import slots_of

FEW = 500  # people of a project: counting them takes no longer than asking a worker


@dataclass(frozen=True, slots=True)
class Counted:
    """`as_of` is None where it was counted just now."""

    reach: Reach
    values: list[DryRun]  # of each variant
    sizes: list[Size]
    without_evidence: int  # of how they agreed
    as_of: datetime | None = None


def counted_reach(campaign: Campaign, variants: Sequence[Variant]) -> Counted | None:
    """None while a worker is at it."""
    name = _name(campaign, variants)
    people = Profile.objects.filter(project=campaign.project_id)
    if people[: FEW + 1].count() <= FEW:
        return _count(campaign, variants)
    try:
        if found := kept(name):
            return _read(found, variants)
        is_on_its_way = not begin(name) or wake_counter(campaign.pk)
    except redis.RedisError:
        is_on_its_way = False
    return None if is_on_its_way else _count(campaign, variants)


def count_reach(campaign_id: int) -> None:
    """By a worker. Nothing where the campaign can't be sent any more. While another worker counts
    for the project it is asked for again: whatever its rules cost, it holds one worker alone."""
    campaign = Campaign.objects.filter(pk=campaign_id).select_related("project").first()
    variants = variants_of(campaign) if campaign else []
    if campaign and variants:
        name = _name(campaign, variants)
        try:
            with transaction.atomic():
                one_at_a_time(campaign.project, LOCK_OF_WORKERS)
                keep(name, _written(_count(campaign, variants)))
        except CountsAlready:
            give_up(name)


def _count(campaign: Campaign, variants: Sequence[Variant]) -> Counted:
    reach = forecast(campaign, variants, by_country=has_card(campaign.project_id))
    values = [
        dry_run(
            campaign,
            variant,
            expected=reach.most_of(variant),
            among=variants,
        )
        for variant in variants
    ]
    return Counted(reach, values, sizes_of(campaign), without_evidence(campaign))


def _name(campaign: Campaign, variants: Sequence[Variant]) -> str:
    by = "country" if has_card(campaign.project_id) else "variant"
    return f"reach-by-{by}:{campaign.pk}:{fingerprint(campaign, variants)}"


def _written(counted: Counted) -> dict[str, Any]:
    """People by their numbers alone."""
    return {
        "as_of": timezone.now().isoformat(),
        "reach": asdict(counted.reach),
        "without_evidence": counted.without_evidence,
        "sizes": [asdict(size) for size in counted.sizes],
        "values": [_written_values(values) for values in counted.values],
    }


def _written_values(values: DryRun) -> list[Any]:
    left_out = [
        [part.reason, part.slot.key, part.count, [person.pk for person in part.people]]
        for part in values.left_out
    ]
    return [values.expected, values.looked_at, values.is_sample, left_out, values.letter]


def _read(found: dict[str, Any], variants: Sequence[Variant]) -> Counted:
    reach = Reach(
        to_send=found["reach"]["to_send"],
        dropped={Reason(reason): n for reason, n in found["reach"]["dropped"].items()},
        by_variant=found["reach"]["by_variant"],
        rest=found["reach"]["rest"],
        by_country=[tuple(each) for each in found["reach"]["by_country"]],
        by_zone=[tuple(each) for each in found["reach"].get("by_zone", [])],
    )
    return Counted(
        reach,
        [_read_values(*pair) for pair in zip(found["values"], variants, strict=True)],
        [Size(**size) for size in found["sizes"]],
        found["without_evidence"],
        as_of=datetime.fromisoformat(found["as_of"]),
    )


def _read_values(found: list[Any], variant: Variant) -> DryRun:
    expected, looked_at, is_sample, left_out, letter = found
    return DryRun(
        expected=expected,
        looked_at=looked_at,
        is_sample=is_sample,
        left_out=_left_out(left_out, variant),
        letter=letter,
    )


def _left_out(rows: list[Any], variant: Variant) -> list[LeftOut]:
    slots = {slot.key: slot for slot in slots_of(variant.version)}
    people = Profile.objects.in_bulk({pk for *_, pks in rows for pk in pks})
    return [
        LeftOut(
            reason=Reason(reason),
            slot=slots[key],
            count=count,
            people=[people[pk] for pk in pks if pk in people],
        )
        for reason, key, count, pks in rows
    ]
