"""People, events and subscriptions, sent in by programs: up to a thousand records a call, a verdict
for each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.audience.uploads import (
    uploading_in_company,
    uploading_profiles,
    uploading_subscriptions,
)
from campaigns.audience.uploads.verdicts import Outcome, Verdict
from providers.api import schemas
from providers.api.base import SMALL_BYTES, ApiView
from providers.api.bodies import read_fields, read_object
from providers.api.operations import Operation
from providers.api.problems import Problem, WrongPart
from providers.api.repeats import once
from providers.models import Scope

MOST_RECORDS = 1_000
TOO_MANY = f"It holds more than {MOST_RECORDS} records: send the others in another call."

VERDICTS = schemas.record(
    {
        "counts": schemas.numbers_by_name("How many records came out how."),
        "records": schemas.list_of(
            schemas.record(
                {
                    "outcome": schemas.one_of(list(Outcome)),
                    "code": schemas.text(),
                    "detail": schemas.text(),
                    "left_out": schemas.OBJECT
                    | {"description": "Fields that were not taken, each with the reason."},
                },
                needed=["outcome"],
            )
        ),
    },
    name="Verdicts",
)
PROFILE = schemas.record(
    {
        "identity": schemas.text("Your own key for this person.", most=255),
        "phone": schemas.text("With + and country code.", example="+919000000001"),
        "name": schemas.text(most=200),
        "email": schemas.text(most=254),
        "language": schemas.text(most=20),
        "time_zone": schemas.text(most=64, example="Asia/Kolkata"),
        "MSG-whatsapp": schemas.BOOLEAN,
        "MSG-dndWhatsApp": schemas.BOOLEAN,
        "properties": schemas.OBJECT,
    },
    needed=[],
    is_open=True,
    name="PersonToStore",
)
CONSENT = schemas.text("How those agreed whose MSG-whatsapp is set.", most=500)
EVENT = schemas.record(
    {
        "identity": schemas.text(most=255),
        "phone": schemas.text(),
        "name": schemas.text("What it is called.", most=120, example="Ordered"),
        "at": schemas.moment("Now, without it."),
        "id": schemas.text("Your own number of it; one that comes again is not stored twice."),
        "properties": schemas.OBJECT,
    },
    needed=["name"],
    is_open=True,
    name="EventToStore",
)
SUBSCRIPTION = schemas.record(
    {
        "type": schemas.one_of(["whatsapp"]),
        "value": schemas.text("A phone.", example="+919000000001"),
        "status": schemas.one_of(["Unsubscribe", "Resubscribe"]),
    },
    name="SubscriptionToStore",
)


def upload_operation(
    name: str, summary: str, said: str, record: schemas.Schema, **more: schemas.Schema
) -> Operation:
    fields = {"records": schemas.list_of(record, most=MOST_RECORDS), **more}
    body = schemas.record(fields, needed=["records"])
    return Operation(name=name, summary=summary, said=said, body=body, answer=VERDICTS)


class UploadView(ApiView):
    scopes = {"POST": Scope.WRITE}
    fields: dict[str, type]

    @once
    def post(self, request: Request) -> Response:
        given = read_fields(read_object(request), self.fields, needed=["records"])
        records = given.pop("records")
        if len(records) > MOST_RECORDS:
            part = WrongPart("records", "too_many", TOO_MANY)
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            raise Problem(status, "body.wrong", "These are too many records.", errors=[part])
        return Response(told(self.upload(records, given)))

    def upload(self, records: Sequence[object], given: Mapping[str, Any]) -> list[Verdict]:
        raise NotImplementedError


class UploadedProfiles(UploadView):
    """Nobody is created where the call doesn't say so: so an update makes no people by a slip."""

    fields = {"records": list, "create": bool, "consent": str}
    operations = {
        "POST": upload_operation(
            "upload_profiles",
            "Send in people",
            "Each record has an identity or a phone, or both; what isn't there stays as it is.",
            PROFILE,
            create=schemas.BOOLEAN | {"description": "Make profiles of people who are unknown."},
            consent=CONSENT,
        )
    }

    def upload(self, records: Sequence[object], given: Mapping[str, Any]) -> list[Verdict]:
        more = {"create": given.get("create", False), "consent": given.get("consent", "")}
        return uploading_profiles.upload(self.project, records, by=self.actor, **more)


class Events(UploadView):
    small_bytes = SMALL_BYTES  # an event or a few
    fields = {"records": list, "create_people": bool}
    operations = {
        "POST": upload_operation(
            "upload_events",
            "Send in events",
            "What people did elsewhere. Each record has an identity or a phone, or both.",
            EVENT,
            create_people=schemas.BOOLEAN
            | {"description": "Make profiles of people who are unknown."},
        )
    }

    def upload(self, records: Sequence[object], given: Mapping[str, Any]) -> list[Verdict]:
        return uploading_in_company.upload(self.project, records, by=self.actor, **given)


class Subscriptions(UploadView):
    fields = {"records": list}
    operations = {
        "POST": upload_operation(
            "upload_subscriptions",
            "Tell who wants no messages, or wants them again",
            "By phone, whether or not somebody in the project has it: it sets MSG-dndWhatsApp.",
            SUBSCRIPTION,
        )
    }

    def upload(self, records: Sequence[object], _given: Mapping[str, Any]) -> list[Verdict]:
        return uploading_subscriptions.upload(self.project, records, by=self.actor)


def told(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    counts = Counter(verdict.outcome.value for verdict in verdicts)
    return {"counts": counts, "records": [_in_json(verdict) for verdict in verdicts]}


def _in_json(verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {"outcome": verdict.outcome.value}
    if verdict.code:
        told |= {"code": verdict.code, "detail": verdict.reason}
    return told | {"left_out": verdict.left_out} if verdict.left_out else told
