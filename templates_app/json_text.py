"""JSON that somebody gives us, refused where it holds what can be neither stored nor sent."""

import json


def read_json_text(source: str | bytes) -> object:
    """Raises ValueError: for what is no JSON (NaN and Infinity neither), for half characters, which
    have no UTF-8, for NUL, which PostgreSQL keeps in no text, and for nesting without end."""
    try:
        value = json.loads(source, parse_constant=_refuse)
        written = json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if rb"\u0000" in written:
        raise ValueError("NUL in a text")
    return value


def _refuse(constant: str) -> None:
    raise ValueError(constant)
