"""What Gupshup still tells of somebody who was erased: it counts, and nothing of them returns."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from callbacks.models import InboundMessage
from callbacks.receipts import processing
from campaigns.audience.erasing.carrying_out import carry_out
from campaigns.audience.erasing.ordering import erase
from campaigns.models import Event, EventName, KeptValues, Message, Profile, Run, State
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.callbacks.posting import inbound, report
from tests.campaigns.recounting import recount, tallied
from tests.campaigns.states import count
from tests.factories import (
    MessageFactory,
    ProfileFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(project: Project, settings: Settings, tmp_path: object) -> Message:
    """Sent to somebody who was erased then."""
    settings.MEDIA_ROOT = tmp_path
    ProviderFactory.create(project=project)
    them = ProfileFactory.create(project=project, phone="+919000011122")
    sent: Message = MessageFactory.create(
        run=RunFactory.create(campaign__project=project),
        profile=them,
        state=State.SENT,
        sent_at=timezone.now(),
        attempt=1,
    )
    count(run_of(sent))
    erase(project, Profile.objects.all(), by=SYSTEM)
    carry_out()
    return sent


def run_of(message: Message) -> Run:
    assert message.run is not None
    return message.run


@pytest.mark.parametrize(("event", "state"), [("DELIVERED", State.DELIVERED), ("READ", State.READ)])
def test_a_late_report_counts_and_is_nobodys(
    project: Project, message: Message, event: str, state: State
) -> None:
    for _ in range(2):
        ReceiptFactory.create(project=project, payload=[report(message.pk, event)])
        processing.drain()

    message.refresh_from_db()
    assert (message.state, message.phone, message.profile_id) == (state, "", None)
    names = set(Event.objects.values_list("name", "profile"))
    assert names >= {(EventName.DELIVERED, None)}
    assert {profile for _, profile in names} == {None}
    assert not KeptValues.objects.exists()
    assert tallied(run_of(message)) == recount(run_of(message))


def test_an_answer_begins_a_talk_with_a_stranger(project: Project, message: Message) -> None:
    now = str(int(timezone.now().timestamp() * 1000))
    ReceiptFactory.create(project=project, payload=inbound("Hello again", timestamp=now))
    processing.drain()

    heard = InboundMessage.objects.get()
    assert (heard.profile_id, heard.text) == (None, "Hello again")
    message.refresh_from_db()
    assert (message.phone, message.profile_id) == ("", None)
    assert not Profile.objects.exists()
