"""Writing a campaign that has not gone out yet: its draft, a copy of it, the end of it.

Only a draft can be written. What was published stays as people were shown it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from campaigns.audience.choosing import MOST_PARTS, TOO_MANY
from campaigns.audience.segments.naming import (
    campaigns_waiting_for,
    campaigns_with,
    hold_project,
    segments_with,
)
from campaigns.models import (
    LIVE,
    UNPUBLISHED,
    Approval,
    Audience,
    AudiencePart,
    Campaign,
    CampaignKind,
    CampaignStatus,
    CustomList,
    OwnTime,
    Segment,
    UnsavedDraft,
    Variant,
)
from campaigns.planning.approvals import BACK_TO_DRAFT, back_to_draft
from campaigns.planning.occasion_campaigns import campaigns_named
from campaigns.planning.occasion_document import OccasionError, read_occasion
from campaigns.planning.occasion_segment import segment_of
from providers.names.free_names import first_free
from providers.names.naming_some import some_of
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change
from templates_app.models import Template

# What a draft's page may change; whatever else stands in the row belongs to its later life.
WRITTEN = [
    "name",
    "labels",
    "goal",
    "audience",
    "control_percent",
    "most_people",
    "variants_by",
    "by_property",
    "test_percent",
    "decides_by",
    "decides_after",
    "decision",
    "kind",
    "starts_at",
    "own_time",
    "schedule",
    "occasion",
    "sends_late",
    "ends_at",
    "cut_off_hours",
    "quiet_from",
    "quiet_until",
    "quiet_action",
    "per_minute",
    "ignores_caps",
    "resend_in_doubt",
]

# A change of another campaign that has not taken its place.
CHANGES = (*UNPUBLISHED, CampaignStatus.SCHEDULED)
NOT_STANDING = (
    "Only a campaign that recurs and is not over can be changed. You can clone it and change the"
    " copy."
)

# By hand, because messages point to both: Django would look through all of them.
DELETE_VARIANTS = "DELETE FROM campaigns_variant WHERE campaign_id = %s"
DELETE_OTHERS = f"{DELETE_VARIANTS} AND position <> ALL(%s)"
DELETE_CAMPAIGN = "DELETE FROM campaigns_campaign WHERE id = %s"


class DraftError(Refusal):
    """Why this can't be written any more, in words for the person who tries."""

    code = "campaign.no_draft_any_more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One of a campaign's variants, as its author writes it. `values`: slot key → {"text": …,
    "fallback": …}."""

    template: Template
    values: Mapping[str, object]
    position: int = 0
    share: int | None = None
    fits: str = ""


@transaction.atomic
def save_draft(
    campaign: Campaign,
    *,
    variants: Sequence[Written],
    by: Actor,
    changes: Sequence[Change] = (),
) -> bool:
    """A new or changed draft with its variants, pinned to their templates' wordings of now.

    Unfinished is fine: what is missing counts only at publishing. `changes` are for the audit log:
    a draft that is saved as it was stands there no second time. True where that took back what
    waited for approval. Raises DraftError when it has been published meanwhile.
    """
    hold_project(campaign.project_id)
    if campaign.is_live:
        _check_occasion(campaign)
    waited = _write(campaign, changes, by=by)
    if campaign.unsaved_parts is not None:
        _keep_parts(campaign, campaign.unsaved_parts)
    _keep_variants(campaign, variants)
    return waited


def _check_occasion(campaign: Campaign) -> None:
    """The project is held, so nobody deletes what it names meanwhile. What can't be read names
    nothing. Raises DraftError."""
    try:
        occasion = read_occasion(campaign.occasion)
    except OccasionError:
        return
    try:
        campaigns_named(campaign, occasion)
        segment_of(campaign)
    except OccasionError as refused:
        raise DraftError(str(refused), code=refused.code) from refused


def _keep_variants(campaign: Campaign, variants: Sequence[Written]) -> None:
    versions = {
        variant.position: (variant, version)
        for variant in variants
        if (version := variant.template.current_id) is not None
    }
    _execute(DELETE_OTHERS, campaign.pk, list(versions))
    for position, (variant, version) in versions.items():
        Variant.objects.update_or_create(
            campaign=campaign,
            position=position,
            defaults={
                "version_id": version,
                "values": dict(variant.values),
                "share": variant.share,
                "fits": variant.fits,
            },
        )


def _write(campaign: Campaign, changes: Sequence[Change], *, by: Actor) -> bool:
    """Whether it waited for approval: nobody approves what is being changed."""
    if campaign._state.adding:
        campaign.created_by = by.person
        campaign.save()
        _audit(campaign, "added", by=by)
        return False
    _hold(campaign, UNPUBLISHED)
    campaign.save(update_fields=WRITTEN)
    waited = back_to_draft(campaign, by=by)
    if changes or waited:
        note = BACK_TO_DRAFT if waited else ""
        _audit(campaign, "changed", by=by, changes=changes, note=note)
    return waited


@transaction.atomic
def clone(campaign: Campaign, *, by: Actor) -> Campaign:
    """A new draft that says the same to the same people, at no set time; on the same days where it
    recurs."""
    copy = _copy(campaign, name=_free_name(campaign), created_by=by.person)
    _audit(copy, "cloned", by=by, changes=[Change("Copy of", new=campaign.name)])
    return copy


@transaction.atomic
def change(campaign: Campaign, *, by: Actor) -> Campaign:
    """A draft of what a campaign that recurs is to be from its next run on, or the one there is
    already. Raises DraftError where it is over."""
    hold_project(campaign.project_id)
    mine = Campaign.objects.select_for_update().filter(pk=campaign.pk, status__in=LIVE)
    held = mine.filter(kind=CampaignKind.RECURRING, version_of=None).first()
    if held is None:
        raise DraftError(NOT_STANDING, code="campaign.not_standing")
    if there := held.versions.filter(status__in=CHANGES).first():
        return there
    copy = _copy(held, name=held.name, created_by=by.person, ends_at=held.ends_at, version_of=held)
    _audit(held, "change_begun", by=by)
    return copy


def _copy(campaign: Campaign, **more: Any) -> Campaign:
    copy = Campaign.objects.create(
        project_id=campaign.project_id,
        labels=campaign.labels,
        goal=campaign.goal,
        audience=campaign.audience,
        control_percent=campaign.control_percent,
        most_people=campaign.most_people,
        variants_by=campaign.variants_by,
        by_property=campaign.by_property,
        test_percent=campaign.test_percent,
        decides_by=campaign.decides_by,
        decides_after=campaign.decides_after,
        decision=campaign.decision,
        kind=campaign.kind,
        schedule=campaign.schedule,
        own_time=campaign.own_time if campaign.recurs else OwnTime.NO,
        occasion=campaign.occasion,
        sends_late=campaign.sends_late,
        cut_off_hours=campaign.cut_off_hours,
        quiet_from=campaign.quiet_from,
        quiet_until=campaign.quiet_until,
        quiet_action=campaign.quiet_action,
        per_minute=campaign.per_minute,
        ignores_caps=campaign.ignores_caps,
        resend_in_doubt=campaign.resend_in_doubt,
        **more,
    )
    for variant in campaign.variants.select_related("version__template__project"):
        Variant.objects.create(
            campaign=copy,
            position=variant.position,
            version_id=variant.version.template.current_id or variant.version_id,
            values=variant.values,
            share=variant.share,
            fits=variant.fits,
        )
    _keep_parts(copy, campaign.all_parts)
    return copy


@transaction.atomic
def discard(campaign: Campaign, *, by: Actor) -> None:
    """Deletes a draft. Raises DraftError when it has been published meanwhile, or something names
    it."""
    hold_project(campaign.project_id)
    _hold(campaign, [CampaignStatus.DRAFT])
    users = [f"the segment “{segment}”" for segment in _segments_with(campaign)]
    users += [f"the campaign “{name}”" for name in _waiting_or_with(campaign)]
    if users:
        raise DraftError(
            f"This campaign can't be deleted: it is used by {some_of(users)}.",
            code="campaign.in_use",
        )
    _audit(campaign, "deleted", by=by)
    AudiencePart.objects.filter(campaign=campaign).delete()
    UnsavedDraft.objects.filter(campaign=campaign).delete()
    Approval.objects.filter(campaign=campaign).delete()
    _execute(DELETE_VARIANTS, campaign.pk)
    _execute(DELETE_CAMPAIGN, campaign.pk)


def _waiting_or_with(campaign: Campaign) -> Iterable[str]:
    return dict.fromkeys([*campaigns_with(earlier=campaign), *campaigns_waiting_for(campaign)])


def _segments_with(campaign: Campaign) -> list[Segment]:
    return segments_with(campaign.project, on="campaign", number=campaign.pk)


def _keep_parts(campaign: Campaign, parts: Sequence[AudiencePart]) -> None:
    """In place of those before. The project is held, so nobody deletes what they name meanwhile; of
    everybody none is taken."""
    kept = [part for part in parts if part.is_left_out or campaign.audience == Audience.SOME]
    if len(kept) > MOST_PARTS:
        raise DraftError(TOO_MANY, code="campaign.too_many_parts")
    for model, field in (
        (CustomList, "custom_list_id"),
        (Segment, "segment_id"),
        (Campaign, "earlier_id"),
    ):
        named = {pk for part in kept if (pk := getattr(part, field)) is not None}
        there = model._default_manager.filter(project=campaign.project_id, pk__in=named)
        if there.count() < len(named):
            what = model._meta.verbose_name
            raise DraftError(f"Somebody has deleted a {what} that you chose. Choose another.")
    AudiencePart.objects.filter(campaign=campaign).delete()
    AudiencePart.objects.bulk_create(_copy_of(part, campaign) for part in kept)
    campaign.unsaved_parts = None


def _copy_of(part: AudiencePart, campaign: Campaign) -> AudiencePart:
    return AudiencePart(
        campaign=campaign,
        is_left_out=part.is_left_out,
        custom_list_id=part.custom_list_id,
        segment_id=part.segment_id,
        earlier_id=part.earlier_id,
        slice=part.slice,
    )


def _audit(campaign: Campaign, happened: str, *, by: Actor, **more: Any) -> None:
    project = campaign.project
    auditing.record(f"campaign.{happened}", by=by, project=project, target=campaign, **more)


def _execute(sql: str, *given: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)


def _hold(campaign: Campaign, allowed: Sequence[CampaignStatus]) -> None:
    """Nobody publishes or approves it until this transaction ends."""
    held = Campaign.objects.select_for_update().filter(pk=campaign.pk)
    status = held.values_list("status", flat=True).first()
    if status == CampaignStatus.AWAITING and status not in allowed:
        raise DraftError("This campaign waits for approval. Make it a draft again first.")
    if status not in allowed:
        raise DraftError(
            "This campaign has been published or deleted by somebody else, so it can't be "
            "changed any more. You can clone it and change the copy."
        )


def _free_name(campaign: Campaign) -> str:
    """Copy of X, Copy of X (2) … Two clones at the same moment wait for each other."""
    hold_project(campaign.project_id)
    campaigns = Campaign.objects.filter(project=campaign.project_id)
    return first_free(campaigns, f"Copy of {campaign.name}"[:90], "{stem} ({number})")
