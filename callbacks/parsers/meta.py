"""Meta's own envelope: `entry`, its `changes`, and in their `value` the statuses and messages.

Each becomes the element that Gupshup makes of it, so that both are read by the same code.
"""

from collections.abc import Iterator

from callbacks.parsers.values import Fields, word

MESSAGES = "messages"


def elements_of(entry: list[object]) -> list[object]:
    return [element for change in _changes(entry) for element in _elements(change)]


def _changes(entry: list[object]) -> Iterator[Fields]:
    for one in _objects(entry):
        yield from _objects(one.get("changes"))


def _elements(change: Fields) -> Iterator[object]:
    value = change.get("value")
    if not isinstance(value, dict):
        return
    if word(change.get("field")) not in (None, MESSAGES):
        yield {**value, "field": change["field"]}
        return
    yield from map(_report, _objects(value.get("statuses")))
    names = _names(value)
    number = _first(value.get("metadata")).get("display_phone_number")
    for message in _objects(value.get(MESSAGES)):
        sender = message.get("from")
        named = {"name": names.get(str(sender)), "mobile": sender, "waNumber": number}
        yield {**message, **named}


def _report(status: Fields) -> Fields:
    error = _first(status.get("errors"))
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
    return {str(one.get("wa_id")): _first(one.get("profile")).get("name") for one in contacts}


def _first(value: object) -> Fields:
    """The object itself, or the first of a list; an empty one where there is none."""
    return next(_objects(value if isinstance(value, list) else [value]), {})


def _objects(value: object) -> Iterator[Fields]:
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())
