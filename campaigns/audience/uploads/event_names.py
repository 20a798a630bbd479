"""What an event is called, and what makes two names the same."""

import unicodedata
from functools import lru_cache

from campaigns.audience.uploads.verdicts import RecordRefused
from campaigns.models import EventName

LONGEST_NAME = 120
NO_NAME = "There is no name of an event."
LONG = f"The event's name is longer than {LONGEST_NAME} characters."
UNREADABLE = "The event's name has an invisible character in it, or no letter or digit."
OURS = "“{name}” is what becomes of messages, and is written by Kabootar alone. Use another name."


def read_event_name(given: object) -> tuple[str, str]:
    """The name and its key. Raises RecordRefused."""
    if not isinstance(given, str) or not given:
        raise RecordRefused(NO_NAME, code="event.name_missing")
    if len(given) > 2 * LONGEST_NAME:  # not worth remembering
        raise RecordRefused(LONG, code="event.name_too_long")
    return _read(given)


@lru_cache(maxsize=10_000)
def _read(given: str) -> tuple[str, str]:
    name = " ".join(unicodedata.normalize("NFC", given).split())
    key = _key_of(name)
    if not name:
        raise RecordRefused(NO_NAME, code="event.name_missing")
    if max(len(name), len(key)) > LONGEST_NAME:
        raise RecordRefused(LONG, code="event.name_too_long")
    if not name.isprintable() or not any(map(str.isalnum, name)):
        raise RecordRefused(UNREADABLE, code="event.name_unreadable")
    if key in _OURS:
        raise RecordRefused(OURS.format(name=name), code="event.name_reserved")
    return name, key


def _key_of(name: str) -> str:
    return "".join(name.casefold().split())


_OURS = {_key_of(name) for name in EventName.values}
