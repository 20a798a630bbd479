"""To whom the messages of programs go, by identity or by phone, and what is against it: one
statement looks for all of a call."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.audience.erasing.stops import HAS_ANY, recall_stops
from campaigns.gates.of_programs import asking
from campaigns.ledger.array_texts import some_numbers, texts
from campaigns.ledger.prepared import prepared
from campaigns.models import Reason
from providers.connection.connecting import IS_CONNECTED
from providers.models import Project
from providers.phones.numbers import Phone, PhoneError, read_phone
from providers.refusals import Refusal

UNKNOWN = "Nobody in this project has this identity."
NO_PHONE = "This person has no phone number that can be used."

# Of several who share a phone, the first. Why `+ 0` stands there: audience/upserting.py.
_PLANNED = """(
    SELECT wanted.n, wanted.version, COALESCE(sharing.id, named.id) AS profile, named.phone,
        COALESCE(wanted.match_key, named.match_key) AS match_key
    FROM unnest(%(identities)s::varchar[], %(match_keys)s::bigint[], %(versions)s::bigint[])
        WITH ORDINALITY AS wanted (identity, match_key, version, n)
    LEFT JOIN LATERAL (SELECT min(p.id) AS id FROM campaigns_profile p
        WHERE p.match_key = wanted.match_key AND p.project_id + 0 = %(project)s) AS sharing ON true
    LEFT JOIN LATERAL (SELECT p.id, p.phone, p.match_key FROM campaigns_profile p
        WHERE p.identity = wanted.identity AND p.project_id + 0 = %(project)s) AS named ON true
)"""
_COLUMNS = f"planned.profile, planned.phone, planned.match_key, {IS_CONNECTED}, {HAS_ANY}"
LOOK = f"{asking(_PLANNED, columns=_COLUMNS)} ORDER BY planned.n"


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
    """`reason` is what is against it, if anything."""

    phone: Phone
    profile_id: int | None
    reason: Reason | None = None


Found = Sequence[tuple[Any, ...]]


def recipients_of(
    project: Project, wanted: Sequence[tuple[Address, int | None]]
) -> list[Recipient | RecipientRefused] | None:
    """In their order, of addresses and what is to be sent there: the id of a template's version, or
    None for a text. None where no provider is connected."""
    phones = [_read(project, address) for address, _ in wanted]
    keys = {phone.match_key for phone in phones if isinstance(phone, Phone)}
    found = _look(project, wanted, phones)
    if not all(is_connected for *_, is_connected, _, _ in found):
        return None
    if any(has_stops for *_, has_stops, _ in found) and recall_stops(project.pk, keys):
        found = _look(project, wanted, phones)
    return [_recipient(phone, row) for phone, row in zip(phones, found, strict=True)]


def _read(project: Project, address: Address) -> Phone | RecipientRefused | None:
    """None where they are named by their identity."""
    if address.identity:
        return None
    try:
        return read_phone(address.phone, default_country=project.default_country)
    except PhoneError as problem:
        return RecipientRefused(problem.reason, code="message.phone_unreadable")


def _look(
    project: Project,
    wanted: Sequence[tuple[Address, int | None]],
    phones: Iterable[Phone | RecipientRefused | None],
) -> Found:
    keys = (phone.match_key if isinstance(phone, Phone) else None for phone in phones)
    values: Mapping[str, Any] = {
        "project": project.pk,
        "identities": texts(address.identity or None for address, _ in wanted),
        "match_keys": some_numbers(keys),
        "versions": some_numbers(version for _, version in wanted),
    }
    return prepared(LOOK, values)


def _recipient(
    phone: Phone | RecipientRefused | None, row: tuple[Any, ...]
) -> Recipient | RecipientRefused:
    profile_id, own_phone, match_key, *_, reason = row
    if isinstance(phone, RecipientRefused):
        return phone
    if phone is None and profile_id is None:
        return RecipientRefused(UNKNOWN)
    if phone is None and match_key is None:
        return RecipientRefused(NO_PHONE, code="message.no_phone")
    if phone is None:
        phone = Phone(own_phone, match_key)  # judged when it was stored
    return Recipient(phone, profile_id, Reason(reason) if reason else None)
