"""Bytes and query string → JSON value or form fields, whatever the Content-Type says.

The first byte that is no blank decides: `[` or `{` is JSON, else a form; with nothing usable
in the body, the query string. Gzip, multipart and XML are never sent by Gupshup and not read.
"""

import re
from binascii import a2b_qp
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from callbacks.parsers.json_text import NotJson, decoded, end_of_json

MOST_FIELDS = 1_000
MOST_RAW_FIELDS = 20
CALLBACK_KEY = "a"

# Gupshup glues its own parameters with a `?` to an address that has one already.
_GLUED = re.compile(
    r"\?(?=(?:externalId|deliveredTS|status|cause|phoneNo|errCode|noOfFrags|mask|msg_id|extra"
    r"|response|waNumber|mobile|name|text|type|timestamp)=)"
)
# As Gupshup's own log prints a callback, [response:[{…}]], and its documentation: [response=[{…}]]
_LOG_PRINT = re.compile(r'\s*\[?\s*"?response"?\s*[:=]\s*(?=[\[{])')
_BROKEN_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_LONG = 200  # characters; below it one call of unquote_to_bytes is quicker


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the request may mean, likeliest first, and why the body was of no use."""

    candidates: tuple[object, ...]
    problem: str


def decode(body: bytes, *, content_type: str, query: str) -> Decoded:
    text = body.decode("utf-8", "replace").removeprefix("\ufeff").strip()
    from_body, problem = _from_text(text)
    problem = _foreign_format(body, content_type) or problem
    fields = form_fields(_as_sent(query).lstrip("?"), glued=True) if query else {}
    return Decoded(from_body + ((fields,) if fields else ()), problem)


def _from_text(text: str) -> tuple[tuple[object, ...], str]:
    if not text:
        return (), "the request is empty"
    if text[0] not in "[{":
        return _from_form(text), "the body is neither JSON nor a form with known fields"
    try:
        return (decoded(text),), "the body is JSON of an unknown shape"
    except NotJson as error:
        problem = f"the body starts like JSON, but is {error}"
    return _from_form(text), problem


def _from_form(text: str) -> tuple[object, ...]:
    printed = _LOG_PRINT.match(text)
    if printed:
        end = end_of_json(text, printed.end())
        if end is not None and text[end:].strip() in {"", "]"}:
            return ({"response": text[printed.end() : end]},)
    return (form_fields(text),) if "=" in text else ()


def _foreign_format(body: bytes, content_type: str) -> str | None:
    if body.startswith(b"\x1f\x8b"):
        return "the body is compressed with gzip, which is not read"
    if body.startswith(b"--") and "multipart" in content_type.lower():
        return "the body is a multipart form, which is not read"
    if body.lstrip().startswith(b"<"):
        return "the body looks like XML or HTML, which is not read"
    return None


def form_fields(text: str, *, glued: bool = False) -> dict[str, str]:
    """Decoded fields, the last of a name wins, without the callback key.

    A value that is JSON as it stands is taken as it stands, with the `&` and `+` inside it.
    """
    if glued:
        text = _GLUED.sub("&", text, count=1)
    fields: dict[str, str] = {}
    start = 0
    for position in range(MOST_FIELDS):
        end = _or_end(text, text.find("&", start))
        name, _equals, value = text[start:end].partition("=")
        value_start = start + len(name) + 1
        json_end = _json_end(text, value_start) if position < MOST_RAW_FIELDS else None
        if json_end is None:
            value = _unquoted(value)
        else:
            value, end = text[value_start:json_end], json_end
        fields[_unquoted(name).strip()] = value
        start = end + 1
        if start > len(text):
            break
    fields.pop(CALLBACK_KEY, None)
    return fields


def _json_end(text: str, start: int) -> int | None:
    """Where a field's value ends that is JSON as it stands; None where it must be decoded."""
    if not text.startswith(("[", "{"), start):
        return None
    end = end_of_json(text, start)
    return end if end is not None and text[end : end + 1] in {"", "&"} else None


def _or_end(text: str, found: int) -> int:
    return len(text) if found < 0 else found


def _unquoted(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    if len(text) < _LONG or not text.isascii() or _BROKEN_ESCAPE.search(text):
        return unquote_to_bytes(text).decode("utf-8", "replace")
    # Quoted-printable is percent-encoding with another sign, and has a decoder in C.
    printable = text.replace("=", "%3D").replace("%", "=")
    return a2b_qp(printable).decode("utf-8", "replace")


def _as_sent(query: str) -> str:
    """WSGI hands the query's bytes over as Latin-1; a command line hands over proper text."""
    try:
        return query.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return query.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
