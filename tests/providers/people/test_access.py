"""Who may do what, and in which project."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from providers.models import Project, Role, User
from providers.people.access import (
    FORM_FIELD,
    SESSION_KEY,
    Access,
    access_of,
    active_project,
    can_administer,
    can_change,
    projects_of,
    role_in,
    switch_project,
)
from tests.factories import MembershipFactory, ProjectFactory, UserFactory

pytestmark = pytest.mark.django_db


def request_of(user: User, *, post: dict[str, str] | None = None) -> HttpRequest:
    factory = RequestFactory()
    request: HttpRequest = factory.post("/", post) if post else factory.get("/")
    request.user = user
    request.session = SessionStore()
    return request


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.VIEWER, (True, False, False)),
        (Role.MARKETER, (True, True, False)),
        (Role.ADMIN, (True, True, True)),
        (None, (False, False, False)),
    ],
)
def test_each_role_may_what_the_one_before_may_and_more(
    role: Role | None, may: tuple[bool, bool, bool]
) -> None:
    access = Access(role=role)
    may_view = access.at_least(Role.VIEWER)
    assert (may_view, access.can_change, access.can_administer) == may


def test_a_role_holds_in_its_own_project_alone() -> None:
    marketer = MembershipFactory.create(role=Role.MARKETER)
    elsewhere = ProjectFactory.create()
    assert role_in(marketer.user, marketer.project) == Role.MARKETER
    assert role_in(marketer.user, elsewhere) is None
    assert can_change(marketer.user, marketer.project)
    assert not can_change(marketer.user, elsewhere)
    assert not can_administer(marketer.user, marketer.project)


def test_an_operator_has_every_right_in_every_project_without_being_a_member() -> None:
    operator, project = UserFactory.create(is_superuser=True), ProjectFactory.create()
    assert role_in(operator, project) == Role.ADMIN
    assert list(projects_of(operator)) == [project]


def test_nobody_and_people_switched_off_have_no_project() -> None:
    gone = MembershipFactory.create(role=Role.ADMIN, user__is_active=False)
    assert role_in(gone.user, gone.project) is None
    assert role_in(AnonymousUser(), gone.project) is None
    assert list(projects_of(gone.user)) == []
    assert list(projects_of(AnonymousUser())) == []
    assert access_of(request_of(gone.user)) == Access()


def member_of(*names: str) -> tuple[User, list[Project]]:
    user = UserFactory.create()
    projects = [ProjectFactory.create(name=name) for name in names]
    for project in projects:
        MembershipFactory.create(user=user, project=project)
    return user, projects


def test_the_first_project_by_name_is_active_until_another_is_chosen() -> None:
    user, (zebra, apple) = member_of("Zebra", "Apple")
    request = request_of(user)
    assert active_project(request) == apple
    assert switch_project(request, project_id=zebra.pk) == zebra
    assert active_project(request) == zebra
    assert request.session[SESSION_KEY] == zebra.pk


def test_somebody_elses_project_cant_be_made_active() -> None:
    user, (mine,) = member_of("Mine")
    theirs = ProjectFactory.create()
    request = request_of(user)
    assert switch_project(request, project_id=theirs.pk) is None
    assert active_project(request) == mine


def test_a_project_that_was_left_is_forgotten() -> None:
    user, (mine,) = member_of("Mine")
    request = request_of(user)
    request.session[SESSION_KEY] = ProjectFactory.create().pk
    assert active_project(request) == mine


def test_a_form_is_saved_in_the_project_where_it_was_opened() -> None:
    user, (first, second) = member_of("First", "Second")
    request = request_of(user, post={FORM_FIELD: str(second.pk)})
    request.session[SESSION_KEY] = first.pk
    assert active_project(request) == second
    assert request.session[SESSION_KEY] == second.pk


def test_a_form_cant_name_a_project_that_is_not_the_persons() -> None:
    user, (mine,) = member_of("Mine")
    request = request_of(user, post={FORM_FIELD: str(ProjectFactory.create().pk)})
    assert active_project(request) == mine


def test_rights_are_read_once_per_request(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    user, _projects = member_of("First", "Second")
    request = request_of(user)
    with django_assert_num_queries(1):
        assert access_of(request) is access_of(request)
        assert active_project(request) == active_project(request)
