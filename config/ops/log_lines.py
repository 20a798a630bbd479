"""Lines of the log, for people or for machines, with what they belong to and without secrets.

Named in the settings, so nothing here may import a model. Secrets are left out at last, of the
whole text, tracebacks too: so whoever writes a line can't forget it.
"""

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from callbacks.receiving.masking import masked
from providers.watch.marks import marks

# A phone number has ten digits or more; our ids have fewer, Gupshup's have many more.
_PHONE = re.compile(r"(?<![\w.+])\+?\d{8,13}(\d{2})(?!\w|\.\d|-\d)")
_SPACED_PHONE = re.compile(r"\+\d{1,3}(?:[ -]?\d){7,11}(\d{2})\b")
# Each begins where a word does and can be read in one way only: strangers write paths of thousands
# of signs into a line, and whoever tries them from every sign on takes seconds.
_NAMED = re.compile(
    r"(?i)((?<!\w)\w*(?:password|passwd|token|secret|authorization|api_?key)|\bauth|\bkey)"
    r"(['\"]?\s*[=:]\s*)(?:(?:bearer|basic)\s+)?('[^']*'|\"[^\"]*\"|[^\s'\"&,;)}]+)"
)
# Of an invitation and of a password link: who reads one in a log could use it.
_LINK = re.compile(r"(/invitation/|/password/new/[^/\s]+/)[\w.-]{16,}")
_IN_ADDRESS = re.compile(r"((?<!\w)\w+://)[^/\s@:]*:[^/\s@]*@")

TEXT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def without_secrets(text: str) -> str:
    """A sign that must stand in it is looked for first, since nearly no line has it, and every call
    of a program writes one."""
    text = masked(text)
    if "://" in text:
        text = _IN_ADDRESS.sub(r"\1•••@", text)
    if "=" in text or ":" in text:
        text = _NAMED.sub(r"\1\2•••", text)
    if "/invitation/" in text or "/password/new/" in text:
        text = _LINK.sub(r"\1•••", text)
    text = _PHONE.sub(r"•••\1", text)
    return _SPACED_PHONE.sub(r"•••\1", text) if "+" in text else text


class RefusedInOneLine(logging.Filter):
    """Who may not, what is not there, what can't be read: the line says so. Django hangs on it the
    way through our code as well, as if something had broken."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.") and 400 <= getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True


class TextLine(logging.Formatter):
    """For a terminal: 2026-01-05 10:00:00,123 INFO campaigns… It began [request=5f run=12]"""

    def __init__(self) -> None:
        super().__init__(TEXT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the library's
        belongs_to = " ".join(f"{name}={value}" for name, value in marks().items())
        line = super().formatMessage(record)
        return f"{line} [{belongs_to}]" if belongs_to else line

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class JsonLine(JsonFormatter):
    """One object a line: time, level, logger, message, exception, and each mark."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", json_ensure_ascii=False)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Of what libraries hang on a record nothing: Django hangs the whole request on it."""
        line = {
            "message": log_data["message"],
            "exception": log_data.get("exc_info"),
            **marks(),
        }
        return {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": log_data["levelname"],
            "logger": log_data["name"],
            **_clean(line),
        }


def _clean(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: without_secrets(value) if isinstance(value, str) else value
        for name, value in line.items()
        if value is not None
    }
