"""What stands on the customers' phones: the last messages of the people met last, for the page."""

import json
import re
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from providers.simulator.accounts import Account, Template
from providers.simulator.events import Sent

PEOPLE = 2000
LINES = 50
_PLACEHOLDER = re.compile(r"\{\{\s*(\d+)\s*\}\}")
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
    known = sent.account.templates or {}
    return known.get(sent.form.get("whatsAppTemplateId", ""))


def message_text(sent: Sent) -> str:
    form = sent.form
    written = form.get("msg") or form.get("caption")
    if written:
        return written
    template = template_of(sent)
    values = _values(form, "var")
    if template is None:
        shown = " · ".join(values) if values else "no values"
        return f"Template {form.get('whatsAppTemplateId', '?')}: {shown}"
    return _PLACEHOLDER.sub(lambda found: _nth(values, int(found[1])), template.body)


def header_text(sent: Sent) -> str:
    template = template_of(sent)
    if "header" in sent.form or template is None:
        return sent.form.get("header", "")
    values = _values(sent.form, "hvar")
    header = str(template.listed.get("header") or "")
    return _PLACEHOLDER.sub(lambda found: _nth(values, int(found[1])), header)


def footer_text(sent: Sent) -> str:
    template = template_of(sent)
    return sent.form.get("footer") or str(template.listed.get("footer") or "" if template else "")


def buttons(sent: Sent) -> list[dict[str, str]]:
    """What the person can press: quick replies with their payload, links with their target."""
    template = template_of(sent)
    if template is None:
        return []
    payloads = _payloads(sent.form)
    return [
        _button(button, payloads.get(index, ""), sent.form)
        for index, button in enumerate(template.buttons)
    ]


def link_target(sent: Sent) -> str:
    """Where the message's link leads: its first link button, else the first link in its text."""
    targets = [button["target"] for button in buttons(sent)]
    links = [target for target in targets if target.startswith("http")]
    if links:
        return links[0]
    found = _LINK.search(message_text(sent))
    tail = sent.form.get("buttonUrlParam", "")
    return found[0] if found else f"https://shop.example/{tail}"


def quick_reply(sent: Sent) -> tuple[str, str]:
    """Text and payload of the first quick-reply button."""
    for button in buttons(sent):
        if not button["target"]:
            return button["text"], button["payload"]
    return "Yes", "Yes"


def _button(button: Mapping[str, Any], payload: str, form: Mapping[str, str]) -> dict[str, str]:
    text, url, number = (str(button.get(key) or "") for key in ("text", "url", "phone_number"))
    tail = payload or form.get("buttonUrlParam", "")
    if url or number:
        target = _PLACEHOLDER.sub(lambda _: tail, url) or f"tel:{number}"
        return {"text": text, "target": target, "payload": ""}
    return {"text": text, "target": "", "payload": payload or text}


def _payloads(form: Mapping[str, str]) -> dict[int, str]:
    """Index of the button to the payload or address tail that the message gave it."""
    try:
        components = json.loads(form.get("wa_template_json", "{}")).get("components", [])
    except (ValueError, AttributeError):
        return {}
    rows = [row for row in components if isinstance(row, dict) and row.get("type") == "button"]
    return {int(row.get("index", 0)): _parameter(row) for row in rows}


def _parameter(row: Mapping[str, Any]) -> str:
    parameters = row.get("parameters") or [{}]
    return str(parameters[0].get("payload") or parameters[0].get("text") or "")


def _values(form: Mapping[str, str], prefix: str) -> list[str]:
    values: list[str] = []
    while (name := f"{prefix}{len(values) + 1}") in form:
        values.append(form[name])
    return values


def _nth(values: list[str], number: int) -> str:
    return values[number - 1] if 0 < number <= len(values) else "…"
