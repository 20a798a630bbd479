"""Sending messages, one or up to a thousand: accepted at once, sent within a moment; what becomes
of each is read at its address."""

from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Message, State
from campaigns.running.accepting import NO_SLOT, MessageRefused, Wanted, accept, accept_all
from campaigns.running.recipients import Address
from providers.api import schemas
from providers.api.base import SMALL_BYTES, ApiView
from providers.api.bodies import read_fields, read_object
from providers.api.operations import Operation
from providers.api.problems import Problem, WrongPart
from providers.api.repeats import once
from providers.api_keys.daily_sends import spend_sends, spending
from providers.gateway.requests import LONGEST_TEXT
from providers.models import Scope
from templates_app.models import Category

MOST_MESSAGES, MOST_VALUES, LONGEST_VALUE, LONGEST_NAME = 1_000, 100, 4_096, 512
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
ONE_OF_BOTH = "Give an identity or a phone, one of them."
TEMPLATE_OR_TEXT = "Give a template with its language, or a text, one of them."
TOO_MANY = f"It holds more than {MOST_MESSAGES:,} messages: send the others in another call."
NO_OBJECT = "It is no object."

MESSAGE = schemas.record(
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
        "text": schemas.text(
            "In place of a template, to who has written within 24 hours.", most=LONGEST_TEXT
        ),
    },
    needed=["to"],
    name="MessageToSend",
)
MESSAGES = schemas.record(
    {"records": schemas.list_of(MESSAGE, most=MOST_MESSAGES)}, name="MessagesToSend"
)
ACCEPTED = schemas.record(
    {
        "id": schemas.whole("Its state is at /api/v1/messages/<id>."),
        "state": schemas.one_of([State.QUEUED.name.lower()]),
    },
    name="AcceptedMessage",
)
VERDICTS = schemas.record(
    {
        "counts": schemas.numbers_by_name("How many came out how."),
        "records": schemas.list_of(
            schemas.record(
                {
                    "outcome": schemas.one_of(["accepted", "refused"]),
                    "id": schemas.whole("Its state is at /api/v1/messages/<id>."),
                    "code": schemas.text(),
                    "detail": schemas.text(),
                    "errors": schemas.list_of(
                        schemas.record(
                            {
                                "path": schemas.text("Leads into the record."),
                                "code": schemas.text(),
                                "detail": schemas.text(),
                            }
                        )
                    ),
                },
                needed=["outcome"],
            )
        ),
    },
    name="MessageVerdicts",
)
FIELDS = {
    "to": dict,
    "template": str,
    "language": str,
    "category": str,
    "values": dict,
    "text": str,
}


