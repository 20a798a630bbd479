"""What the gateway's answer means to the caller, in our own words."""

from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    RETRY = "retry"
    """Certainly not sent: worth another attempt."""
    IN_DOUBT = "in_doubt"
    """It may have been sent: never repeat it by guess."""


class Scope(StrEnum):
    """What a refusal would meet again: this person, this message for anybody, every call of the
    account, or nobody knows (a code that no table lists)."""

    RECIPIENT = "recipient"
    MESSAGE = "message"
    ACCOUNT = "account"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One call's outcome. `code` is Gupshup's, or one of our own (`codes.py` explains both).

    `scope` is set for every refusal, and where an unreadable answer looks like one that the whole
    account would get. `slow_down` asks for a lower rate. `seconds` is the time from the start of
    the call, waiting for a connection included. `detail` and `body` are Gupshup's text, shortened,
    the credentials blotted out and fit for PostgreSQL (no NUL, no lone surrogate).
    """

    verdict: Verdict
    code: str = ""
    detail: str = ""
    external_id: str | None = None
    scope: Scope | None = None
    slow_down: bool = False
    http_status: int | None = None
    seconds: float = 0.0
    body: str = field(default="", repr=False)
