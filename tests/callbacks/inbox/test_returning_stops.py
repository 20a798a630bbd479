"""Somebody said STOP, was erased and comes back: the STOP holds, whichever way they come."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from callbacks.receipts import processing
from campaigns.audience.adding import add_person
from campaigns.audience.erasing.stops import BEFORE, remember_phones
from campaigns.audience.uploads import uploading_events, uploading_profiles
from campaigns.models import ErasedPhone, PhoneBlock, Source, SubscriptionChange
from providers.models import Project, Role
from providers.watch.actors import SYSTEM
from tests.callbacks.posting import inbound
from tests.campaigns.audience.imports.uploads import imported
from tests.conftest import client_in
from tests.factories import PhoneBlockFactory, ProviderFactory, ReceiptFactory

pytestmark = pytest.mark.django_db

PHONE, KEY = "+919000011122", 919000011122


@pytest.fixture
def project(project: Project) -> Project:
    """As after the erasure of somebody who had said STOP."""
    ProviderFactory.create(project=project)
    said_at = timezone.now() - timedelta(days=9)
    PhoneBlockFactory.create(
        project=project, match_key=KEY, own_word=True, source=Source.KEYWORD, changed_at=said_at
    )
    remember_phones(project.pk, [KEY], at=timezone.now())
    PhoneBlock.objects.all().delete()
    return project


def by_file(project: Project) -> None:
    imported(project, f"identity,Phone,MSG-dndWhatsApp\nu-1,{PHONE},FALSE\nu-2,+919000011123,\n")


def by_upload(project: Project) -> None:
    uploading_profiles.upload(project, [{"phone": PHONE, "MSG-dndWhatsApp": False}], by=SYSTEM)


def by_event(project: Project) -> None:
    told = {"phone": PHONE, "name": "Ordered", "time": timezone.now().isoformat()}
    uploading_events.upload(project, [told], by=SYSTEM, create_people=True)


def by_inbox(project: Project) -> None:
    add_person(project, phone=PHONE, match_key=KEY, name="Asha", by=SYSTEM)


def by_form(project: Project) -> None:
    client: Client = client_in(project, Role.MARKETER)
    form = {"identity": "u-1", "phone": PHONE, "subscribed": "true", "time_zone": ""}
    client.post(reverse("admin:campaigns_profile_add"), form)


def by_writing(project: Project, text: str = "Hello") -> None:
    now = str(int(timezone.now().timestamp() * 1000))
    ReceiptFactory.create(project=project, payload=inbound(text, timestamp=now))
    processing.drain()


@pytest.mark.parametrize("come_back", [by_file, by_upload, by_event, by_inbox, by_form, by_writing])
def test_the_stop_is_a_block_again(project: Project, come_back: Callable[[Project], None]) -> None:
    come_back(project)

    blocks = PhoneBlock.objects.values_list("match_key", "blocked", "own_word", "source")
    assert list(blocks) == [(KEY, True, True, Source.KEYWORD)]
    assert not ErasedPhone.objects.filter(blocked=True).exists()
    assert SubscriptionChange.objects.filter(flag="MSG-dndWhatsApp").get().words == BEFORE


def test_their_own_start_counts_more(project: Project) -> None:
    by_writing(project, "START")
    by_file(project)

    assert list(PhoneBlock.objects.values_list("blocked", flat=True)) == [False]
