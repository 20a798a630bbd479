"""One record of an upload → what happened, as far as it can be said without asking the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.audience.imports.people_rows import RowRefusedError, read_identity
from campaigns.audience.uploads.event_names import read_event_name
from campaigns.audience.uploads.event_properties import Properties, read_properties
from campaigns.audience.uploads.event_times import EventClock
from campaigns.audience.uploads.verdicts import RecordRefused
from providers.models import Project
from providers.phones.numbers import PhoneError, read_phone

LONGEST_ID = 255
NOT_A_RECORD = "A record is an object with a name and somebody's identity or phone."
NOT_PROPERTIES = "The properties are not an object."
NOT_AN_ID = f"The id is not a text of 1 to {LONGEST_ID} characters."
NOBODY = "There is neither an identity nor a phone."


@dataclass(frozen=True, slots=True)
class Person:
    """By the identity, else by the phone."""

    identity: str
    match_key: int | None = None


@dataclass(frozen=True, slots=True)
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
    return ToldEvent(
        person=person,
        name=name,
        key=key,
        at=None if at is None else clock.read(at),
        given_id=_given_id(record.get("id")),
        properties=read_properties(properties, time_zone=project.time_zone),
    )


def read_person(record: Mapping[str, Any], *, default_country: str) -> Person:
    """Raises RecordRefused."""
    identity, phone = record.get("identity"), record.get("phone")
    try:
        if identity not in (None, ""):
            return Person(read_identity(_as_text(identity).strip()))
        if phone in (None, ""):
            raise RecordRefused(NOBODY, code="person.missing")
        read = read_phone(_as_text(phone).strip(), default_country=default_country)
    except RowRefusedError as problem:
        raise RecordRefused(str(problem), code="person.identity_unreadable") from None
    except PhoneError as problem:
        raise RecordRefused(problem.reason, code="person.phone_unreadable") from None
    return Person(read.e164, read.match_key)


def _as_text(given: object) -> str:
    """A key may be a number for whoever sends it."""
    if isinstance(given, str):
        return given[:1_000]
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) < 10**20:
        return str(given)
    raise RecordRefused("The identity or phone is not a text.", code="person.not_a_text")


def _given_id(given: object) -> str:
    if given is None:
        return ""
    text = _as_text(given) if isinstance(given, int) else given
    if not isinstance(text, str) or not 0 < len(text) <= LONGEST_ID:
        raise RecordRefused(NOT_AN_ID, code="event.id_unreadable")
    return text
