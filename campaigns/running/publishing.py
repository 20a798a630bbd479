"""Publishing what somebody has just looked at, or letting it be published, and nothing else.

The last page shows a campaign and a fingerprint of it; if it was changed in between, by whomever,
it is shown again instead of going out unseen.
"""

import hashlib
import json
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import QuerySet

from campaigns.audience.segments.naming import hold_project, rules_behind
from campaigns.models import Campaign, Segment, Variant
from campaigns.planning.occasion_document import OccasionError
from campaigns.planning.occasion_segment import segment_of
from campaigns.planning.opening_links import findings_of, links_of, open_links
from campaigns.planning.preflight import blocking, variants_of
from campaigns.running import approving, lifecycle
from providers.refusals import Refusal
from providers.watch.actors import Actor


class ChangedError(Refusal):
    """The campaign is not the one that was shown."""

    code = "campaign.changed_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            "Somebody has changed this campaign since you opened this page. "
            "Please look at it again."
        )


class GoneError(Refusal):
    """The campaign is not there any more."""

    code = "campaign.gone"

    def __init__(self) -> None:
        super().__init__("Somebody has deleted this draft since you opened this page.")


def fingerprint(campaign: Campaign, variants: Sequence[Variant]) -> str:
    """Of everything that decides who gets what and when."""
    parts = campaign.all_parts
    segments = [part.segment for part in parts if part.segment is not None]
    segments += _entered(campaign)
    seen = [
        campaign.goal,
        campaign.audience,
        [part.names for part in parts],
        campaign.control_percent,
        campaign.project.control_percent,
        campaign.project.caps,
        campaign.most_people,
        rules_behind(segments, project=campaign.project),
        [campaign.starts_at and campaign.starts_at.isoformat(), campaign.own_time],
        campaign.kind,
        campaign.schedule,
        campaign.occasion,
        campaign.sends_late,
        campaign.ends_at and campaign.ends_at.isoformat(),
        campaign.cut_off_hours,
        str(campaign.quiet_from),
        str(campaign.quiet_until),
        campaign.quiet_action,
        campaign.per_minute,
        campaign.ignores_caps,
        campaign.resend_in_doubt,
        [campaign.variants_by, campaign.by_property],
        [campaign.test_percent, campaign.decides_by, campaign.decides_after, campaign.decision],
        [[each.version_id, each.values, each.share, each.fits] for each in variants],
    ]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def _entered(campaign: Campaign) -> list[Segment]:
    """What people come into that set it off."""
    if not campaign.is_live or campaign.occasion is None:
        return []
    try:
        segment = segment_of(campaign)
    except OccasionError:
        return []
    return [segment] if segment else []


def publish_as_seen(campaign_id: int, *, seen: str, by: Actor) -> Campaign:
    """Raises ChangedError, GoneError, or LifecycleError with what is missing or what the campaign
    is now; so do the other two."""
    return _as_seen(campaign_id, lifecycle.publish, seen=seen, by=by)


def ask_as_seen(campaign_id: int, *, seen: str, by: Actor) -> Campaign:
    return _as_seen(campaign_id, approving.ask_for_approval, seen=seen, by=by)


def approve_as_seen(campaign_id: int, *, seen: str, by: Actor) -> Campaign:
    return _as_seen(campaign_id, approving.approve, seen=seen, by=by)


def _as_seen(campaign_id: int, act: Callable[..., None], *, seen: str, by: Actor) -> Campaign:
    """Opening its links may take seconds: it happens before anything is locked."""
    campaign = _found(Campaign.objects.all(), campaign_id)
    variants = variants_of(campaign)
    if fingerprint(campaign, variants) != seen:
        raise ChangedError
    if problems := blocking(findings_of(open_links(links_of(variants)))):
        raise lifecycle.LifecycleError(
            " ".join(problem.message for problem in problems), code=lifecycle.NOT_READY
        )
    return _act_as_seen(campaign, act, seen=seen, by=by)


@transaction.atomic
def _act_as_seen(campaign: Campaign, act: Callable[..., None], *, seen: str, by: Actor) -> Campaign:
    if campaign.is_live:
        hold_project(campaign.project_id)  # before its own row, as whoever saves a draft
    campaign = _found(Campaign.objects.select_for_update(), campaign.pk)
    if fingerprint(campaign, variants_of(campaign)) != seen:
        raise ChangedError
    act(campaign, by=by)
    return campaign


def _found(campaigns: QuerySet[Campaign], campaign_id: int) -> Campaign:
    campaign = campaigns.filter(pk=campaign_id).first()
    if campaign is None:
        raise GoneError
    return campaign
