"""What holds at every address of the console, whoever asks: a form of another site does nothing,
and a project that demands a second factor shows nobody anything without one.
"""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from config.console.two_factor_gate import OPEN
from providers.models import Project
from providers.tasks import mail_password_links
from tests.console_rights import Who
from tests.factories import MembershipFactory, UserFactory
from tests.test_tenants import ADDRESSES, ask, client_of, rows_of_project

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("who", [Who.STRANGER, Who.ADMIN, Who.OPERATOR])
def test_no_form_of_another_site_is_taken(who: Who, project: Project) -> None:
    rows = rows_of_project(project)
    client = client_of(who, project)
    client.handler.enforce_csrf_checks = True
    answers = {name: ask(client, "post", one.url(rows)) for name, one in ADDRESSES.items()}
    assert {name: a.status_code for name, a in answers.items() if a.status_code != 403} == {}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", [Who.VIEWER, Who.ADMIN, Who.OPERATOR])
def test_nobody_sees_a_page_of_a_project_that_demands_a_second_factor_without_one(
    who: Who, method: str, project: Project
) -> None:
    rows = rows_of_project(project)
    client = client_of(who, project)
    Project.objects.filter(pk=project.pk).update(requires_two_factor=True)
    asked = {name: ask(client, method, one.url(rows)) for name, one in ADDRESSES.items()}
    to_set_up = reverse("admin:two_factor")
    let_through = {name for name, a in asked.items() if a.headers.get("Location") != to_set_up}
    assert let_through - OPEN == set()


@pytest.mark.parametrize("address", ["/", "/login/", "/password_reset/", "/no-such-page"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_foreign_host_name_is_answered_nothing(method: str, address: str) -> None:
    answer = getattr(Client(), method)(address, headers={"Host": "evil.example"})
    assert (answer.status_code, b"evil" in answer.content) == (400, False)


def test_no_header_chooses_the_host_of_a_link_that_is_mailed(
    project: Project, settings: Settings
) -> None:
    settings.SENDS_MAIL = True
    person = MembershipFactory.create(project=project, user__email="meera@example.com").user
    foreign = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example",
        "X-Host": "evil.example", "Origin": "https://evil.example"}  # fmt: skip
    page = reverse("admin:admin_password_reset")
    answer = Client().post(page, {"email": "meera@example.com"}, headers=foreign)
    mail_password_links(person.pk)
    (sent,) = mail.outbox
    told = f"{answer.content.decode()} {dict(answer.headers)} {sent.subject} {sent.body}"
    assert "evil" not in told
    assert f"{settings.PUBLIC_BASE_URL}/" in sent.body


def test_an_operator_has_no_way_around_the_gate(project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(requires_two_factor=True)
    client = Client()
    client.force_login(UserFactory.create(is_superuser=True))
    client.post("/switch-project/", {"project": project.pk})
    answer = client.get("/operations/")
    assert answer.headers.get("Location") == reverse("admin:two_factor")
