"""Whether a campaign needs somebody else's approval, who may give it, and what became of it.

Four eyes are two people: whoever asked doesn't approve. Who wrote the draft counts for nothing, so
two people who write one together can still publish it.
"""

from collections.abc import Collection
from enum import StrEnum

from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import (
    UNPUBLISHED,
    Approval,
    Campaign,
    CampaignStatus,
    Outcome,
)
from providers.models import Project, Role, User
from providers.watch.actors import Actor

MAY_APPROVE = (Role.MARKETER, Role.ADMIN)
OWN = "You asked for this approval, so somebody else gives it."
NOBODY_ELSE = (
    "Nobody else in this project may approve it. Ask a project admin to invite a marketer "
    "(Settings › Project › Members), or to switch the approval off (Settings › Project › General)."
)
BACK_TO_DRAFT = "It waited for approval and is a draft again. Ask once more when it is ready."


class Step(StrEnum):
    """What somebody can do with an unpublished campaign on its last page."""

    PUBLISH = "publish"
    ASK = "ask"
    ALONE = "alone"  # nobody else may approve
    WAIT = "wait"
    DECIDE = "decide"


def next_step(campaign: Campaign, person: User) -> Step:
    if not needs_approval(campaign):
        return Step.PUBLISH
    if campaign.status == CampaignStatus.AWAITING:
        request = open_request(campaign)
        return Step.WAIT if request and request.asked_by_id == person.pk else Step.DECIDE
    return Step.ASK if approvers(campaign.project, besides=person).exists() else Step.ALONE


def needs_approval(campaign: Campaign) -> bool:
    """As the project says it now, whenever the campaign was read."""
    return Project.objects.filter(pk=campaign.project_id, needs_approval=True).exists()


def approvers(project: Project, *, besides: User | None) -> QuerySet[User]:
    """Members. An operator may, too, but nobody counts on one."""
    members = User.objects.filter(
        is_active=True, memberships__project=project, memberships__role__in=MAY_APPROVE
    )
    others = members.exclude(pk=besides.pk) if besides else members
    return others.order_by("first_name", "last_name", "username")


def requests_of(campaign: Campaign) -> QuerySet[Approval]:
    """The newest first, with whoever asked and decided."""
    return campaign.approvals.select_related("asked_by", "decided_by").order_by("-pk")


def open_request(campaign: Campaign) -> Approval | None:
    return requests_of(campaign).filter(outcome=Outcome.OPEN).first()


def returned_request(campaign: Campaign) -> Approval | None:
    """Of a draft: the one that was sent back, where that is the last that happened."""
    last = requests_of(campaign).first()
    return last if last and last.outcome == Outcome.RETURNED else None


def last_requests(campaigns: Collection[int]) -> dict[int, Approval]:
    """By campaign; of those that nobody has asked for, nothing."""
    found = Approval.objects.filter(campaign__in=campaigns).select_related("asked_by", "decided_by")
    newest = found.order_by("campaign_id", "-pk").distinct("campaign_id")
    return {request.campaign_id: request for request in newest}


def waiting_for(person: User, project: Project) -> int:
    """How many this person could decide."""
    waiting = Approval.objects.filter(campaign__project=project, outcome=Outcome.OPEN)
    return waiting.exclude(asked_by=person).count()


def close_request(campaign: Campaign, outcome: Outcome, *, by: Actor, word: str = "") -> None:
    Approval.objects.filter(campaign=campaign, outcome=Outcome.OPEN).update(
        outcome=outcome, decided_by=by.person, decided_at=timezone.now(), word=word
    )


def back_to_draft(campaign: Campaign, *, by: Actor) -> bool:
    """Of what waits for approval; whether it did. It is the author's again, who may change it."""
    waiting = Campaign.objects.filter(pk=campaign.pk, status=CampaignStatus.AWAITING)
    if not waiting.update(status=CampaignStatus.DRAFT):
        return False
    close_request(campaign, Outcome.TAKEN_BACK, by=by)
    campaign.status = CampaignStatus.DRAFT
    return True


def what_became(campaign: Campaign) -> str:
    """For somebody who comes too late to decide. Empty where that says nothing of it now."""
    request = requests_of(campaign).first()
    unpublished = Campaign.objects.filter(pk=campaign.pk, status__in=UNPUBLISHED)
    if request is None or (request.outcome == Outcome.APPROVED and unpublished.exists()):
        return ""
    return f"{name_of(request.decided_by)} {said_of(request)}"


def name_of(person: User | None) -> str:
    return Actor(person).name if person else "Somebody who has left"


def said_of(request: Approval) -> str:
    """After the name of whoever it was."""
    return {
        Outcome.OPEN: "has not decided yet.",
        Outcome.APPROVED: "has approved it.",
        Outcome.RETURNED: f"has returned it: “{request.word}”",
        Outcome.TAKEN_BACK: "has taken it back to change it, so it is a draft again.",
        Outcome.NOT_NEEDED: "has published it: it needs no approval any more.",
    }[Outcome(request.outcome)]
