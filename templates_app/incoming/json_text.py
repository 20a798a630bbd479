"""JSON that somebody gives us, refused where it holds what can be neither stored nor sent."""

import json


def read_json_text(source: str | bytes) -> object:
    """Raises ValueError for what is no JSON, and for what is_storable refuses."""
    value = read_any_json(source)
    if not is_storable(value):
        raise ValueError("it can't be stored")
    return value


def read_any_json(source: str | bytes) -> object:
    """Raises ValueError for what is no JSON, or nested without end."""
    try:
        return json.loads(source)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def broken_at(error: ValueError) -> str:
    """In words, the line at which the reading stopped, where that is known."""
    return f": it breaks in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""


def is_storable(value: object) -> bool:
    """Not with NaN and Infinity, which are no JSON, with half characters, which have no UTF-8, with
    NUL, which PostgreSQL keeps in no text, nor nested without end."""
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return False
    return rb"\u0000" not in written
