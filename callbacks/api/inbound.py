"""What people wrote, in the order in which it came."""

from collections.abc import Mapping
from typing import Any

from callbacks.inbox.saying import said
from callbacks.models import Consequence, InboundMessage
from providers.api import schemas
from providers.api.listing import QUERY, Asked, Listing, Page, page_by_number, page_schema
from providers.api.operations import Operation
from providers.api.queries import Reader, a_number

INBOUND = schemas.record(
    {
        "id": schemas.whole("Grows: ask for those after the last that you have."),
        "conversation": schemas.or_null(schemas.whole()),
        "profile": schemas.or_null(schemas.whole("Kabootar's own number of the person.")),
        "phone": schemas.text("Empty where WhatsApp keeps it back."),
        "name": schemas.text("As they call themselves in WhatsApp."),
        "type": schemas.text("WhatsApp's word for it, like text, button or image."),
        "text": schemas.text("Its words, or what it is."),
        "payload": schemas.text("What a button or a form carried."),
        "answers": schemas.or_null(schemas.whole("The message that it is a reply to.")),
        "consequence": schemas.one_of(Consequence.values, "What it led to by itself."),
        "at": schemas.moment("By the sender's clock."),
        "received_at": schemas.moment(),
    },
    name="InboundMessage",
)


class Inbound(Listing):
    of = "inbound"
    operations = {
        "GET": Operation(
            name="list_inbound",
            summary="Read what people wrote",
            said="The oldest first. Whoever asks again and again gives the id of the last one that "
            "they have as “after”.",
            query={
                **QUERY,
                "after": schemas.whole("Only those with a higher id.", least=0),
                "conversation": schemas.whole(least=0),
            },
            answer=page_schema(INBOUND),
        )
    }

    def filters(self) -> Mapping[str, Reader]:
        return {"after": a_number, "conversation": a_number}

    def page(self, asked: Asked, **_place: Any) -> Page:
        found = InboundMessage.objects.filter(project=self.project)
        if "after" in asked.filters:
            found = found.filter(pk__gt=asked.filters["after"])
        if "conversation" in asked.filters:
            found = found.filter(conversation=asked.filters["conversation"])
        return page_by_number(found, asked, told)


def told(inbound: InboundMessage) -> dict[str, Any]:
    return {
        "id": inbound.pk,
        "conversation": inbound.conversation_id,
        "profile": inbound.profile_id,
        "phone": inbound.phone,
        "name": inbound.name,
        "type": inbound.type,
        "text": said(inbound),
        "payload": inbound.payload,
        "answers": inbound.answers_id,
        "consequence": inbound.consequence,
        "at": inbound.at,
        "received_at": inbound.received_at,
    }
