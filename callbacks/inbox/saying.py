"""What somebody sent, as a line that people can read, whatever its type is."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from callbacks.models import InboundMessage

HAS_WORDS = {"text", "button"}
# What a form's answer carries beside the answers.
NO_ANSWERS = {"flow_token"}
DEEPEST = 3

Found = Mapping[str, Any]


def said(inbound: InboundMessage) -> str:
    """Its words, or what it is."""
    media = inbound.media or {}
    words = inbound.text or media.get("caption") or media.get("filename") or ""
    if words and inbound.type in {*HAS_WORDS, "interactive"}:
        return words
    if told := _told(inbound):
        return told
    return f"[{inbound.type}] {words}".strip()


def came_from(inbound: InboundMessage) -> str:
    """The ad or post whose button began the talk; empty for who came by themselves."""
    referral = inbound.referral or {}
    what = referral.get("source") or "ad"
    called = referral.get("headline") or referral.get("url") or referral.get("source_id")
    if called:
        return f"Came from the {what} “{called}”"
    return f"Came from an {what}" if referral else ""


def _told(inbound: InboundMessage) -> str:
    if inbound.type in HAS_WORDS:
        return inbound.payload
    if inbound.type == "location" and inbound.location:
        return _place(inbound.location)
    read = _READERS.get(inbound.type)
    return read(_content(inbound.payload), inbound.payload) if read else ""


def _content(payload: str) -> Any:
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def _place(location: Found) -> str:
    named = [location.get("name"), location.get("address")]
    point = f"{location['latitude']}, {location['longitude']}"
    return "Place: " + ", ".join([*filter(None, named), point])


def _interactive(found: Any, payload: str) -> str:
    """A form's answers; of a list's row or a button without a title its id."""
    if not isinstance(found, dict):
        return f"Chose {payload}" if payload else ""
    form = _dict(found.get("nfm_reply"))
    answers = form.get("response_json")
    given = answers if isinstance(answers, dict) else _content(str(answers))
    said = "; ".join(_answers(given)) if isinstance(given, dict) else str(form.get("body") or "")
    return f"Filled in a form: {said}" if said else ""


def _answers(given: Found, *, deep: int = DEEPEST) -> Iterator[str]:
    for name, value in given.items():
        if name not in NO_ANSWERS:
            yield f"{name}: {_plain(value, deep=deep)}"


def _plain(value: Any, *, deep: int) -> str:
    if isinstance(value, dict | list) and not deep:
        return "…"
    if isinstance(value, dict):
        return ", ".join(_answers(value, deep=deep - 1))
    if isinstance(value, list):
        return ", ".join(_plain(one, deep=deep - 1) for one in value)
    return "" if value is None else str(value)


def _order(found: Any, _payload: str) -> str:
    order = _dict(found)
    items = "; ".join(map(_item, _rows(order.get("product_items"))))
    words = [f"Ordered {items}" if items else "Ordered", order.get("text")]
    return ": ".join(str(word) for word in words if word)


def _item(item: Found) -> str:
    many = item.get("quantity") or 1
    price = " ".join(str(item[name]) for name in ("item_price", "currency") if item.get(name))
    return f"{many} × {item.get('product_retailer_id') or '?'}" + (f" at {price}" if price else "")


def _contacts(found: Any, _payload: str) -> str:
    people = "; ".join(filter(None, map(_contact, _rows(found))))
    return f"Contact: {people}" if people else ""


def _contact(contact: Found) -> str:
    name = _dict(contact.get("name"))
    called = name.get("formatted_name") or name.get("first_name")
    phones = [row.get("phone") or row.get("wa_id") for row in _rows(contact.get("phones"))]
    emails = [row.get("email") for row in _rows(contact.get("emails"))]
    return ", ".join(str(one) for one in [called, *phones, *emails] if one)


def _reaction(found: Any, _payload: str) -> str:
    reaction = _dict(found)
    if emoji := reaction.get("emoji"):
        return f"Reacted with {emoji}"
    return "Took a reaction back" if reaction.get("message_id") else ""


def _rows(found: Any) -> list[Found]:
    rows = found if isinstance(found, list) else [found]
    return [row for row in rows if isinstance(row, dict)]


def _dict(found: Any) -> Found:
    return found if isinstance(found, dict) else {}


_READERS: Mapping[str, Callable[[Any, str], str]] = {
    "interactive": _interactive,
    "order": _order,
    "contacts": _contacts,
    "reaction": _reaction,
}
