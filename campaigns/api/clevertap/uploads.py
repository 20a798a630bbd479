"""POST /1/upload: people and events in one list, and what became of each record."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from math import isfinite
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.clevertap.codes import RecordNotTaken, problem_of
from campaigns.api.clevertap.reading_records import Taken, read_record
from campaigns.audience.uploads import uploading_together
from providers.api.bodies import read_fields, read_object
from providers.api.clevertap import MOST_RECORDS, CleverTapView
from providers.api.problems import Problem
from providers.api.queries import Reader, one_among
from providers.models import Scope

TOO_MANY = (
    f"The list “d” holds more than {MOST_RECORDS:,} records: send the others in another call."
)
YES_OR_NO = {"1": True, "true": True, "0": False, "false": False}


class Upload(CleverTapView):
    """A dry run does the same, tells the same, and takes it back."""

    scopes = {"POST": Scope.WRITE}

    def readers(self, _method: str) -> Mapping[str, Reader]:
        return {"dryRun": one_among(YES_OR_NO)}

    def post(self, request: Request) -> Response:
        records = read_records(request)
        read = [_read(record) for record in records]
        taken = [each for each in read if isinstance(each, Taken)]
        verdicts = uploading_together.upload(
            self.project,
            people=[each.record for each in taken if not each.is_event],
            events=[each.record for each in taken if each.is_event],
            is_dry_run=self.query.get("dryRun", False),
            by=self.actor,
        )
        return Response(_told(records, read, verdicts))


def read_records(request: Request) -> list[object]:
    """Raises Problem."""
    records: list[object] = read_fields(read_object(request), {"d": list}, needed=["d"])["d"]
    if len(records) > MOST_RECORDS:
        raise Problem(HTTPStatus.BAD_REQUEST, "body.wrong", TOO_MANY)
    return records


def _read(record: object) -> Taken | RecordNotTaken:
    try:
        return read_record(record)
    except RecordNotTaken as problem:
        return problem


def _told(
    records: Sequence[object],
    read: Sequence[Taken | RecordNotTaken],
    verdicts: uploading_together.Verdicts,
) -> dict[str, Any]:
    people, events = iter(verdicts.people), iter(verdicts.events)
    problems: dict[int, RecordNotTaken] = {}
    left_out = []
    for number, each in enumerate(read):
        if isinstance(each, RecordNotTaken):
            problems[number] = each
            continue
        verdict = next(events if each.is_event else people)
        if problem := problem_of(verdict, kind="event" if each.is_event else "profile"):
            problems[number] = problem
        elif named := {**each.read.left_out, **verdict.left_out}:
            left_out.append({"record": number + 1, "fields": named})
    told = outcome_of(records, problems)
    return told | {"left_out": left_out} if left_out else told


def outcome_of(records: Sequence[object], problems: Mapping[int, RecordNotTaken]) -> dict[str, Any]:
    """As CleverTap tells it: by how many were taken, and each of the others with its reason."""
    taken = len(records) - len(problems)
    is_partial = "partial" if taken else "fail"
    return {
        "status": is_partial if problems else "success",
        "processed": taken,
        "unprocessed": [
            {
                "status": "fail",
                "code": problem.code,
                "error": problem.sentence(number + 1),
                "record": _sayable(records[number]),
            }
            for number, problem in problems.items()
        ],
    }


def _sayable(value: object) -> object:
    """A number that is too large for any, like 1e999, can be read and not written."""
    match value:
        case float() if not isfinite(value):
            return None
        case list():
            return [_sayable(each) for each in value]
        case dict():
            return {name: _sayable(each) for name, each in value.items()}
    return value
