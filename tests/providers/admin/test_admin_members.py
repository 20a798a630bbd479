"""The Members page."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from providers.models import Membership, Project, Role, User
from tests.conftest import client_in
from tests.factories import MembershipFactory, ProjectFactory, UserFactory

LIST = "/providers/membership/"
ADD = "/providers/membership/add/"


def change(membership: Membership) -> str:
    return reverse("admin:providers_membership_change", args=[membership.pk])


def delete(membership: Membership) -> str:
    return reverse("admin:providers_membership_delete", args=[membership.pk])


def roles(project: Project) -> dict[str, str]:
    return dict(project.memberships.values_list("user__username", "role"))


@pytest.fixture
def boss(project: Project) -> User:
    user: User = UserFactory.create(username="boss")
    MembershipFactory.create(project=project, user=user, role=Role.ADMIN)
    return user


@pytest.fixture
def as_boss(boss: User) -> Client:
    client = Client()
    client.force_login(boss)
    return client


def test_a_role_is_changed(project: Project, as_boss: Client) -> None:
    member = MembershipFactory.create(project=project, user__username="meera", role=Role.VIEWER)
    assert as_boss.post(change(member), {"role": Role.MARKETER}).status_code == 302
    assert roles(project) == {"boss": "admin", "meera": "marketer"}


def test_the_last_admin_keeps_the_role(project: Project, boss: User, as_boss: Client) -> None:
    response = as_boss.post(change(project.memberships.get(user=boss)), {"role": Role.VIEWER})
    assert response.context["adminform"].form.errors == {
        "role": [
            (
                "A project needs an admin, and this is the last one. "
                "Make somebody else a project admin first."
            )
        ]
    }
    assert roles(project) == {"boss": "admin"}


def test_the_last_admin_cant_be_removed(project: Project, boss: User, as_boss: Client) -> None:
    membership = project.memberships.get(user=boss)
    response = as_boss.post(delete(membership), {"post": "yes"})
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        (
            "A project needs an admin, and this is the last one. "
            "Make somebody else a project admin first."
        )
    ]
    assert (response["Location"], roles(project)) == (change(membership), {"boss": "admin"})


def test_an_admin_who_can_no_longer_sign_in_does_not_count(
    project: Project, boss: User, as_boss: Client
) -> None:
    MembershipFactory.create(project=project, role=Role.ADMIN, user__is_active=False)
    as_boss.post(delete(project.memberships.get(user=boss)), {"post": "yes"})
    assert roles(project)["boss"] == "admin"


def test_a_member_is_removed_and_gets_in_no_more(project: Project, as_boss: Client) -> None:
    marketer = client_in(project, Role.MARKETER)
    membership = project.memberships.get(role=Role.MARKETER)
    assert marketer.get("/").status_code == 200
    assert as_boss.post(delete(membership), {"post": "yes"})["Location"] == LIST
    assert roles(project) == {"boss": "admin"}
    assert marketer.get("/").status_code == 302


def test_an_admin_who_steps_down_is_led_home(project: Project, boss: User, as_boss: Client) -> None:
    MembershipFactory.create(project=project, role=Role.ADMIN, user__username="second")
    response = as_boss.post(change(project.memberships.get(user=boss)), {"role": Role.MARKETER})
    assert (response["Location"], roles(project)) == ("/", {"boss": "marketer", "second": "admin"})


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MARKETER])
def test_members_are_the_admins_business_alone(role: Role, project: Project) -> None:
    client = client_in(project, role)
    assert [client.get(page).status_code for page in (LIST, ADD)] == [403, 403]


def test_another_projects_members_stay_out_of_the_list(project: Project, as_boss: Client) -> None:
    MembershipFactory.create(project=ProjectFactory.create(), user__username="stranger")
    assert "stranger" not in as_boss.get(LIST).content.decode()
