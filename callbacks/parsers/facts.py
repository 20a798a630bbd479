"""What a callback can tell us, in our own words.

Every text fits its database column and holds neither NUL nor lone surrogates, which PostgreSQL
refuses. `at` is always aware and in UTC; `at_is_arrival` where the callback told no time that makes
sense. What Gupshup left out is None.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar

Status: TypeAlias = Literal["sent", "delivered", "read", "failed", "unknown"]
Kind: TypeAlias = Literal["delivery", "click", "inbound", "account", "mixed", "unknown"]


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """`msg_id` is the report's own, else the external id's tail after its first dash.

    `code` is one of the report codes, which are not the codes of a send answer.
    `external_id` is None only for the generic payload, which knows our `extra` alone.
    """

    kind: ClassVar[Literal["delivery"]] = "delivery"

    external_id: str | None
    msg_id: str | None
    extra: str | None
    status: Status
    cause: str | None
    code: str | None
    phone: str | None
    at: datetime
    at_is_arrival: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Click:
    kind: ClassVar[Literal["click"]] = "click"

    extra: str
    msg_id: str | None
    url: str
    short_url: str
    phone: str | None
    user_agent: str | None
    at: datetime
    at_is_arrival: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Media:
    """`url` is signed and short-lived; None for the old shape that names an id only."""

    type: str
    url: str | None
    mime_type: str | None
    caption: str | None
    filename: str | None


@dataclass(frozen=True, slots=True)
class Location:
    """Degrees; always a point that exists."""

    latitude: float
    longitude: float
    name: str | None
    address: str | None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Referral:
    """The ad or post whose button began the talk: where it stands and what it says."""

    source: str | None  # ad, post
    source_id: str | None
    url: str | None
    headline: str | None
    body: str | None
    click_id: str | None


@dataclass(frozen=True, slots=True)
class Inbound:
    """`reply_to` is the external id of our message, or a half of it, or the context's id.

    `payload` is what a button or a list row carries, or the raw content of a type unknown to us.
    `person_id` is WhatsApp's own id of the person for this business ("IN." and letters or digits),
    which may come instead of a phone or beside it.
    """

    kind: ClassVar[Literal["inbound"]] = "inbound"

    phone: str | None
    wa_number: str | None
    name: str | None
    type: str
    text: str | None
    payload: str | None
    media: Media | None
    location: Location | None
    reply_to: str | None
    at: datetime
    person_id: str | None = None
    referral: Referral | None = None
    at_is_arrival: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class AccountEvent:
    """`event` is the new state, quality, category or limit; `subject` the template or number.

    `is_proposal`: the category is only proposed yet.
    """

    kind: ClassVar[Literal["account"]] = "account"

    field: str
    event: str | None
    subject: str | None
    name: str | None = None
    language: str | None = None
    reason: str | None = None
    is_proposal: bool = False


Fact: TypeAlias = DeliveryReport | Click | Inbound | AccountEvent
FactT_co = TypeVar("FactT_co", bound=Fact, covariant=True)


@dataclass(frozen=True, slots=True)
class Arrived(Generic[FactT_co]):
    """A fact, and the receipt that brought it."""

    fact: FactT_co
    project_id: int
    receipt_id: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Rejected:
    """An element of the callback that was not understood; a callback without a list is index 0.

    `reason` says what was expected and never repeats a value, so that it may be logged.
    """

    index: int
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """`kind` is that of the facts; without facts, what the rejected elements tried to be."""

    kind: Kind
    facts: tuple[Fact, ...]
    rejected: tuple[Rejected, ...]
