"""To whom the messages of programs go: by identity or by phone, all of a call looked up at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaigns.audience.erasing.stops import recall_stops
from campaigns.audience.uploads.finding_people import first_with
from campaigns.models import Profile
from providers.models import Project
from providers.phones.numbers import Phone, PhoneError, read_phone
from providers.refusals import Refusal

UNKNOWN = "Nobody in this project has this identity."
NO_PHONE = "This person has no phone number that can be used."


class RecipientRefused(Refusal):
    """Why a message can go to nobody."""

    code = "message.unknown_person"


@dataclass(frozen=True, slots=True)
class Address:
    """`identity` or `phone`, one of them."""

    identity: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    phone: Phone
    profile_id: int | None


def recipients_of(
    project: Project, addresses: Sequence[Address]
) -> list[Recipient | RecipientRefused]:
    """In their order. Of several who share a phone, the first."""
    phones = {one.phone: _read(project, one.phone) for one in addresses if not one.identity}
    keys = {phone.match_key for phone in phones.values() if isinstance(phone, Phone)}
    if keys:
        recall_stops(project.pk, keys)
    people = first_with(project, keys) if keys else {}
    identities = {one.identity for one in addresses if one.identity}
    known = _by_identity(project, identities) if identities else {}
    return [
        known.get(one.identity, RecipientRefused(UNKNOWN))
        if one.identity
        else _with_phone(phones[one.phone], people)
        for one in addresses
    ]


def _read(project: Project, phone: str) -> Phone | RecipientRefused:
    try:
        return read_phone(phone, default_country=project.default_country)
    except PhoneError as problem:
        return RecipientRefused(problem.reason, code="message.phone_unreadable")


def _with_phone(
    phone: Phone | RecipientRefused, people: Mapping[int, int]
) -> Recipient | RecipientRefused:
    if isinstance(phone, RecipientRefused):
        return phone
    return Recipient(phone, people.get(phone.match_key))


def _by_identity(
    project: Project, identities: Iterable[str]
) -> dict[str, Recipient | RecipientRefused]:
    found = Profile.objects.of(project).filter(identity__in=list(identities))
    return {
        person.identity: Recipient(
            read_phone(person.phone, default_country=project.default_country), person.pk
        )
        if person.match_key is not None
        else RecipientRefused(NO_PHONE, code="message.no_phone")
        for person in found.only("identity", "phone", "match_key")
    }
