"""The shapes in which Gupshup's answers come: JSON or text with bars, for one number or several.

Only shapes, no meaning: what an error code stands for is in `codes.py`. Never raises.
"""

import json
from dataclasses import dataclass, field
from typing import Any

LONGEST_CODE = 16
SUCCESS_WORDS = frozenset({"success", "submitted"})
ERROR_WORDS = frozenset({"error"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The verdict on one number. `value` is the message id, or the code of the error."""

    accepted: bool
    value: str
    detail: str = field(default="", repr=False)


def read_entry(text: str) -> Entry | None:
    """None for everything that is not one of the known shapes: the outcome is unknown.

    We name one number in a call, so an answer about several counts only where they agree.
    """
    stripped = text.lstrip("\ufeff").strip()
    entries = _of_json(stripped) if stripped.startswith("{") else _of_text(stripped)
    if not entries or any(entry is None for entry in entries):
        return None
    verdicts = {(entry.accepted, entry.value) for entry in entries if entry is not None}
    return entries[0] if len(verdicts) == 1 else None


def read_object(text: str) -> dict[str, Any] | None:
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def plain_text(value: Any) -> str:
    """Text or a whole number as text; any other type as nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _of_json(text: str) -> list[Entry | None]:
    answer = read_object(text)
    return [] if answer is None else [_entry(row) for row in _rows(answer)]


def _rows(answer: dict[str, Any]) -> list[Any]:
    """The inner list where there is one: the outer status is no verdict on a single number."""
    data = answer.get("data")
    inner = data.get("response_messages") if isinstance(data, dict) else None
    if inner:
        return inner if isinstance(inner, list) else []
    if "response" in answer:
        return [answer["response"]]
    if isinstance(data, dict):
        return [data.get("response", data)]
    return [answer]


def _entry(row: Any) -> Entry | None:
    if not isinstance(row, dict):
        return None
    status = plain_text(row.get("status")).strip().lower()
    detail = plain_text(row.get("details"))
    if status in SUCCESS_WORDS:
        return Entry(accepted=True, value=plain_text(row.get("id")).strip(), detail=detail)
    if status in ERROR_WORDS:
        return Entry(accepted=False, value=_error_code(row), detail=detail)
    return None


def _error_code(row: dict[str, Any]) -> str:
    """It stands in `id`; where that holds something else, in `code`."""
    candidates = [plain_text(row.get(key)).strip() for key in ("id", "code")]
    return next((text for text in candidates if 0 < len(text) <= LONGEST_CODE), "")


def _of_text(text: str) -> list[Entry | None]:
    return [_line_entry(line) for line in text.splitlines() if line.strip()]


def _line_entry(line: str) -> Entry | None:
    """`success | phone | id`, `error | code | details`, `error: code: details`."""
    bar = "|" if "|" in line else ":"
    status, *rest = [part.strip() for part in line.split(bar, 2)]
    if status.lower() in SUCCESS_WORDS and bar == "|" and len(rest) == 2:
        return Entry(accepted=True, value=rest[1])
    if status.lower() in ERROR_WORDS and rest:
        return Entry(accepted=False, value=rest[0][:LONGEST_CODE], detail=" ".join(rest[1:]))
    return None
