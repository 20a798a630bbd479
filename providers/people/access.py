"""Who may do what, and in which project.

A person's rights come from the membership alone; Django's model permissions are not used. An
operator (superuser) has every right in every project. Nothing here knows a page.
"""

from dataclasses import dataclass
from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest

from providers.models import Membership, Project, Role, User
from providers.watch.actors import Actor

SESSION_KEY = "project"
# The project in which a form was opened: it wins over the session, so that a form which was left
# open in another tab is saved where it belongs.
FORM_FIELD = "_project"

_ORDER = {Role.VIEWER: 1, Role.MARKETER: 2, Role.ADMIN: 3}

Person = User | AnonymousUser


@dataclass(frozen=True)
class Access:
    """What one request may see and do: the person's projects, the active one, the role in it."""

    projects: tuple[Project, ...] = ()
    project: Project | None = None
    role: Role | None = None

    def at_least(self, role: Role) -> bool:
        return self.role is not None and _ORDER[self.role] >= _ORDER[role]

    @property
    def can_change(self) -> bool:
        return self.at_least(Role.MARKETER)

    @property
    def can_administer(self) -> bool:
        return self.at_least(Role.ADMIN)


def projects_of(user: Person) -> QuerySet[Project]:
    """The projects that somebody may open: an operator all, others where they are members."""
    if not user.is_authenticated or not user.is_active:
        return Project.objects.none()
    if user.is_superuser:
        return Project.objects.order_by("name", "pk")
    return Project.objects.filter(memberships__user=user).order_by("name", "pk")


def may_enter(user: Person) -> bool:
    """Operators and everybody who is a member of a project; Django's is_staff plays no part."""
    return user.is_active and (user.is_superuser or projects_of(user).exists())


def role_in(user: Person, project: Project) -> Role | None:
    if not user.is_authenticated or not user.is_active:
        return None
    if user.is_superuser:
        return Role.ADMIN
    role = Membership.objects.filter(user=user, project=project).values_list("role", flat=True)
    return Role(role[0]) if role else None


def can_change(user: Person, project: Project) -> bool:
    return Access(project=project, role=role_in(user, project)).can_change


def can_administer(user: Person, project: Project) -> bool:
    return Access(project=project, role=role_in(user, project)).can_administer


def may_reset(actor: Person, person: User) -> bool:
    """May this admin reset somebody's password or second factor, and so act in their name?

    Operators may. A project admin may where that opens no door the admin hasn't got: everything
    that the person may enter is a project of the admin's own.
    """
    if not actor.is_authenticated or not actor.is_active or actor.pk == person.pk:
        return False
    if actor.is_superuser or person.is_superuser:
        return actor.is_superuser
    theirs = set(person.memberships.values_list("project", flat=True))
    mine = Membership.objects.filter(user=actor, role=Role.ADMIN).values_list("project", flat=True)
    return bool(theirs) and theirs <= set(mine)


def actor_of(request: HttpRequest) -> Actor:
    """Whoever is signed in, for the acts that a page calls."""
    return Actor(cast("User", request.user))


def access_of(request: HttpRequest) -> Access:
    """Read once per request: one query, however often it is asked."""
    access: Access | None = getattr(request, "kabootar_access", None)
    if access is None:
        access = _read_access(request)
        request.kabootar_access = access  # type: ignore[attr-defined]
    return access


def active_project(request: HttpRequest) -> Project | None:
    """The project that every page of this request shows; None for who has none."""
    return access_of(request).project


def switch_project(request: HttpRequest, *, project_id: int) -> Project | None:
    """Make another of the person's projects the active one; None where it is not theirs."""
    chosen = next((p for p in access_of(request).projects if p.pk == project_id), None)
    if chosen is not None:
        enter(request, chosen)
    return chosen


def enter(request: HttpRequest, project: Project) -> None:
    """A project that is known to be theirs; also one that was made in this request."""
    request.session[SESSION_KEY] = project.pk
    del request.kabootar_access  # type: ignore[attr-defined]


def _read_access(request: HttpRequest) -> Access:
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return Access()
    roles = _roles_by_project(user)
    project = _choose(request, list(roles))
    return Access(projects=tuple(roles), project=project, role=roles[project] if project else None)


def _roles_by_project(user: User) -> dict[Project, Role]:
    if user.is_superuser:
        return dict.fromkeys(projects_of(user), Role.ADMIN)
    memberships = Membership.objects.filter(user=user).select_related("project")
    return {
        membership.project: Role(membership.role)
        for membership in memberships.order_by("project__name", "project_id")
    }


def _choose(request: HttpRequest, projects: list[Project]) -> Project | None:
    by_id = {str(project.pk): project for project in projects}
    asked = request.POST.get(FORM_FIELD, "") if request.method == "POST" else ""
    if asked in by_id:
        if str(request.session.get(SESSION_KEY)) != asked:
            request.session[SESSION_KEY] = by_id[asked].pk
        return by_id[asked]
    remembered = str(request.session.get(SESSION_KEY, ""))
    return by_id.get(remembered) or next(iter(projects), None)
