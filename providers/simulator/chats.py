"""What stands on the customers' phones: the last messages of the people met last, for the page."""

import re
from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from providers.simulator.accounts import Account
from providers.simulator.events import Sent
from providers.simulator.rich_parts import (
    buttons_of,
    media_of,
    parameter,
    part_of,
    read_rich,
    texts_of,
)
from providers.simulator.templates import (
    Card,
    Json,
    Template,
    filled,
    is_dynamic,
    kind_of_button,
    with_end,
)

PEOPLE = 2000
LINES = 50
_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A message of the business where `sent` is set, otherwise of the customer."""

    at: float
    text: str = ""
    sent: Sent | None = None


class Chats:
    def __init__(self) -> None:
        self._people: OrderedDict[tuple[str, str], deque[Line]] = OrderedDict()

    def add(self, account: Account, phone: str, line: Line) -> None:
        key = (account.name, phone)
        lines = self._people.get(key)
        if lines is None:
            lines = self._people[key] = deque(maxlen=LINES)
            if len(self._people) > PEOPLE:
                self._people.popitem(last=False)
        lines.append(line)
        self._people.move_to_end(key)

    def lines(self, account: Account, phone: str) -> list[Line]:
        return list(self._people.get((account.name, phone), ()))

    def last_sent(self, account: Account, phone: str) -> Sent | None:
        lines = reversed(self.lines(account, phone))
        return next((line.sent for line in lines if line.sent is not None), None)

    def find(self, account: Account, phone: str, external_id: str) -> Sent | None:
        sent = (line.sent for line in self.lines(account, phone) if line.sent is not None)
        return next((one for one in sent if one.external_id == external_id), None)

    def people(self) -> list[tuple[str, str, Line]]:
        """Account, phone and last line, the latest first."""
        return [(name, phone, lines[-1]) for (name, phone), lines in reversed(self._people.items())]

    def clear(self) -> None:
        self._people.clear()


def template_of(sent: Sent) -> Template | None:
    template_id = sent.form.get("whatsAppTemplateId")
    if template_id:
        return sent.account.template_called(template_id)
    return sent.account.template_reading(sent.form.get("msg") or sent.form.get("caption") or "")


def message_text(sent: Sent) -> str:
    form = sent.form
    written = form.get("msg") or form.get("caption") or ""
    if written:
        return written
    template = template_of(sent)
    values = _values(form, "var")
    if template is None:
        shown = " · ".join(values) if values else "no values"
        return f"Template {form.get('whatsAppTemplateId', '?')}: {shown}"
    return filled(template.body, values)


def header_text(sent: Sent) -> str:
    template = template_of(sent)
    if "header" in sent.form or template is None:
        return sent.form.get("header", "")
    return filled(template.header, _values(sent.form, "hvar"))


def footer_text(sent: Sent) -> str:
    template = template_of(sent)
    return sent.form.get("footer") or (template.footer if template else "")


def buttons(sent: Sent) -> list[dict[str, str]]:
    """What the person can press: quick replies with their payload, links with their target. A
    code to copy has neither."""
    template, rich = template_of(sent), read_rich(sent.form)
    if template is None:
        return []
    tail = sent.form.get("buttonUrlParam", "")
    return _buttons(template.buttons, rich.buttons if rich else {}, tail=tail)


def offer(sent: Sent) -> dict[str, Any] | None:
    """The title, and when the countdown ends; None for what is no offer."""
    template, rich = template_of(sent), read_rich(sent.form)
    title, ends = template.offer if template else "", rich.ends_ms if rich else None
    return {"title": title, "ends_ms": ends} if title or ends else None


def cards(sent: Sent) -> list[dict[str, Any]]:
    """Each with its file, its text and its buttons. Of a template that is not known here the
    values are all there is to show."""
    template, rich = template_of(sent), read_rich(sent.form)
    known = dict(enumerate(template.cards)) if template else {}
    return [
        _card(given, known.get(number))
        for number, given in sorted((rich.cards if rich else {}).items())
    ]


def _card(given: Sequence[Json], card: Card | None) -> dict[str, Any]:
    kind, link = media_of(part_of(given, "header"))
    values = texts_of(part_of(given, "body"))
    return {
        "kind": kind,
        "media": link,
        "text": filled(card.body, values) if card else " · ".join(values),
        "buttons": _buttons(card.buttons, buttons_of(given), tail="") if card else [],
    }


def _buttons(
    known: Sequence[Json], given: Mapping[int, Json], *, tail: str
) -> list[dict[str, str]]:
    values = {index: parameter(part) for index, part in given.items()}
    return [
        _button(button, values.get(index, tail if is_dynamic(button) else ""))
        for index, button in enumerate(known)
    ]


def link_target(sent: Sent) -> str:
    """Where the message's link leads: its first link button, else the first link in its text."""
    pressable = [*buttons(sent), *(button for card in cards(sent) for button in card["buttons"])]
    targets = [button["target"] for button in pressable]
    links = [target for target in targets if target.startswith("http")]
    if links:
        return str(links[0])
    found = _LINK.search(message_text(sent))
    tail = sent.form.get("buttonUrlParam", "")
    return found[0] if found else f"https://shop.example/{tail}"


def quick_reply(sent: Sent) -> tuple[str, str]:
    """Text and payload of the first quick-reply button."""
    pressable = [*buttons(sent), *(button for card in cards(sent) for button in card["buttons"])]
    for button in pressable:
        if button["payload"]:
            return str(button["text"]), str(button["payload"])
    return "Yes", "Yes"


def _button(button: Json, value: str) -> dict[str, str]:
    kind = kind_of_button(button)
    text, url, number = (str(button.get(key) or "") for key in ("text", "url", "phone_number"))
    if kind == "copy_code":
        return {"text": "Copy offer code", "target": "", "payload": "", "code": value}
    if kind == "quick_reply":
        return {"text": text, "target": "", "payload": value or text}
    target = with_end(url, value) if url else f"tel:{number}"
    return {"text": text, "target": target, "payload": ""}


def _values(form: Mapping[str, str], prefix: str) -> list[str]:
    values: list[str] = []
    while (name := f"{prefix}{len(values) + 1}") in form:
        values.append(form[name])
    return values
