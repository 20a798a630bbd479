"""The end of an A/B test: which of its variants goes to those who wait.

When its time has come and the test has gone out, by what was chosen beforehand; or earlier, by a
person. Once: of two who choose at the same moment, one does.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns.ledger.tallies import totals, totals_by_variant
from campaigns.models import (
    UNDER_WAY,
    Campaign,
    CampaignStatus,
    DecidesBy,
    Decision,
    Run,
    RunStatus,
    Variant,
    VariantsBy,
)
from campaigns.planning.chances import Counted, clear_winner, leader
from campaigns.planning.preflight import variants_of
from campaigns.running.lifecycle import LifecycleError, not_approved, pause
from campaigns.running.opening_runs import release_rest, waits_for_winner
from providers.watch import auditing
from providers.watch.actors import SYSTEM, Actor
from providers.watch.logging_failures import logging_failure_of
from templates_app.models import Status, Template

CLEAR = "Equal variants would differ as much less often than once in twenty times."
MAY_BE_CHANCE = "The difference may be chance"
KEPT = f"{MAY_BE_CHANCE}: A goes on, as was chosen beforehand."
AHEAD = f"{MAY_BE_CHANCE}: the one that is ahead goes on, as was chosen beforehand."
PLEASE_CHOOSE = "Choose which variant the others get: they wait for it."
DID = {
    DecidesBy.VIEWED.value: "viewed by",
    DecidesBy.CLICKED.value: "clicked by",
    DecidesBy.REPLIED.value: "replied to by",
    DecidesBy.CONVERTED.value: "followed to the goal by",
}


@transaction.atomic
def choose_winner(campaign: Campaign, variant: Variant, *, by: Actor) -> None:
    """A person's choice, also before its time. Raises LifecycleError where nobody waits for it any
    more, or its template can't be sent."""
    if not waits_for_winner(campaign):
        raise LifecycleError("Nobody waits for a winner any more.", code="campaign.decided")
    _crown(campaign, variant, by=by, why=f"Chosen by {by.name}.")


def decide_due() -> None:
    """Tests whose time has come; and those that are over while people still wait."""
    for campaign in _due(timezone.now()):
        with logging_failure_of(f"the end of the test of campaign {campaign.pk}"):
            _decide(campaign)
    for campaign in _over(timezone.now()):
        release_rest(campaign)


@transaction.atomic
def _decide(campaign: Campaign) -> None:
    run = _test_of(campaign)
    if run is None or not _has_gone_out(run):
        return
    variants = variants_of(campaign)
    counted = _counted(campaign, run, variants)
    told = _told(campaign, variants, counted)
    won = clear_winner(counted)
    if campaign.decision == Decision.PERSON or (won is None and campaign.decision == Decision.ASK):
        _ask(campaign, told, is_clear=won is not None)
    elif won is not None:
        _crown_or_wait(campaign, variants[won], why=f"{told} {CLEAR}")
    elif campaign.decision == Decision.LEADER:
        _crown_or_wait(campaign, variants[leader(counted)], why=f"{told} {AHEAD}")
    else:
        _crown_or_wait(campaign, variants[0], why=f"{told} {KEPT}")


def _crown_or_wait(campaign: Campaign, variant: Variant, *, why: str) -> None:
    """Where its template can't be sent, the campaign is paused: whoever resumes it lets it be
    decided again."""
    try:
        _crown(campaign, variant, by=SYSTEM, why=why)
    except LifecycleError as refused:
        if campaign.status == CampaignStatus.RUNNING:
            pause(campaign, by=SYSTEM, reason=str(refused))


@transaction.atomic
def _crown(campaign: Campaign, variant: Variant, *, by: Actor, why: str) -> None:
    template = Template.objects.select_for_update(no_key=True).get(pk=variant.version.template_id)
    if template.status != Status.APPROVED and waits_for_winner(campaign):
        raise LifecycleError(not_approved(template), code="campaign.not_ready")
    allowed = UNDER_WAY if waits_for_winner(campaign) else (*UNDER_WAY, CampaignStatus.COMPLETED)
    undecided = Campaign.objects.filter(pk=campaign.pk, winner=None, status__in=allowed)
    if not undecided.update(
        winner=variant, decided_at=timezone.now(), decided_why=why, decides_at=None
    ):
        raise LifecycleError("The winner has been chosen already.", code="campaign.decided")
    campaign.refresh_from_db()
    auditing.record(
        "campaign.winner_chosen",
        by=by,
        project=campaign.project,
        target=campaign,
        note=f"Variant {variant.letter}",
    )
    release_rest(campaign)


def _ask(campaign: Campaign, told: str, *, is_clear: bool) -> None:
    """Once. Where nobody waits, there is nothing to choose."""
    why = f"{told} {CLEAR if is_clear else f'{MAY_BE_CHANCE}.'}"
    asks = f"{why} {PLEASE_CHOOSE}" if waits_for_winner(campaign) else why
    Campaign.objects.filter(pk=campaign.pk, winner=None).update(decides_at=None, decided_why=asks)


def _due(now: datetime) -> QuerySet[Campaign]:
    """A test that everybody got may be over before its time."""
    everybody = Q(status=CampaignStatus.COMPLETED, test_percent=100)
    due = Campaign.objects.filter(
        Q(status=CampaignStatus.RUNNING) | everybody,
        variants_by=VariantsBy.TEST,
        winner=None,
        decides_at__lte=now,
    )
    return due.select_for_update(of=["self"], skip_locked=True).select_related("project")


def _over(now: datetime) -> QuerySet[Campaign]:
    """Their end or cut-off has come, or they were stopped: those who wait get nothing, and rows
    that say so."""
    waiting = Run.objects.filter(status=RunStatus.WAITING).values("campaign")
    has_ended = Q(ends_at__lte=now) | Q(cut_off_at__lte=now)
    return Campaign.objects.filter(has_ended | ~Q(status__in=UNDER_WAY), pk__in=waiting)


def _test_of(campaign: Campaign) -> Run | None:
    return campaign.runs.filter(retry_of=None, rest_of=None).order_by("number").first()


def _has_gone_out(run: Run) -> bool:
    return run.status != RunStatus.LAUNCHING and not totals([run.pk])["queued"]


def _counted(campaign: Campaign, run: Run, variants: Sequence[Variant]) -> list[Counted]:
    """Of those whom it was delivered to."""
    numbers = totals_by_variant([run.pk])
    counted = []
    for variant in variants:
        own = numbers.get(variant.pk, {})
        people = own.get("delivered", 0)
        counted.append(Counted(min(own.get(campaign.decides_by, 0), people), people))
    return counted


def _told(campaign: Campaign, variants: Sequence[Variant], counted: Sequence[Counted]) -> str:
    """Like “A was viewed by 60.0 % of 1,000 people, B by 69.0 % of 1,000.”"""
    parts = [
        f"{variant.letter}{f' was {DID[campaign.decides_by]}' if not place else ' by'} "
        f"{100 * each.rate:.1f} % of {each.people:,}{' people' if not place else ''}"
        for place, (variant, each) in enumerate(zip(variants, counted, strict=True))
    ]
    return f"{', '.join(parts)}."
