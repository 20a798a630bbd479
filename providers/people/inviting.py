"""Invitations: a link with which somebody joins a project, good once and for a week."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from providers.models import Invitation, Membership, Project, User
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.mailing import send_mail_to

TEXT = """Hello,

{inviter} invites you to the project “{project}” in Kabootar, as {role}. Join here within 7 days:

{link}

The link works once.
"""


# Each is a mail to anybody, with words of the project's, from the installation's own address.
MOST_A_DAY = 100
TOO_MANY = f"This project has sent {MOST_A_DAY} invitations within a day. Send this one tomorrow."
GONE = "This invitation doesn't exist any more."
UNSENT = (
    "Whoever sent this invitation is no admin of the project any more. Ask an admin of the project "
    "for a new one."
)


class InvitationError(Refusal):
    """Why nobody can join with this link, in words for who opened it."""

    code = "invitation.refused"


@dataclass(frozen=True, slots=True)
class Invited:
    """The link is known now and never again: only its hash is kept."""

    invitation: Invitation
    link: str
    mailed: bool


def invite(project: Project, *, email: str, role: str, by: Actor) -> Invited:
    """An earlier invitation of the same address ends with it. Raises InvitationError."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        _check_number(project)
        _open(project, email).update(withdrawn_at=timezone.now())
        invitation = Invitation.objects.create(
            project=project, email=email, role=role, invited_by=by.person, digest=_digest(token)
        )
        auditing.record("invitation.sent", by=by, project=project, target=invitation, note=role)
    link = f"{settings.PUBLIC_BASE_URL}{reverse('admin:invitation', args=[token])}"
    return Invited(invitation, link, _mail(invitation, link))


def _check_number(project: Project) -> None:
    """Of two at once one is counted before the other. Raises InvitationError."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    lately = Invitation.objects.filter(
        project=project, created_at__gt=timezone.now() - timedelta(days=1)
    )
    if lately.count() >= MOST_A_DAY:
        raise InvitationError(TOO_MANY)


@transaction.atomic
def withdraw(invitation: Invitation, *, by: Actor) -> None:
    rows = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if rows.update(withdrawn_at=timezone.now()):
        auditing.record(
            "invitation.withdrawn", by=by, project=invitation.project, target=invitation
        )


def read(token: str) -> Invitation:
    """The open invitation behind a link; raises InvitationError."""
    found = Invitation.objects.filter(digest=_digest(token)).select_related("project", "invited_by")
    invitation = found.first()
    if invitation is None:
        raise InvitationError(GONE)
    if why := _why_closed(invitation):
        raise InvitationError(why)
    return invitation


@transaction.atomic
def accept(invitation: Invitation, user: User) -> None:
    """Makes somebody a member. Of two who use the link at once one wins, and a withdrawal that came
    before it counts. Raises InvitationError."""
    if Membership.objects.filter(project=invitation.project, user=user).exists():
        raise InvitationError("You are a member of this project already.")
    rows = Invitation.objects.open(at=timezone.now()).filter(pk=invitation.pk)
    if not rows.update(accepted_at=timezone.now()):
        invitation.refresh_from_db()
        raise InvitationError(_why_closed(invitation))
    membership = Membership.objects.create(
        project=invitation.project, user=user, role=invitation.role
    )
    auditing.record(
        "membership.joined",
        by=Actor(user),
        project=invitation.project,
        target=membership,
        note=f"With invitation {invitation.pk}",
    )


def accept_as_new(invitation: Invitation, *, full_name: str, password: str) -> User:
    """Makes the account as well; its user name is the invited address."""
    if has_account(invitation.email):
        raise InvitationError("There is an account for this address: please sign in.")
    first, _space, last = full_name.strip().rpartition(" ")
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username=invitation.email,
                email=invitation.email,
                password=password,
                first_name=first or last,
                last_name=last if first else "",
            )
            accept(invitation, user)
    except IntegrityError:
        raise InvitationError("There is an account for this address: please sign in.") from None
    return user


def has_account(email: str) -> bool:
    named = User.objects.filter(username__iexact=email)
    return named.exists() or User.objects.filter(email__iexact=email).exists()


def _open(project: Project, email: str) -> "QuerySet[Invitation]":
    return Invitation.objects.open(at=timezone.now()).filter(project=project, email__iexact=email)


def _why_closed(invitation: Invitation) -> str:
    """Empty for an open one."""
    if invitation.withdrawn_at:
        return GONE
    if invitation.accepted_at:
        return "Somebody has joined with this link already. It works once."
    if invitation.expires_at <= timezone.now():
        return "This invitation is older than 7 days."
    is_open = Invitation.objects.open(at=timezone.now()).filter(pk=invitation.pk).exists()
    return "" if is_open else UNSENT


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _mail(invitation: Invitation, link: str) -> bool:
    inviter = invitation.invited_by
    text = TEXT.format(
        inviter=(inviter.get_full_name() or inviter.get_username()) if inviter else "Somebody",
        project=invitation.project,
        role=invitation.get_role_display().lower(),
        link=link,
    )
    return send_mail_to(
        invitation.email, subject=f"Join “{invitation.project}” in Kabootar", text=text
    )
