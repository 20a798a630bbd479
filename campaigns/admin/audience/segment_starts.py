"""Rules to begin with, for whoever faces an empty page."""

import re
from collections.abc import Mapping
from typing import Any

from campaigns.audience.segments.given import Known
from campaigns.models import PropertyType

Document = dict[str, Any]
BIRTHDAY = re.compile(r"birth|\bborn\b|\bdob\b", re.IGNORECASE)
# The whole name: “Order cancelled” is no purchase.
BOUGHT = re.compile(
    r"(product )?(order(ed)?|purchased?|bought)( (placed|completed|paid))?|charged", re.IGNORECASE
)


def _all(*conditions: Document) -> Document:
    return {"version": 1, "match": "all", "conditions": list(conditions)}


STARTS: Mapping[str, tuple[str, Document]] = {
    "never": (
        "Never messaged",
        _all(
            {"on": "reachability", "is": "sendable"},
            {"on": "campaign", "what": "sent", "is": "did_not"},
        ),
    ),
    "viewed": (
        "Viewed, never clicked",
        _all(
            {"on": "campaign", "what": "viewed", "is": "did"},
            {"on": "campaign", "what": "clicked", "is": "did_not"},
        ),
    ),
    "window": (
        "Window open now",
        _all({"on": "conversation", "what": "window_open", "is": "so"}),
    ),
}


def starts_of(known: Known) -> Mapping[str, tuple[str, Document]]:
    """Those that a project has the values and events for."""
    return {**STARTS, **_bought(known), **_birthday(known)}


def _bought(known: Known) -> Mapping[str, tuple[str, Document]]:
    name = next(filter(BOUGHT.fullmatch, known.events), None)
    if name is None:
        return {}
    event = {"on": "event", "event": name}
    lately = {**event, "is": "did_not", "when": {"last": 30, "unit": "days"}}
    rule = _all({**event, "is": "did"}, lately)
    return {"bought": ("Bought, but not in 30 days", rule)}


def _birthday(known: Known) -> Mapping[str, tuple[str, Document]]:
    names = [name for name, kind in known.properties.items() if kind == PropertyType.DATE]
    name = next(filter(BIRTHDAY.search, sorted(names)), None)
    if name is None:
        return {}
    week = {"on": "date", "property": name, "is": "anniversary_in_next", "days": 6}
    return {"birthday": ("Birthday this week", _all(week))}
