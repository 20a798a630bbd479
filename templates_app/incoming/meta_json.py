"""Meta's component JSON: one template, a list of them, or an answer of Meta's that holds a list.

Takes what other tools wrap around it too. Nothing is corrected: the components are kept as they
came, so that the rules judge what is really there.
"""

from collections.abc import Mapping

from providers.gateway.redaction import storable_text
from templates_app.incoming.found import (
    MOST,
    Found,
    Haul,
    IncomingError,
    Refused,
    language_called,
    plain_name,
    sorted_out,
    status_called,
)
from templates_app.incoming.json_text import broken_at, is_storable, read_any_json
from templates_app.incoming.unwrapping import templates_in

UNSTORABLE = "A character in it is broken off, or a number has no end. Copy this template again."


def read_json(text: str, *, fallback_name: str = "") -> Haul:
    """`fallback_name` is for a single template without a name of its own. Raises IncomingError."""
    try:
        # A NUL that slipped in is no reason to refuse a whole list.
        document = read_any_json(text.replace("\\u0000", ""))
    except ValueError as error:
        raise IncomingError(
            f"This is no readable JSON{broken_at(error)}. Copy it again, from the first brace to "
            "the last."
        ) from None
    items = [_read(raw, fallback_name) for raw in templates_in(document)]
    if not items:
        raise IncomingError(
            "No template is in here. It should have a name, a language and components, as Meta "
            "and Gupshup give them out."
        )
    if len(items) > MOST:
        raise IncomingError(f"That is more than {MOST:,} templates. Bring them in in parts.")
    return sorted_out(items)


def _read(raw: object, fallback_name: str) -> Found | Refused:
    if not isinstance(raw, Mapping):
        label = storable_text(str(raw), characters=80)
        return Refused(label, "This is no template: it has no components.")
    name = plain_name(_word(raw, "name", "elementName", "element_name")) or fallback_name
    if not is_storable(raw):
        return Refused(storable_text(name, characters=80) or "no name", UNSTORABLE)
    if not isinstance(raw.get("components"), list):
        return Refused(name[:80] or "no name", "This is no template: it has no components.")
    return Found(
        name=name,
        language=language_called(_language(raw)),
        category=_word(raw, "category").upper()[:20],
        content={"components": raw["components"]},
        status=status_called(_word(raw, "status")),
        reason=_reason(raw),
        vendor_id=_word(raw, "id", "template_id", "templateId")[:40],
    )


def _language(raw: Mapping[str, object]) -> str:
    language = raw.get("language")
    if isinstance(language, Mapping):
        return _word(language, "code")
    return _word(raw, "language", "languageCode", "language_code")


def _reason(raw: Mapping[str, object]) -> str:
    """Meta gives NONE where there is none."""
    reason = _word(raw, "rejected_reason", "rejectedReason", "reason")
    return "" if reason.upper() == "NONE" else reason


def _word(raw: Mapping[str, object], *keys: str) -> str:
    """The first of these that is there, as text."""
    for key in keys:
        value = raw.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""
