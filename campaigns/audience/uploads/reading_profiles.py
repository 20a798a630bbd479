"""One record of an upload → a person, as far as it can be said without asking the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.audience.imports.column_names import Target
from campaigns.audience.imports.people_rows import WORDS
from campaigns.audience.imports.values import ValueRefusedError, read_flag
from campaigns.audience.uploads.profile_properties import PropertyReader, ToldProperties
from campaigns.audience.uploads.reading_persons import Person, read_given_phone, read_person
from campaigns.audience.uploads.typed_values import storable
from campaigns.audience.uploads.verdicts import RecordRefused

NOT_A_RECORD = "A record is an object with somebody's identity or phone."
NOT_PROPERTIES = "The properties are not an object."
NO_FIELD = "There is no such field. Give what is your own among the properties."
NOT_A_FLAG = "is neither true nor false."
NOT_A_TEXT = "is not a text."

_FIELDS = {target.value: target for target in (Target.IDENTITY, Target.PHONE, *WORDS)}
_FLAGS = {target.label.lower(): target for target in (Target.SUBSCRIBED, Target.BLOCKED)}
_CALLED = _FIELDS | _FLAGS

Field = str | int | bool


@dataclass(slots=True)
class ToldProfile:
    """`fields` by the columns of upserting.py; what is not there stays as it is."""

    person: Person
    fields: dict[str, Field]
    properties: ToldProperties


def read_profile(record: object, *, reader: PropertyReader) -> ToldProfile:
    """Raises RecordRefused."""
    if not isinstance(record, dict):
        raise RecordRefused(NOT_A_RECORD, code="record.not_an_object")
    given = dict(record)
    properties = given.pop("properties", None) or {}
    if not isinstance(properties, dict):
        raise RecordRefused(NOT_PROPERTIES, code="profile.properties_unreadable")
    country = reader.project.default_country
    person = read_person(given, default_country=country)
    fields, unknown = _read_fields(given, default_country=country)
    told = ToldProfile(person, fields, reader.read(properties))
    for name in unknown:
        told.properties.leave_out(name, NO_FIELD)
    return told


def _read_fields(
    given: Mapping[str, Any], *, default_country: str
) -> tuple[dict[str, Field], list[str]]:
    """And the names of those that there are not."""
    fields: dict[str, Field] = {}
    unknown = []
    for name, value in given.items():
        target = _CALLED.get(name) or _FLAGS.get(name.lower())
        if target is None:
            unknown.append(name)
        elif value is None or value == "" or target == Target.IDENTITY:
            continue
        elif target == Target.PHONE:
            phone = read_given_phone(value, default_country=default_country)
            fields |= {"phone": phone.e164, "match_key": phone.match_key}
        else:
            _read_field(fields, target, value)
    return fields, unknown


def _read_field(fields: dict[str, Field], target: Target, value: object) -> None:
    try:
        read = _flag(value) if target.label.lower() in _FLAGS else _words(value, WORDS[target])
    except ValueRefusedError as problem:
        reason = f"{target.label} {str(problem).removeprefix('It ')}"
        raise RecordRefused(reason, code=f"profile.{target}_unreadable") from None
    if read != "":
        fields[target.value] = read


def _words(value: object, read: Callable[[str], str]) -> str:
    if not isinstance(value, str):
        raise ValueRefusedError(NOT_A_TEXT)
    text = storable(value)
    return read(text) if text else ""


def _flag(value: object) -> bool | str:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise ValueRefusedError(NOT_A_FLAG)
    return read_flag(value.strip()) if value.strip() else ""
