"""Kinds of trouble with a call, and what each means for the message and the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from providers.gateway.results import Scope, Verdict


class Trouble(StrEnum):
    """Why a call did not succeed; the kind of an incident or a failed check."""

    CREDENTIALS = "credentials"
    IP_REFUSED = "ip_refused"
    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_SETUP = "account_setup"
    BALANCE = "balance"
    THROTTLED = "throttled"
    OVERLOADED = "overloaded"
    INTERNAL_ERROR = "internal_error"
    UNREACHABLE = "unreachable"
    UNCLEAR = "unclear"
    TURNED_AWAY = "turned_away"
    REQUEST = "request"
    TEMPLATE = "template"
    MEDIA = "media"
    NUMBER = "number"
    NOT_OPTED_IN = "not_opted_in"
    WINDOW_CLOSED = "window_closed"
    ALREADY_DONE = "already_done"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Consequence:
    verdict: Verdict
    scope: Scope | None = None
    slow_down: bool = False


CONSEQUENCES: Mapping[Trouble, Consequence] = {
    Trouble.CREDENTIALS: Consequence(Verdict.REFUSED, Scope.ACCOUNT),
    Trouble.IP_REFUSED: Consequence(Verdict.REFUSED, Scope.ACCOUNT),
    Trouble.ACCOUNT_DISABLED: Consequence(Verdict.REFUSED, Scope.ACCOUNT),
    Trouble.ACCOUNT_SETUP: Consequence(Verdict.REFUSED, Scope.ACCOUNT),
    Trouble.BALANCE: Consequence(Verdict.REFUSED, Scope.ACCOUNT),
    Trouble.THROTTLED: Consequence(Verdict.RETRY, slow_down=True),
    Trouble.OVERLOADED: Consequence(Verdict.RETRY, slow_down=True),
    Trouble.INTERNAL_ERROR: Consequence(Verdict.RETRY),
    Trouble.UNREACHABLE: Consequence(Verdict.RETRY),
    Trouble.UNCLEAR: Consequence(Verdict.IN_DOUBT),
    Trouble.TURNED_AWAY: Consequence(Verdict.IN_DOUBT, Scope.ACCOUNT),
    Trouble.REQUEST: Consequence(Verdict.REFUSED, Scope.MESSAGE),
    Trouble.TEMPLATE: Consequence(Verdict.REFUSED, Scope.MESSAGE),
    Trouble.MEDIA: Consequence(Verdict.REFUSED, Scope.MESSAGE),
    Trouble.NUMBER: Consequence(Verdict.REFUSED, Scope.RECIPIENT),
    Trouble.NOT_OPTED_IN: Consequence(Verdict.REFUSED, Scope.RECIPIENT),
    Trouble.WINDOW_CLOSED: Consequence(Verdict.REFUSED, Scope.RECIPIENT),
    Trouble.ALREADY_DONE: Consequence(Verdict.REFUSED, Scope.UNKNOWN),
    Trouble.UNKNOWN: Consequence(Verdict.REFUSED, Scope.UNKNOWN),
}
