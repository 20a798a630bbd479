"""What a campaign is to bring about, as it keeps it: a small document, which is read as strictly as
if a stranger had written it.

{"event": "Charged",
 "where": [{"on": "number", "property": "Amount", "is": "at_least", "value": 5}],
 "minutes": 4320, "value": "Amount", "currency": "INR", "currency_property": "Currency"}

`where` is what a rule says of an event's properties; `value` is the property that is summed. Where
an event names no currency of its own, it is `currency`. All but the event and the minutes may be
missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from campaigns.audience.segments.conditions import events
from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.given import Given, Known, RuleFault
from campaigns.audience.segments.rules import Condition
from providers.refusals import Refusal

DEFAULT_WITHIN = timedelta(days=3)
LONGEST_WITHIN = timedelta(days=150)  # five months
NAMES = {"event", "where", "minutes", "value", "currency", "currency_property"}
CURRENCY = re.compile("[A-Z]{3}").fullmatch
UNREADABLE = "The goal can't be read. Choose it again."
NO_TIME = "A goal waits from 1 minute to 150 days, which are five months."
NO_CURRENCY = "A currency has three letters, like INR or EUR."
LONGEST_NAME = 120


class GoalError(Refusal):
    """Why there is no goal in a document; `fields` says it of each part."""

    code = "campaign.goal"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(fields.values())))
        self.fields = fields


@dataclass(frozen=True, slots=True)
class GoalRule:
    """`kind` is the event's number; `value` and the currencies are empty where nothing is
    summed."""

    event: str
    kind: int
    where: tuple[Condition, ...]
    within: timedelta
    value: str = ""
    currency: str = ""
    currency_property: str = ""


def read_goal(document: object, known: Known) -> GoalRule:
    """`known` are the project's events. Raises GoalError."""
    if not isinstance(document, Mapping) or not document.keys() <= NAMES:
        raise GoalError({"event": UNREADABLE})
    faults: dict[str, str] = {}
    happened = _happened(document, known, faults)
    within = _within(document.get("minutes"))
    if within is None:
        faults["minutes"] = NO_TIME
    texts = {name: _text(document, name, faults) for name in ("value", "currency_property")}
    currency = document.get("currency", "")
    if currency != "" and not (isinstance(currency, str) and CURRENCY(currency)):
        faults["currency"] = NO_CURRENCY
    if faults or happened is None or within is None:
        raise GoalError(faults)
    return GoalRule(
        event=happened.event,
        kind=happened.kind,
        where=happened.where,
        within=within,
        currency=currency,
        **texts,
    )


def _happened(document: Any, known: Known, faults: dict[str, str]) -> Happened | None:
    """A rule about an event knows how to say this, and all that may be wrong with it."""
    said = {"event": document.get("event"), "is": "did", "where": document.get("where", [])}
    try:
        condition = events.read(Given(said, "", known))
    except RuleFault as fault:
        faults["event" if fault.path == "event" else "where"] = fault.words
        return None
    return condition if isinstance(condition, Happened) else None


def _text(document: Any, name: str, faults: dict[str, str]) -> str:
    text = document.get(name, "")
    if not isinstance(text, str) or len(text) > LONGEST_NAME or "\0" in text:
        faults[name] = UNREADABLE
        return ""
    return text


def _within(minutes: object) -> timedelta | None:
    if not isinstance(minutes, int) or isinstance(minutes, bool):
        return None
    most = LONGEST_WITHIN // timedelta(minutes=1)
    return timedelta(minutes=minutes) if 1 <= minutes <= most else None
