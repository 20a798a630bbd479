"""A person's page: everything that is kept of them as a file, and erasing them."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.audience.erasing.carrying_out import carry_out
from campaigns.models import Profile
from providers.models import AuditEntry, Project
from tests.factories import (
    ConversationFactory,
    InboundMessageFactory,
    MessageFactory,
    ProfileFactory,
)

pytestmark = pytest.mark.django_db


def test_a_marketer_takes_everything_along_and_does_not_erase(
    project: Project, marketer: Client
) -> None:
    person = ProfileFactory.create(project=project, name="Asha Rao")
    talk = ConversationFactory.create(
        project=project, phone=person.phone, match_key=person.match_key
    )
    InboundMessageFactory.create(project=project, conversation=talk, text="Hello you")
    MessageFactory.create(profile=person, run__campaign__project=project)
    page = marketer.get(reverse("admin:campaigns_profile_change", args=[person.pk]))
    address = reverse("admin:campaigns_profile_everything", args=[person.pk])
    assert address in page.content.decode()
    assert "A project admin can erase them." in page.content.decode()

    told = json.loads(marketer.get(address).content)

    assert {table: len(rows) for table, rows in told["kept"].items()} == {
        "callbacks_inboundmessage": 1,
        "campaigns_message": 1,
        "campaigns_profile": 1,
        "providers_conversation": 1,
    }
    assert told["kept"]["campaigns_profile"][0]["name"] == "Asha Rao"
    assert told["kept"]["callbacks_inboundmessage"][0]["text"] == "Hello you"
    assert AuditEntry.objects.get().action == "profile.exported"
    refused = marketer.post(reverse("admin:campaigns_profile_erase", args=[person.pk]))
    assert refused.status_code == 403


def test_an_admin_is_asked_and_erases(project: Project, project_admin: Client) -> None:
    person = ProfileFactory.create(project=project)
    address = reverse("admin:campaigns_profile_erase", args=[person.pk])
    asked = project_admin.get(address).content.decode()
    assert "Nobody can bring them back." in asked

    said = project_admin.post(address, follow=True).content.decode()
    again = project_admin.post(address, follow=True).content.decode()

    assert "This person is being erased." in said
    assert "1 person is being erased, 1 is left." in said
    assert "they are gone, or on their way" in again
    assert carry_out() == 1
    assert not Profile.objects.exists()
    assert "being erased" not in project_admin.get("/campaigns/profile/").content.decode()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id) == ("profile.erased", str(person.pk))
