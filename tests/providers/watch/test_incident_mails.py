from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from providers.models import Incident, IncidentKind, Project, Role
from providers.watch import incidents
from providers.watch.incident_mails import mail_new
from tests.factories import IncidentFactory, MembershipFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_is_set_up(settings: Settings) -> None:
    settings.SENDS_MAIL = True
    settings.PUBLIC_BASE_URL = "https://console.example.com"


@pytest.fixture
def admin(project: Project) -> str:
    email = "admin@example.com"
    MembershipFactory.create(project=project, role=Role.ADMIN, user__email=email)
    MembershipFactory.create(project=project, role=Role.ADMIN, user__email="")
    MembershipFactory.create(
        project=project, role=Role.ADMIN, user__email="left@example.com", user__is_active=False
    )
    MembershipFactory.create(project=project, role=Role.MARKETER)
    MembershipFactory.create(role=Role.ADMIN)
    return email


def report(project: Project) -> None:
    incidents.report(project.pk, IncidentKind.IP_REFUSED, detail="Gupshup's code: 901.")


def test_the_projects_admins_are_mailed_once(project: Project, admin: str) -> None:
    for _ in range(3):
        report(project)
        mail_new()

    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (
        [admin],
        "Tea shop: Gupshup refused this server's IP address",
    )
    assert "Gupshup's code: 901." in letter.body
    assert "https://console.example.com/providers/incident/" in letter.body


def test_what_ends_and_comes_back_at_once_is_mailed_once(project: Project, admin: str) -> None:
    for _ in range(2):
        report(project)
        mail_new()
        incidents.close(project.pk, IncidentKind.IP_REFUSED)
    assert len(mail.outbox) == 1

    Incident.objects.update(mailed_at=timezone.now() - timedelta(hours=2))
    report(project)
    mail_new()
    assert (len(mail.outbox), Incident.objects.count()) == (2, 3)


def test_what_is_over_before_the_mail_is_not_mailed(project: Project, admin: str) -> None:
    report(project)
    incidents.close(project.pk, IncidentKind.IP_REFUSED)
    assert (mail_new(), mail.outbox) == (0, [])


def test_a_mail_server_that_is_away_is_tried_again(
    project: Project, admin: str, settings: Settings
) -> None:
    report(project)
    good, settings.EMAIL_BACKEND = (
        settings.EMAIL_BACKEND,
        "django.core.mail.backends.smtp.EmailBackend",
    )
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert (mail_new(), Incident.objects.get().mailed_at) == (0, None)
    settings.EMAIL_BACKEND = good
    assert mail_new() == 1


def test_a_projects_name_cannot_forge_a_mail(project: Project, admin: str) -> None:
    Project.objects.update(name="Tea\r\nBcc: everybody@example.com")
    report(project)
    mail_new()
    (letter,) = mail.outbox
    assert letter.subject.startswith("Tea Bcc: everybody@example.com: ")
    assert letter.recipients() == [admin]


def test_without_mail_nothing_is_marked(project: Project, admin: str, settings: Settings) -> None:
    settings.SENDS_MAIL = False
    report(project)
    assert (mail_new(), Incident.objects.get().mailed_at) == (0, None)


def test_incidents_are_listed_and_lead_to_where_they_are_mended(
    project: Project, viewer: Client
) -> None:
    assert "Nothing has gone wrong so far" in viewer.get("/providers/incident/").content.decode()
    refused = IncidentFactory.create(project=project, kind=IncidentKind.IP_REFUSED)
    login = IncidentFactory.create(project=project, kind=IncidentKind.CREDENTIALS)

    page = viewer.get("/providers/incident/").content.decode()
    assert (IncidentKind.IP_REFUSED.label.replace("'", "&#x27;") in page, "Open" in page) == (
        True,
        True,
    )
    places = [viewer.get(f"/providers/incident/{row.pk}/change/") for row in (refused, login)]
    assert [place["Location"] for place in places] == [
        "/providers/sendingip/",
        "/providers/provider/",
    ]
