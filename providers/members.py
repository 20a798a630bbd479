"""Who works in a project: joining, changing the role, leaving.

A project always keeps an admin. Two admins who remove each other at the same moment are taken one
after the other, as each locks the project first.
"""

from django.db import transaction
from django.db.models import Q

from providers.models import Membership, Project, Role, User


class MemberError(Exception):
    """Why this can't be, in words for the person who asked for it."""


class LastAdminError(MemberError):
    def __init__(self) -> None:
        super().__init__(
            "A project needs an admin, and this is the last one. "
            "Make somebody else a project admin first."
        )


def find_person(name: str) -> User:
    """By user name or e-mail address; raises MemberError where nobody, or several, answer to it."""
    wanted = name.strip()
    people = User.objects.filter(Q(username__iexact=wanted) | Q(email__iexact=wanted))
    match list(people.filter(is_active=True)[:2]):
        case [person]:
            return person
        case []:
            raise MemberError(
                f"Nobody with the name or address “{wanted}” has an account here. Check the "
                "spelling, or ask your operator to create the account first."
            )
        case _:
            raise MemberError(
                "Several people have this e-mail address. Please use the user name instead."
            )


def find_newcomer(project: Project, name: str) -> User:
    """Somebody who is not a member of this project yet."""
    person = find_person(name)
    if Membership.objects.filter(project=project, user=person).exists():
        raise MemberError(f"{person} is a member already: change the role in the list instead.")
    return person


@transaction.atomic
def remove_member(membership: Membership) -> None:
    check_an_admin_stays(membership)
    Membership.objects.filter(pk=membership.pk).delete()


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
