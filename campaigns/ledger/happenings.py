"""What an event sets off: whoever waits for events is told of new ones, in the transaction that
stores them.

A listener gets many events at once: who did what, and when. It picks the kinds that it waits for,
and only writes down what is to be done about them: the transaction that stores the events of a
thousand people goes on after it. Each event is told once, as it is stored once. Listeners stand in
rooms above the ledger, so their paths are registered when the apps are ready, each with that of
what it waits for, for whoever has a short way where nobody does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Happening:
    """`properties` is JSON of the values, without line ends."""

    kind_id: int
    at: datetime
    fingerprint: int
    profile_id: int
    properties: str
    values: Mapping[str, Any]


Listener = Callable[[Sequence[Happening]], None]
_listeners: dict[str, str] = {}


def register(listener: str, *, awaits: str = "") -> None:
    """`listener` is the dotted path of a Listener, `awaits` that of SQL which says whether it waits
    for events of {kind}. Without, it waits for all."""
    _listeners[listener] = awaits


def tell(happenings: Sequence[Happening]) -> None:
    for path in _listeners:
        listener: Listener = import_string(path)
        listener(happenings)


def is_awaited() -> bool:
    return bool(_listeners)


def awaiting(kind: str) -> str:
    """SQL: whether anybody waits for events of that kind."""
    conditions = [import_string(awaits) if awaits else "true" for awaits in _listeners.values()]
    return " OR ".join(condition.format(kind=kind) for condition in conditions) or "false"
