"""Whose key is it, and may it do that? Asked anew for each call, so that revoking works at once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from ipaddress import ip_network

from django.db import connection
from django.db.models import Q

from providers.api_keys.making import digest_of
from providers.api_keys.reading import KeptKeys, read_keys
from providers.models import ApiKey, KeyState, Scope
from providers.models.api_key import BEGINNING
from providers.network.public_addresses import Address
from providers.network.ranges import covering
from providers.process.together import Together
from providers.refusals import Refusal

NOTED_EVERY = timedelta(minutes=1)
MOST_KNOWN = 10_000
NO_DIGEST = "0" * 64
_KEY = re.compile(rf"{BEGINNING}([0-9a-f]{{12}})_([\w-]+)", re.ASCII)

NO_KEY = (
    "This call shows no key. Send one in a header, “Authorization: Bearer kb_live_…”. An admin of "
    "the project makes it in the console: Settings › Project › API keys."
)
UNKNOWN = "There is no such key. Perhaps a part was lost when it was copied: make a new one."
REVOKED = "This key was revoked. An admin of the project can make a new one."
ENDED = "This key ended on {day}. An admin of the project can make a new one."
ELSEWHERE = "This key is not taken from {address}. It was made for certain networks only."
MAY_NOT = "This key may not do that: it lacks the scope “{scope}”. Make one that has it."
IN_ADDRESS = (
    "Never put a key into the address: it stays in logs and histories. Send it in the header "
    "“Authorization: Bearer …”, and revoke the one in this address, as others may have read it."
)


# Of keys that this process has let in, the number of their project, which stays the same for ever.
_projects: dict[str, int] = {}


class KeyRefused(Refusal):
    """Why a call is not let in, for whoever wrote the program."""

    code = "key.unknown"


def recognize(text: str, *, address: Address | None, at: datetime) -> ApiKey:
    """Raises KeyRefused. That a key was revoked is told only to who knows its secret."""
    if not text:
        raise KeyRefused(NO_KEY, code="key.missing")
    read = _KEY.fullmatch(text)
    key = _found(read[1]) if read else None
    return _admitted(key, read[2] if read else "", address=address, at=at)


@dataclass(frozen=True, slots=True)
class Shown:
    """A key that a call shows, and where that comes from."""

    public_id: str
    secret: str
    address: Address | None


def shown(text: str, *, address: Address | None) -> Shown | None:
    """None for what is no key."""
    read = _KEY.fullmatch(text)
    return Shown(read[1], read[2], address) if read else None


def project_of(public_id: str) -> int | None:
    """Without asking the database: None where this process has let in no call with that key."""
    return _projects.get(public_id)


def recognize_each(
    calls: Sequence[Shown], *, kept: KeptKeys, at: datetime
) -> list[ApiKey | KeyRefused]:
    """As `recognize`, in their order, by one statement, and once for all that show the same. Not
    inside a transaction."""
    different = list(dict.fromkeys(calls))
    found = kept.read([call.public_id for call in different])
    told = {call: _told(key, call, at=at) for key, call in zip(found, different, strict=True)}
    return [told[call] for call in calls]


def _told(key: ApiKey | None, call: Shown, *, at: datetime) -> ApiKey | KeyRefused:
    try:
        return _admitted(key, call.secret, address=call.address, at=at)
    except KeyRefused as refused:
        return refused


def _admitted(key: ApiKey | None, secret: str, *, address: Address | None, at: datetime) -> ApiKey:
    """Raises KeyRefused."""
    if not compare_digest(digest_of(secret), key.digest if key else NO_DIGEST) or key is None:
        raise KeyRefused(UNKNOWN)
    _check(key, address=address, at=at)
    _note_use(key, address=address, at=at)
    if len(_projects) >= MOST_KNOWN:
        _projects.clear()
    _projects[key.public_id] = key.project_id
    return key


def _found(public_id: str) -> ApiKey | None:
    """In one statement for all who ask at this moment; inside a transaction for oneself, since only
    there is seen what it did."""
    if connection.in_atomic_block:
        return read_keys([public_id]).get(public_id)
    return _together.ask(public_id)


_together: Together[str, ApiKey | None] = Together(KeptKeys().read, most=1_000)


def check_scope(key: ApiKey, scope: Scope) -> None:
    """Raises KeyRefused."""
    if scope not in key.scopes:
        raise KeyRefused(MAY_NOT.format(scope=scope), code="key.scope")


def check_address(address: str) -> None:
    """Of a request. Raises KeyRefused."""
    if BEGINNING in address:
        raise KeyRefused(IN_ADDRESS, code="key.in_address")


def _check(key: ApiKey, *, address: Address | None, at: datetime) -> None:
    match key.state(at=at):
        case KeyState.REVOKED:
            raise KeyRefused(REVOKED, code="key.revoked")
        case KeyState.ENDED:
            raise KeyRefused(ENDED.format(day=f"{key.expires_at:%Y-%m-%d}"), code="key.ended")
    networks = [ip_network(network) for network in key.networks]
    if networks and (address is None or not covering(address, networks)):
        words = ELSEWHERE.format(address=address or "an unknown address")
        raise KeyRefused(words, code="key.elsewhere")


def _note_use(key: ApiKey, *, address: Address | None, at: datetime) -> None:
    """Once a minute, so that calls that come together don't wait for one row."""
    if key.last_used_at is not None and key.last_used_at > at - NOTED_EVERY:
        return
    lately = Q(last_used_at=None) | Q(last_used_at__lte=at - NOTED_EVERY)
    came_from = str(address) if address else None
    ApiKey.objects.filter(lately, pk=key.pk).update(last_used_at=at, last_used_from=came_from)
