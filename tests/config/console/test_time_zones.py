from datetime import UTC, datetime

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from providers.models import Project
from tests.factories import MembershipFactory, UserFactory


def test_times_are_shown_in_the_zone_of_the_active_project(
    project: Project, project_admin: Client
) -> None:
    when = datetime(2026, 3, 1, 22, 15, tzinfo=UTC)
    project.time_zone = "Asia/Kolkata"
    project.save()
    MembershipFactory.create(project=project, user=UserFactory.create(last_login=when))

    page = project_admin.get(reverse("admin:providers_membership_changelist")).content.decode()

    assert "2 Mar 2026, 03:45" in page


def test_the_next_request_of_the_thread_starts_without_a_zone(
    project: Project, marketer: Client
) -> None:
    marketer.get(reverse("admin:index"))

    assert timezone.get_current_timezone_name() == "UTC"
