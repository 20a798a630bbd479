"""One person, made or changed whole: what can't be kept of a bulk's record is left out and named,
here it is why nothing is stored."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.db import transaction

from campaigns.api.uploads import CONSENT, PROFILE
from campaigns.audience.uploads import uploading_profiles
from campaigns.audience.uploads.finding_people import find_known
from campaigns.audience.uploads.reading_persons import read_person
from campaigns.audience.uploads.verdicts import Outcome
from providers.api import schemas
from providers.api.fields import refuse
from providers.api.problems import Problem, WrongPart, wrong_value
from providers.models import Project
from providers.watch.actors import Actor

BODY = schemas.record(
    {**PROFILE["properties"], "consent": CONSENT}, needed=[], name="OnePersonToStore"
)
STORED = schemas.record(
    {
        "id": schemas.whole("Their number: they are at /api/v1/profiles/<id>."),
        "outcome": schemas.one_of([Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED]),
    },
    name="StoredPerson",
)
NO_TEXT = "It is not a text."


@transaction.atomic
def store_person(project: Project, body: Mapping[str, Any], *, by: Actor) -> dict[str, Any]:
    """What is answered, which is kept for repeats: so it says nothing of them. Raises Problem, and
    then nothing is stored."""
    record = {name: value for name, value in body.items() if name != "consent"}
    consent = body.get("consent") or ""
    if not isinstance(consent, str):
        refuse([WrongPart("consent", "wrong_type", NO_TEXT)])
    (verdict,) = uploading_profiles.upload(project, [record], by=by, consent=consent)
    if verdict.outcome == Outcome.REFUSED:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, verdict.code, verdict.reason)
    refuse(wrong_value(_path(name, record), why) for name, why in verdict.left_out.items())
    person = read_person(record, default_country=project.default_country)
    number = find_known(project, [person])[person]
    return {"id": number, "outcome": verdict.outcome.value}


def _path(name: str, record: Mapping[str, Any]) -> str:
    is_property = name not in record and name in (record.get("properties") or ())
    return f"properties.{name}" if is_property else name
