"""Asking that somebody else lets a campaign go out, and what they decide.

Of two who decide at once one wins; the other is told what has become of it, and by whom.
"""

from django.db import transaction

from campaigns.models import LONGEST_WORD, Approval, Campaign, CampaignStatus, Outcome
from campaigns.planning.approvals import (
    NOBODY_ELSE,
    OWN,
    approvers,
    back_to_draft,
    close_request,
    needs_approval,
    open_request,
    what_became,
)
from campaigns.running.lifecycle import (
    NOT_READY,
    LifecycleError,
    move,
    problems_of,
    set_going,
)
from providers.watch import auditing
from providers.watch.actors import Actor

NEEDS_NONE = "This project's campaigns need no approval any more: publish it."
NOT_WAITING = "This campaign doesn't wait for approval: it is {} now."
NO_WORD = "Say in a word what has to change before it can go out."
LONG_WORD = f"Your word has {{:,}} characters. It may have {LONGEST_WORD} at most."


@transaction.atomic
def ask_for_approval(campaign: Campaign, *, by: Actor) -> None:
    """Raises LifecycleError with what is missing."""
    if not needs_approval(campaign):
        raise LifecycleError(NEEDS_NONE, code="campaign.needs_no_approval")
    if by.person is None or not approvers(campaign.project, besides=by.person).exists():
        raise LifecycleError(NOBODY_ELSE, code="campaign.nobody_approves")
    if problems := problems_of(campaign):
        raise LifecycleError(" ".join(problems), code=NOT_READY)
    move(
        campaign,
        "approval_asked",
        by=by,
        to=CampaignStatus.AWAITING,
        allowed=[CampaignStatus.DRAFT],
    )
    Approval.objects.create(campaign=campaign, asked_by=by.person)


@transaction.atomic
def approve(campaign: Campaign, *, by: Actor) -> None:
    """Publishes it as it was asked for: now, or at its time. Raises LifecycleError with what is
    missing, like a time that has not passed yet."""
    _check_may_decide(campaign, by)
    set_going(campaign, "approved", by=by, allowed=[CampaignStatus.AWAITING])
    close_request(campaign, Outcome.APPROVED, by=by)


@transaction.atomic
def return_to_author(campaign: Campaign, *, word: str, by: Actor) -> None:
    """It is a draft again. The word says what is to change."""
    word = _read_word(word)
    _check_may_decide(campaign, by)
    move(
        campaign,
        "returned",
        by=by,
        to=CampaignStatus.DRAFT,
        allowed=[CampaignStatus.AWAITING],
    )
    close_request(campaign, Outcome.RETURNED, by=by, word=word)


@transaction.atomic
def take_back(campaign: Campaign, *, by: Actor) -> None:
    """Before anybody has decided, so that it can be changed."""
    if not back_to_draft(campaign, by=by):
        raise LifecycleError(_why_not(campaign))
    auditing.record("campaign.taken_back", by=by, project=campaign.project, target=campaign)


def _read_word(text: str) -> str:
    word = text.replace("\0", "").replace("\r\n", "\n").strip()
    if not word:
        raise LifecycleError(NO_WORD, code="campaign.no_word")
    if len(word) > LONGEST_WORD:
        raise LifecycleError(LONG_WORD.format(len(word)), code="campaign.long_word")
    return word


def _check_may_decide(campaign: Campaign, by: Actor) -> None:
    """Holds it, so that of two who decide at once the second one finds it decided."""
    list(Campaign.objects.select_for_update(no_key=True).filter(pk=campaign.pk))
    request = open_request(campaign)
    if request is None:
        raise LifecycleError(_why_not(campaign))
    if by.person is None or request.asked_by_id == by.person.pk:
        raise LifecycleError(OWN, code="campaign.own_approval")


def _why_not(campaign: Campaign) -> str:
    now = Campaign.objects.filter(pk=campaign.pk).first()
    status = now.get_status_display().lower() if now else "deleted"
    return what_became(campaign) or NOT_WAITING.format(status)
