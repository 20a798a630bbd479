"""Mailing who may approve that somebody has asked, and whoever asked what was decided.

Each mail once: it is marked before it is sent, so a crash costs one and doubles none. What is late
by more than two days is not mailed any more. It names the team alone, and no person who gets
messages.
"""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Approval, Outcome
from campaigns.planning.approvals import approvers, name_of
from providers.models import Membership
from providers.watch.mailing import send_mail_to, sends_mail
from providers.watch.turns import in_turns

LATE = timedelta(days=2)
MOST_AT_ONCE = 100
ASKING = """{who} asks for approval of the campaign “{name}” in the Kabootar project “{project}”.

Look at it, then approve it or return it with a word:
{link}

You get this because you may approve campaigns in this project. If somebody else has decided
meanwhile, the page says so.
"""
APPROVED = """{who} has approved your campaign “{name}” in the Kabootar project “{project}”.

It is published, as you asked for it:
{link}
"""
RETURNED = """{who} has returned your campaign “{name}” in the Kabootar project “{project}”:

{word}

It is a draft again. Change it, then ask once more:
{link}
"""
SUBJECTS = {
    Outcome.OPEN: "waits for your approval",
    Outcome.APPROVED: "is approved",
    Outcome.RETURNED: "was returned",
}
TEXTS = {Outcome.OPEN: ASKING, Outcome.APPROVED: APPROVED, Outcome.RETURNED: RETURNED}


def mail_approvals() -> int:
    """About how many somebody was mailed. What no mail server took is tried again next time."""
    if not sends_mail():
        return 0
    since = timezone.now() - LATE
    asked = Approval.objects.filter(
        outcome=Outcome.OPEN, asking_mailed_at=None, asked_at__gte=since
    )
    decided = Approval.objects.filter(
        outcome__in=[Outcome.APPROVED, Outcome.RETURNED],
        outcome_mailed_at=None,
        decided_at__gte=since,
    )
    return _mail_all(asked, "asking_mailed_at") + _mail_all(decided, "outcome_mailed_at")


def _mail_all(requests: QuerySet[Approval], mark: str) -> int:
    known = requests.select_related("campaign__project", "asked_by", "decided_by")
    due = in_turns(known, "campaign__project")
    return sum(_mail(request, mark) for request in due[:MOST_AT_ONCE])


def _mail(request: Approval, mark: str) -> bool:
    """Not about what has been decided since it was read."""
    mine = Approval.objects.filter(pk=request.pk, outcome=request.outcome, **{mark: None})
    if not mine.update(**{mark: timezone.now()}):
        return False
    addresses = _addresses(request)
    sent = [_send(request, address) for address in addresses]
    if addresses and not any(sent):
        Approval.objects.filter(pk=request.pk).update(**{mark: None})
    return any(sent)


def _addresses(request: Approval) -> Collection[str]:
    project, author = request.campaign.project, request.asked_by
    if request.outcome == Outcome.OPEN:
        others = approvers(project, besides=author).exclude(email="")
        return sorted(set(others.values_list("email", flat=True)))
    is_here = Membership.objects.filter(user=author, project=project, user__is_active=True)
    return [author.email] if author and author.email and is_here.exists() else []


def _send(request: Approval, address: str) -> bool:
    outcome, campaign = Outcome(request.outcome), request.campaign
    page = "publish" if outcome == Outcome.OPEN else "change"
    text = TEXTS[outcome].format(
        who=name_of(request.asked_by if outcome == Outcome.OPEN else request.decided_by),
        name=campaign.name,
        project=campaign.project,
        word=request.word,
        link=settings.PUBLIC_BASE_URL
        + reverse(f"admin:campaigns_campaign_{page}", args=[campaign.pk]),
    )
    subject = f"{campaign.project}: “{campaign.name}” {SUBJECTS[outcome]}"
    return send_mail_to(address, subject=subject, text=text)
