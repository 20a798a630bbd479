"""The kinds of conditions, one file each. A new one is a file and its name here."""

from collections.abc import Callable, Mapping

from campaigns.audience.segments.conditions import (
    conversation,
    countries,
    dates,
    events,
    flags,
    lists,
    messages,
    numbers,
    reachable,
    text_lists,
    texts,
    yes_no,
)
from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition

KINDS: Mapping[str, Callable[[Given], Condition]] = {
    "text": texts.read,
    "number": numbers.read,
    "boolean": yes_no.read,
    "date": dates.read,
    "texts": text_lists.read,
    "country": countries.read,
    "reachability": reachable.read,
    "flag": flags.read,
    "list": lists.read,
    "campaign": messages.read,
    "conversation": conversation.read,
    "event": events.read,
}
