"""Whose a record is: by the identity, else by the phone."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from campaigns.audience.imports.people_rows import RowRefusedError, read_identity
from campaigns.audience.uploads.verdicts import RecordRefused
from providers.phones.numbers import Phone, PhoneError, read_phone

NOBODY = "There is neither an identity nor a phone."


class Person(NamedTuple):
    """`match_key` is there where the identity is a phone, for want of another."""

    identity: str
    match_key: int | None = None


def read_person(record: Mapping[str, Any], *, default_country: str) -> Person:
    """Raises RecordRefused."""
    identity, phone = record.get("identity"), record.get("phone")
    if identity not in (None, ""):
        return Person(_read_identity(identity))
    if phone in (None, ""):
        raise RecordRefused(NOBODY, code="person.missing")
    read = read_given_phone(phone, default_country=default_country)
    return Person(read.e164, read.match_key)


def read_given_phone(given: object, *, default_country: str) -> Phone:
    """Raises RecordRefused."""
    try:
        return read_phone(as_text(given).strip(), default_country=default_country)
    except PhoneError as problem:
        raise RecordRefused(problem.reason, code="person.phone_unreadable") from None


def _read_identity(given: object) -> str:
    try:
        return read_identity(as_text(given).strip())
    except RowRefusedError as problem:
        raise RecordRefused(str(problem), code="person.identity_unreadable") from None


def as_text(given: object) -> str:
    """A key may be a number for whoever sends it."""
    if isinstance(given, str):
        return given[:1_000]
    if isinstance(given, int) and not isinstance(given, bool) and abs(given) < 10**20:
        return str(given)
    raise RecordRefused("The identity or phone is not a text.", code="person.not_a_text")
