"""Meta's own envelope: `entry`, its `changes`, and in their `value` the statuses and messages.

Each becomes the element that Gupshup makes of it, so that both are read by the same code.
"""

from collections.abc import Iterator
from itertools import chain

from callbacks.parsers.values import Fields, first_object, word

MESSAGES = "messages"
PREFERENCES = "user_preferences"


def elements_of(entry: list[object]) -> list[object]:
    return [element for change in _changes(entry) for element in _elements(change)]


def _changes(entry: list[object]) -> Iterator[Fields]:
    for one in _objects(entry):
        yield from _objects(one.get("changes"))


def _elements(change: Fields) -> Iterator[object]:
    value = change.get("value")
    if not isinstance(value, dict):
        return
    if word(change.get("field")) not in (None, MESSAGES, PREFERENCES):
        yield {**value, "field": change["field"]}
        return
    yield from map(_report, _objects(value.get("statuses")))
    names = _names(value)
    number = first_object(value.get("metadata")).get("display_phone_number")
    for message in chain(_objects(value.get(MESSAGES)), _notices(value)):
        sender = message.get("from")
        named = {"name": names.get(str(sender)), "mobile": sender, "waNumber": number}
        yield {**message, **named}


def _notices(value: Fields) -> Iterator[Fields]:
    """Of "stop marketing" and "resume", as messages of that type: so Gupshup forwards them."""
    for preference in _objects(value.get(PREFERENCES)):
        about = {name: preference.get(name) for name in ("timestamp", "user_id")}
        yield {
            **about,
            "from": preference.get("wa_id"),
            "type": PREFERENCES,
            PREFERENCES: preference,
        }


def _report(status: Fields) -> Fields:
    error = first_object(status.get("errors"))
    return {
        "externalId": status.get("gs_id") or status.get("id"),
        "eventType": status.get("status"),
        "eventTs": status.get("timestamp"),
        "destAddr": status.get("recipient_id"),
        "extra": status.get("biz_opaque_callback_data"),
        "cause": error.get("title") or error.get("message"),
        "errorCode": error.get("code"),
    }


def _names(value: Fields) -> dict[str, object]:
    contacts = _objects(value.get("contacts"))
    return {str(one.get("wa_id")): first_object(one.get("profile")).get("name") for one in contacts}


def _objects(value: object) -> Iterator[Fields]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())