class SendMessage(ApiView):
    """One message, or a list of them in `records`, of which those that are refused hold up no
    other."""

    scopes = {"POST": Scope.SEND}
    small_bytes = SMALL_BYTES  # a message or a few
    operations = {
        "POST": Operation(
            name="send_message",
            summary="Send a message, or up to a thousand",
            said="An approved template to one person, now: what belongs to something that they "
            "did, such as an order. It goes out before campaigns. Marketing templates reach those "
            "alone whose MSG-whatsapp is set; nobody who blocked the number gets anything. Several "
            "stand in “records”, and each gets its verdict.",
            status=HTTPStatus.ACCEPTED,
            body=schemas.either(MESSAGE, MESSAGES),
            answer=schemas.either(ACCEPTED, VERDICTS),
        )
    }

    @once
    def post(self, request: Request) -> Response:
        body = read_object(request)
        answer = self._send_all(body) if "records" in body else self._send(body)
        return Response(answer, HTTPStatus.ACCEPTED)

    def _send(self, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            with spending(self.key, 1):
                message = accept(self.project, read_message(body), by=self.actor)
        except MessageRefused as refusal:
            parts = [WrongPart(f"values.{key}", "value", words) for key, words in refusal.parts]
            raise Problem(UNPROCESSABLE, refusal.code, str(refusal), errors=parts) from None
        return {"id": message.pk, "state": State.QUEUED.name.lower()}

    def _send_all(self, body: Mapping[str, Any]) -> dict[str, Any]:
        records: list[Any] = read_fields(body, {"records": list}, needed=["records"])["records"]
        if len(records) > MOST_MESSAGES:
            part = WrongPart("records", "too_many", TOO_MANY)
            raise Problem(UNPROCESSABLE, "body.wrong", "These are too many.", errors=[part])
        read = [_read(record) for record in records]
        wanted = [one for one in read if isinstance(one, Wanted)]
        outcomes = iter(self._accepted(wanted))
        told = [_told(next(outcomes) if isinstance(one, Wanted) else one) for one in read]
        return {"counts": Counter(one["outcome"] for one in told), "records": told}

    @transaction.atomic
    def _accepted(self, wanted: Sequence[Wanted]) -> list[Message | MessageRefused]:
        if not wanted:
            return []
        outcomes = accept_all(self.project, wanted, by=self.actor)
        spend_sends(self.key, sum(isinstance(one, Message) for one in outcomes))
        return outcomes


def read_message(given: Mapping[str, Any]) -> Wanted:
    """Raises Problem."""
    given = read_fields(given, FIELDS, needed=["to"])
    if wrong := [*_wrong_kind(given), *_wrong_fields(given)]:
        raise Problem(UNPROCESSABLE, "body.wrong", "Some fields are not right.", errors=wrong)
    to = given["to"]
    return Wanted(
        to=Address(identity=to.get("identity") or "", phone=to.get("phone") or ""),
        name=given.get("template", ""),
        language=given.get("language", ""),
        category=given.get("category", ""),
        values=given.get("values", {}),
        text=given.get("text", ""),
    )


def _read(record: object) -> Wanted | Problem:
    if not isinstance(record, dict):
        return Problem(UNPROCESSABLE, "body.wrong", NO_OBJECT)
    try:
        return read_message(record)
    except Problem as problem:
        return problem


def _told(outcome: Message | MessageRefused | Problem) -> dict[str, Any]:
    """Answers are kept for repeats: whatever was sent is not said again in them."""
    match outcome:
        case Message():
            return {"outcome": "accepted", "id": outcome.pk}
        case MessageRefused():
            parts = [
                WrongPart("values" if words == NO_SLOT else f"values.{key}", "value", words)
                for key, words in outcome.parts
            ]
            return _refused(outcome.code, str(outcome), parts)
    parts = [WrongPart(_known(part.path), part.code, part.detail) for part in outcome.errors]
    return _refused(outcome.code, outcome.detail, parts)


def _refused(code: str, detail: str, parts: Sequence[WrongPart]) -> dict[str, Any]:
    told: dict[str, Any] = {"outcome": "refused", "code": code, "detail": detail}
    errors = [{"path": part.path, "code": part.code, "detail": part.detail} for part in parts]
    return told | {"errors": errors} if errors else told


def _known(path: str) -> str:
    """The field of ours that it begins with; the rest are names that somebody else gave."""
    return path if path in PATHS else next((f for f in FIELDS if path.startswith(f"{f}.")), "")


PATHS = {*FIELDS, "to.identity", "to.phone"}


def _wrong_kind(given: Mapping[str, Any]) -> list[WrongPart]:
    """It says either what template, or what."""
    if "text" not in given:
        names = ("template", "language")
        return [WrongPart(name, "missing", "It is needed.") for name in names if name not in given]
    others = [name for name in ("template", "language", "category", "values") if name in given]
    return [WrongPart(name, "wrong_value", TEMPLATE_OR_TEXT) for name in others]


def _wrong_fields(given: Mapping[str, Any]) -> list[WrongPart]:
    values, to = given.get("values", {}), given["to"]
    wrong = [
        WrongPart(f"to.{name[:100]}", "unknown_field", "There is no such field here.")
        for name in to
        if name not in ("identity", "phone")
    ]
    if len([name for name in ("identity", "phone") if to.get(name) not in (None, "")]) != 1:
        wrong.append(WrongPart("to", "wrong_value", ONE_OF_BOTH))
    if len(values) > MOST_VALUES:
        wrong.append(WrongPart("values", "too_many", f"They are more than {MOST_VALUES}."))
    texts = {name: given[name] for name in ("template", "language", "text") if name in given}
    texts |= {f"to.{name}": value for name, value in to.items() if value is not None}
    texts |= {f"values.{key[:100]}": value for key, value in values.items()}
    wrong += [
        WrongPart(at, "wrong_type", why) for at, text in texts.items() if (why := _flaw(text))
    ]
    if given.get("category", "") not in ("", *Category.values):
        words = f"It is none of {', '.join(Category.values)}."
        wrong.append(WrongPart("category", "wrong_value", words))
    if given.get("text") == "":
        wrong.append(WrongPart("text", "wrong_value", "There is nothing to say in it."))
    return wrong


def _flaw(text: object) -> str:
    """Why PostgreSQL or a template can't take it."""
    if not isinstance(text, str):
        return "It is not a text."
    if len(text) > LONGEST_VALUE:
        return f"It has more than {LONGEST_VALUE:,} characters."
    # Half of a surrogate pair is no character.
    is_broken = "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)
    return "It has a character that can't be kept." if is_broken else ""
