"""Conversations, and answering in one."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from callbacks.inbox.team_answers import Answer, answer_with_template, answer_with_text
from campaigns.models import State
from providers.api import schemas
from providers.api.base import ApiView
from providers.api.bodies import read_object
from providers.api.fields import Field, a_text, an_object, not_right, read_all, refuse, schema_of
from providers.api.listing import QUERY, Asked, Listing, Page, page_by_number, page_schema
from providers.api.operations import Operation
from providers.api.problems import wrong_value
from providers.api.queries import NotReadable, Reader, one_among
from providers.api.repeats import once
from providers.api.rows import row_of
from providers.api_keys.daily_sends import spend_sends
from providers.gateway.requests import LONGEST_TEXT
from providers.models import Conversation, Scope
from providers.phones.numbers import PhoneError, read_phone
from templates_app.models import Template

TEMPLATE_OR_TEXT = "Give a text, or a template with its language, one of them."
NO_TEMPLATE = "There is no such template in this project."
NO_TEXTS = "It is no object with a text for each slot."

CONVERSATION = schemas.record(
    {
        "id": schemas.whole(),
        "phone": schemas.text("Empty where WhatsApp keeps it back."),
        "name": schemas.text("As they call themselves in WhatsApp."),
        "last_inbound_at": schemas.or_null(schemas.moment()),
        "window_until": schemas.or_null(schemas.moment("Until then a text may be sent.")),
        "is_unread": schemas.BOOLEAN,
    },
    name="Conversation",
)
VALUES = {
    "type": "object",
    "additionalProperties": schemas.text(most=LONGEST_TEXT),
    "description": "A text for each slot, which may have placeholders like {{ profile.name }}.",
}
FIELDS: Mapping[str, Field] = {
    "text": a_text("While the window is open.", most=LONGEST_TEXT),
    "template": a_text("Its name.", most=512),
    "language": a_text("Of the template.", most=10),
    "values": an_object(VALUES),
}
FLAGS = {"true": True, "false": False}


class Conversations(Listing):
    of = "conversations"
    operations = {
        "GET": Operation(
            name="list_conversations",
            summary="Read conversations",
            said="The oldest first; or only those that somebody has to read, or one phone's.",
            query={
                **QUERY,
                "is_unread": schemas.one_of(FLAGS),
                "phone": schemas.text("With + and country code."),
            },
            answer=page_schema(CONVERSATION),
        )
    }

    def filters(self) -> Mapping[str, Reader]:
        return {"is_unread": one_among(FLAGS), "phone": self._match_key}

    def page(self, asked: Asked, **_place: Any) -> Page:
        names = {"phone": "match_key"}
        wanted = {names.get(name, name): value for name, value in asked.filters.items()}
        talks = Conversation.objects.filter(project=self.project, **wanted)
        return page_by_number(talks, asked, told)

    def _match_key(self, given: str) -> int:
        try:
            return read_phone(given, default_country=self.project.default_country).match_key
        except PhoneError as problem:
            raise NotReadable(problem.reason) from None


class OneConversation(ApiView):
    scopes = {"GET": Scope.READ}
    operations = {
        "GET": Operation(
            name="get_conversation", summary="Read one conversation", answer=CONVERSATION
        )
    }

    def get(self, _request: Request, number: int) -> Response:
        return Response(told(row_of(Conversation.objects.all(), self.project, number)))


class Reply(ApiView):
    scopes = {"POST": Scope.SEND}
    operations = {
        "POST": Operation(
            name="reply",
            summary="Answer in a conversation",
            said="With a text while its 24 hours are open, or with a template. It goes out ahead "
            "of all else, like an answer from the inbox.",
            status=HTTPStatus.ACCEPTED,
            body=schema_of(FIELDS, needed=[]),
            answer=schemas.record(
                {
                    "id": schemas.whole("Its state is at /api/v1/messages/<id>."),
                    "state": schemas.one_of([State.QUEUED.name.lower()]),
                }
            ),
        )
    }

    @once
    def post(self, request: Request, number: int) -> Response:
        talks = Conversation.objects.select_related("project")
        conversation = row_of(talks, self.project, number)
        given = read_all(read_object(request), FIELDS)
        with transaction.atomic():
            answer = self._answered(conversation, given)
            spend_sends(self.key, 0 if answer.is_repeated else 1)
        said = {"id": answer.message.pk, "state": State.QUEUED.name.lower()}
        return Response(said, HTTPStatus.ACCEPTED)

    def _answered(self, conversation: Conversation, given: Mapping[str, Any]) -> Answer:
        if set(given) == {"text"}:
            text = given["text"]
            return answer_with_text(conversation, text, at=timezone.now(), by=self.actor)
        if "text" in given or not {"template", "language"} <= given.keys():
            refuse([wrong_value("text", TEMPLATE_OR_TEXT)])
        values = given.get("values", {})
        if not all(isinstance(text, str) for text in values.values()):
            refuse([wrong_value("values", NO_TEXTS)])
        template = self._template(given)
        written = {key: {"text": text} for key, text in values.items()}
        return answer_with_template(conversation, template, written, by=self.actor)

    def _template(self, given: Mapping[str, Any]) -> Template:
        mine = Template.objects.filter(project=self.project, name=given["template"])
        template = mine.filter(language=given["language"]).first()
        if template is None:
            raise not_right(wrong_value("template", NO_TEMPLATE))
        return template


def told(conversation: Conversation) -> dict[str, Any]:
    return {
        "id": conversation.pk,
        "phone": conversation.phone,
        "name": conversation.name,
        "last_inbound_at": conversation.last_inbound_at,
        "window_until": conversation.window_until,
        "is_unread": conversation.is_unread,
    }
