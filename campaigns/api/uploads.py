"""People and events, sent in by programs: up to a thousand records a call, a verdict for each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.audience.uploads import uploading_events, uploading_profiles
from campaigns.audience.uploads.verdicts import Verdict
from providers.api.base import ApiView
from providers.api.bodies import read_fields, read_object
from providers.api.problems import Problem, WrongPart
from providers.models import Scope

MOST_RECORDS = 1_000
TOO_MANY = f"It holds more than {MOST_RECORDS} records: send the others in another call."


class _UploadView(ApiView):
    scopes = {"POST": Scope.WRITE}
    fields: dict[str, type]

    def post(self, request: Request) -> Response:
        given = read_fields(read_object(request), self.fields, needed=["records"])
        records = given.pop("records")
        if len(records) > MOST_RECORDS:
            part = WrongPart("records", "too_many", TOO_MANY)
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            raise Problem(status, "body.wrong", "These are too many records.", errors=[part])
        return Response(_told(self.upload(records, given)))

    def upload(self, records: Sequence[object], given: Mapping[str, Any]) -> list[Verdict]:
        raise NotImplementedError


class Profiles(_UploadView):
    """Nobody is created where the call doesn't say so: so an update makes no people by a slip."""

    fields = {"records": list, "create": bool, "consent": str}

    def upload(self, records: Sequence[object], given: Mapping[str, Any]) -> list[Verdict]:
        more = {"create": given.get("create", False), "consent": given.get("consent", "")}
        return uploading_profiles.upload(self.project, records, by=self.actor, **more)


class Events(_UploadView):
    fields = {"records": list, "create_people": bool}

    def upload(self, records: Sequence[object], given: Mapping[str, Any]) -> list[Verdict]:
        return uploading_events.upload(self.project, records, by=self.actor, **given)


def _told(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    counts = Counter(verdict.outcome.value for verdict in verdicts)
    return {"counts": counts, "records": [_in_json(verdict) for verdict in verdicts]}


def _in_json(verdict: Verdict) -> dict[str, Any]:
    told: dict[str, Any] = {"outcome": verdict.outcome.value}
    if verdict.code:
        told |= {"code": verdict.code, "detail": verdict.reason}
    return told | {"left_out": verdict.left_out} if verdict.left_out else told
