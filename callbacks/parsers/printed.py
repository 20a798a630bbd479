"""A callback that a person copied from a log or from the documentation, turned into what is sent.
For people who try payloads: whatever Gupshup itself sends is read without this.
"""

import re

# Gupshup's log: … KEYVALUE Forwarding: <address> => headers: … => body: [response:[{…}]]
# Each is found by itself: in one pattern, a long text could keep it busy for hours.
_FORWARDED = re.compile(r"\bForwarding:", re.IGNORECASE)
_BODY = re.compile(r"\bbody:", re.IGNORECASE)
_BODY_AFTER_ARROW = re.compile(r"=>\s*\bbody:", re.IGNORECASE)
_CURL_BODY = re.compile(r"\s(?:-d|--data(?:-raw|-binary|-urlencode)?)[\s=]+'(.*)'", re.DOTALL)
_REMARK = re.compile(r"\\\\|//|#")
_FENCE = "```"  # as chats and issues set code apart, its language behind it
_TYPOGRAPHIC = str.maketrans("“”„‟″", '"""""')
_LOST_COMMA = re.compile(r'(["\d}\]])([ \t]*\r?\n\s*")')


def as_sent(text: str) -> str:
    """The same text where it is no print of a callback."""
    body = _body_of(text)
    if '"' not in body:  # word processors make all quotes so
        body = body.translate(_TYPOGRAPHIC)
    if not body.startswith(("{", "[")):
        return body
    return _LOST_COMMA.sub(r"\1,\2", "\n".join(map(_without_remark, body.splitlines())))


def _without_remark(line: str) -> str:
    """From \\\\, // or # on; where a quote stands behind it, it is in a text and stays."""
    values, quote, rest = line.rpartition('"')
    return values + quote + _REMARK.split(rest, maxsplit=1)[0]


def _body_of(text: str) -> str:
    if begins := _begin_of_logged(text):
        return text[begins:].strip()
    stripped = _out_of_fence(text).strip()
    if stripped.startswith("curl ") and (called := _CURL_BODY.search(stripped)):
        return called[1].strip()
    return stripped


def _out_of_fence(text: str) -> str:
    _before, begin, rest = text.partition(_FENCE)
    inside, end, _after = rest.partition(_FENCE)
    return inside.partition("\n")[2] if begin and end else text


def _begin_of_logged(text: str) -> int | None:
    forwarded = _FORWARDED.search(text)
    body = _BODY.search(text, forwarded.end()) if forwarded else None
    found = (body, _BODY_AFTER_ARROW.search(text))
    return min((one.end() for one in found if one), default=None)
