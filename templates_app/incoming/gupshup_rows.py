"""A template as Gupshup lists it, part by part, → Meta's components."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from providers.gateway.redaction import storable_text
from providers.gateway.template_list import ListedTemplate
from templates_app.incoming.found import (
    Found,
    Haul,
    language_called,
    plain_name,
    sorted_out,
    status_called,
)
from templates_app.incoming.json_text import read_json_text
from templates_app.wording.writing import Json

LONGEST_PART = 100_000
MEDIA_TYPES = frozenset({"IMAGE", "VIDEO", "DOCUMENT"})
LINK = re.compile(r"https?://\S+")
PHONE = re.compile(r"\+?[\d\s().\-]{7,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`kind` is TEXT, IMAGE …; `buttons` each in one of the shapes of button_of."""

    template_id: str
    name: str
    category: str
    language: str
    kind: str
    header: str
    body: str
    footer: str
    buttons: tuple[object, ...]
    status: str
    reason: str = ""


def from_list(templates: Iterable[ListedTemplate]) -> Haul:
    return sorted_out([found_in(_row(listed)) for listed in templates])


def found_in(row: Row) -> Found:
    return Found(
        name=plain_name(row.name),
        language=language_called(row.language),
        category=row.category.strip().upper()[:20],
        content={"components": [*_components(row)]},
        status=status_called(row.status),
        reason=row.reason.strip(),
        vendor_id=row.template_id.strip()[:40],
    )


def _row(listed: ListedTemplate) -> Row:
    def kept(text: str) -> str:
        return storable_text(text, characters=LONGEST_PART)

    return Row(
        template_id=kept(listed.template_id),
        name=kept(listed.name),
        category=kept(listed.category),
        language=kept(listed.language),
        kind=kept(listed.kind),
        header=kept(listed.header),
        body=kept(listed.body),
        footer=kept(listed.footer),
        buttons=_buttons_in(kept(listed.buttons_json)),
        status=kept(listed.status),
    )


def _buttons_in(text: str) -> tuple[object, ...]:
    try:
        listed = read_json_text(text) if text else []
    except ValueError:
        return (text,)
    if isinstance(listed, dict):
        listed = listed.get("buttons", [listed])
    return tuple(listed) if isinstance(listed, list) else (listed,)


def _components(row: Row) -> Iterator[Json]:
    header = _header(row)
    if header:
        yield header
    yield {"type": "BODY", "text": unix_lines(row.body)}
    if row.footer.strip():
        yield {"type": "FOOTER", "text": row.footer.strip()}
    buttons = [button for given in row.buttons if (button := button_of(given))]
    if buttons:
        yield {"type": "BUTTONS", "buttons": buttons}
    if row.kind.strip().upper() == "CAROUSEL":
        # The list does not tell the cards; the rules will ask for them.
        yield {"type": "CAROUSEL", "cards": []}


def _header(row: Row) -> Json | None:
    kind, header = row.kind.strip().upper(), row.header.strip()
    if kind in MEDIA_TYPES:
        sample = {"example": {"header_handle": [header]}} if LINK.fullmatch(header) else {}
        return {"type": "HEADER", "format": kind, **sample}
    if kind == "LOCATION":
        return {"type": "HEADER", "format": kind}
    return {"type": "HEADER", "format": "TEXT", "text": header} if header else None


def button_of(given: object) -> Json | None:
    """A button as Meta writes it, as {"text", "url" …} without a type, or as a line of text."""
    if isinstance(given, str):
        return _button_in_words(given.strip())
    if not isinstance(given, dict):
        return None
    if given.get("type"):
        kind = str(given["type"]).upper()
        return {**given, "type": "PHONE_NUMBER" if kind == "PHONE" else kind}
    if given.get("url"):
        return {**given, "type": "URL"}
    if given.get("phone_number"):
        return {**given, "type": "PHONE_NUMBER"}
    return {**given, "type": "QUICK_REPLY"}


def _button_in_words(text: str) -> Json | None:
    """“Shop | https://a.b/” is a link, “Call us | +91…” a phone, anything else a reply."""
    if not text:
        return None
    if text.startswith("{"):
        inner = _buttons_in(text)
        return button_of(inner[0]) if inner and isinstance(inner[0], dict) else None
    link = LINK.search(text)
    if link:
        return {"type": "URL", "text": _label(text[: link.start()]), "url": link[0]}
    phone = PHONE.search(text)
    if phone and phone.end() == len(text):
        number = re.sub(r"[^\d+]", "", phone[0])
        return {
            "type": "PHONE_NUMBER",
            "text": _label(text[: phone.start()]),
            "phone_number": number,
        }
    return {"type": "QUICK_REPLY", "text": text}


def _label(text: str) -> str:
    return text.strip(" |,:;-\t")


def unix_lines(text: str) -> str:
    r"""The export mixes line ends, even within one: \n\r\n."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
