"""Sending one message: accepted at once, sent within a moment; its state is read at its address."""

from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import State
from campaigns.running.accepting import MessageRefused, Wanted, accept
from providers.api import schemas
from providers.api.base import ApiView
from providers.api.bodies import read_fields, read_object
from providers.api.operations import Operation
from providers.api.problems import Problem, WrongPart
from providers.api.repeats import once
from providers.models import Scope
from templates_app.models import Category

MOST_VALUES, LONGEST_VALUE, LONGEST_NAME = 100, 4_096, 512
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
ONE_OF_BOTH = "Give an identity or a phone, one of them."

BODY = schemas.record(
    {
        "to": schemas.record(
            {"identity": schemas.text(), "phone": schemas.text("With + and country code.")},
            needed=[],
        )
        | {"description": ONE_OF_BOTH},
        "template": schemas.text("Its name.", most=LONGEST_NAME, example="order_placed"),
        "language": schemas.text("Of the template.", example="en"),
        "category": schemas.one_of(
            Category.values,
            "What you take it for. Meta changes categories: with this, a message is refused "
            "instead of going out as another one than you think.",
        ),
        "values": {
            "type": "object",
            "additionalProperties": schemas.text(most=LONGEST_VALUE),
            "maxProperties": MOST_VALUES,
            "description": "A text for each slot of the template, by its key.",
        },
    },
    needed=["to", "template", "language"],
)
FIELDS = {"to": dict, "template": str, "language": str, "category": str, "values": dict}


class SendMessage(ApiView):
    scopes = {"POST": Scope.SEND}
    operations = {
        "POST": Operation(
            name="send_message",
            summary="Send one message",
            said="An approved template to one person, now: what belongs to something that they "
            "did, such as an order. It goes out before campaigns. Marketing templates reach those "
            "alone whose MSG-whatsapp is set; nobody who blocked the number gets anything.",
            status=HTTPStatus.ACCEPTED,
            body=BODY,
            answer=schemas.record(
                {
                    "id": schemas.whole("Its state is at /api/v1/messages/<id>."),
                    "state": schemas.one_of([State.QUEUED.name.lower()]),
                }
            ),
        )
    }

    @once
    def post(self, request: Request) -> Response:
        given = read_fields(read_object(request), FIELDS, needed=["to", "template", "language"])
        try:
            message = accept(self.project, _wanted(given), by=self.actor)
        except MessageRefused as refusal:
            parts = [WrongPart(f"values.{key}", "value", words) for key, words in refusal.parts]
            raise Problem(UNPROCESSABLE, refusal.code, str(refusal), errors=parts) from None
        answer = {"id": message.pk, "state": State.QUEUED.name.lower()}
        return Response(answer, HTTPStatus.ACCEPTED)


def _wanted(given: dict[str, Any]) -> Wanted:
    """Raises Problem."""
    values, to = given.get("values", {}), given["to"]
    wrong = [
        WrongPart(f"to.{name}", "unknown_field", "There is no such field here.")
        for name in to
        if name not in ("identity", "phone")
    ]
    if len([name for name in ("identity", "phone") if to.get(name) not in (None, "")]) != 1:
        wrong.append(WrongPart("to", "wrong_value", ONE_OF_BOTH))
    if len(values) > MOST_VALUES:
        wrong.append(WrongPart("values", "too_many", f"They are more than {MOST_VALUES}."))
    texts = {"template": given["template"], "language": given["language"]}
    texts |= {f"to.{name}": value for name, value in to.items() if value is not None}
    texts |= {f"values.{key[:100]}": value for key, value in values.items()}
    wrong += [
        WrongPart(at, "wrong_type", why) for at, text in texts.items() if (why := _flaw(text))
    ]
    category = given.get("category", "")
    if category not in ("", *Category.values):
        words = f"It is none of {', '.join(Category.values)}."
        wrong.append(WrongPart("category", "wrong_value", words))
    if wrong:
        raise Problem(UNPROCESSABLE, "body.wrong", "Some fields are not right.", errors=wrong)
    return Wanted(
        name=given["template"],
        language=given["language"],
        category=category,
        identity=to.get("identity") or "",
        phone=to.get("phone") or "",
        values=values,
    )


def _flaw(text: object) -> str:
    """Why PostgreSQL or a template can't take it."""
    if not isinstance(text, str):
        return "It is not a text."
    if len(text) > LONGEST_VALUE:
        return f"It has more than {LONGEST_VALUE:,} characters."
    # Half of a surrogate pair is no character.
    is_broken = "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)
    return "It has a character that can't be kept." if is_broken else ""
