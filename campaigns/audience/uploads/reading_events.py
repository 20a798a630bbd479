"""One record of an upload → what happened, as far as it can be said without asking the database."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.audience.uploads.event_names import read_event_name
from campaigns.audience.uploads.event_properties import read_properties
from campaigns.audience.uploads.event_times import EventClock
from campaigns.audience.uploads.reading_persons import Person, as_text, read_person
from campaigns.audience.uploads.typed_values import Properties
from campaigns.audience.uploads.verdicts import RecordRefused
from providers.models import Project

LONGEST_ID = 255
FIELDS = {"identity", "phone", "name", "at", "id", "properties"}
NOT_A_RECORD = "A record is an object with a name and somebody's identity or phone."
NOT_PROPERTIES = "The properties are not an object."
NO_FIELD = "There is no such field. Give what is your own among the properties."
NOT_AN_ID = f"The id is not a text of 1 to {LONGEST_ID} characters."


@dataclass(slots=True)  # to freeze them takes longer than all else here
class ToldEvent:
    person: Person
    name: str
    key: str
    at: datetime | None
    given_id: str
    properties: Properties


def read_event(record: object, *, project: Project, clock: EventClock) -> ToldEvent:
    """Raises RecordRefused."""
    if not isinstance(record, dict):
        raise RecordRefused(NOT_A_RECORD, code="record.not_an_object")
    person = read_person(record, default_country=project.default_country)
    name, key = read_event_name(record.get("name"))
    at = record.get("at")
    properties = record.get("properties") or {}
    if not isinstance(properties, dict):
        raise RecordRefused(NOT_PROPERTIES, code="event.properties_unreadable")
    read = read_properties(properties, time_zone=project.time_zone)
    for field in record.keys() - FIELDS:
        read.leave_out(field, NO_FIELD)
    return ToldEvent(
        person=person,
        name=name,
        key=key,
        at=None if at is None else clock.read(at),
        given_id=_given_id(record.get("id")),
        properties=read,
    )


def _given_id(given: object) -> str:
    if given is None:
        return ""
    text = as_text(given) if isinstance(given, int) else given
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_ID:
        raise RecordRefused(NOT_AN_ID, code="event.id_unreadable")
    return text
