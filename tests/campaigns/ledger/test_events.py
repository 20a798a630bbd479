from datetime import UTC, datetime

from campaigns.models import Event, EventName, OutboxState
from campaigns.sending.recording import Ending, Result, record
from tests.factories import MessageFactory, OutboxFactory, VariantFactory

T = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def test_notification_sent_is_written_once_with_the_campaigns_properties(db: None) -> None:
    message = MessageFactory.create()
    message.variant = VariantFactory.create(campaign=message.campaign)
    message.save(update_fields=["variant"])
    OutboxFactory.create(message=message, state=OutboxState.CLAIMED, attempt=1)
    result = Result(message_id=message.pk, attempt=1, ending=Ending.ACCEPTED, at=T)

    record([result], [])
    record([result], [])

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
