"""Who works in a project: joining, changing the role, leaving.

A project always keeps an admin. Two admins who remove each other at the same moment are taken one
after the other, as each locks the project first.
"""

from collections.abc import Sequence

from django.db import transaction

from providers.models import Membership, Project, Role
from providers.people.signing_in import end_sessions
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change


class MemberError(Refusal):
    """Why this can't be, in words for the person who asked for it."""

    code = "member.refused"


class LastAdminError(MemberError):
    code = "member.last_admin"

    def __init__(self) -> None:
        super().__init__(
            "A project needs an admin, and this is the last one. "
            "Make somebody else a project admin first."
        )


@transaction.atomic
def change_role(
    membership: Membership, role: Role, *, by: Actor, changes: Sequence[Change] = ()
) -> None:
    if role != Role.ADMIN:
        check_an_admin_stays(membership)
    others = Membership.objects.filter(pk=membership.pk).exclude(role=role)
    if others.update(role=role):
        _audit(membership, "changed", by=by, changes=changes)
    membership.role = role


@transaction.atomic
def remove_member(membership: Membership, *, by: Actor) -> None:
    """Ends the person's sessions too: who is still in another project signs in again."""
    check_an_admin_stays(membership)
    removed, _rows = Membership.objects.filter(pk=membership.pk).delete()
    if removed:
        _audit(membership, "deleted", by=by)
        end_sessions(membership.user)


def check_an_admin_stays(membership: Membership) -> None:
    """Raises LastAdminError if the project had none without this one.

    To be called inside the transaction that takes the role away: until its end nobody else can
    take another admin's.
    """
    Project.objects.select_for_update().get(pk=membership.project_id)
    others = Membership.objects.filter(
        project_id=membership.project_id, role=Role.ADMIN, user__is_active=True
    ).exclude(pk=membership.pk)
    now = Membership.objects.filter(pk=membership.pk, role=Role.ADMIN)
    if now.exists() and not others.exists():
        raise LastAdminError


def _audit(
    membership: Membership, happened: str, *, by: Actor, changes: Sequence[Change] = ()
) -> None:
    action, project = f"membership.{happened}", membership.project
    auditing.record(action, by=by, project=project, target=membership, changes=changes)
