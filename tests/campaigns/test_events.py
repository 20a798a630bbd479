from datetime import UTC, datetime

from campaigns import events
from campaigns.models import Event, EventName, State
from tests.factories import MessageFactory, VariantFactory

T = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def test_notification_sent_is_written_once_with_the_campaigns_properties(db: None) -> None:
    message = MessageFactory.create(state=State.SENT, sent_at=T)
    message.variant = VariantFactory.create(campaign=message.campaign)
    message.save(update_fields=["variant"])

    events.record_sent([message.pk])
    events.record_sent([message.pk])

    event = Event.objects.get()
    assert (event.name, event.message, event.profile, event.at, event.properties) == (
        EventName.SENT,
        message,
        message.profile,
        T,
        {
            "Campaign id": message.campaign_id,
            "Campaign name": message.campaign.name,
            "Campaign type": "WhatsApp",
            "Variant": "A",
            "Provider": "Gupshup",
        },
    )


def test_no_messages_are_no_events(db: None) -> None:
    events.record_sent([])

    assert not Event.objects.exists()
