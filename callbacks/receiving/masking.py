"""Log lines without keys: those of callback addresses, and those of programs that somebody has put
into an address."""

import logging
import re

_IN_PATH = re.compile(r"(/gupshup/[^/?\s]*/)[^/?\s]+")
# Wherever else it may stand, as in an address that somebody has mistyped.
_KEY = re.compile(r"\b([A-Z0-9]{3}-)[A-Z0-9]{3}-[A-Z0-9]{4}\.[\w-]+")
_OF_A_PROGRAM = re.compile(r"\b(kb_live_[0-9a-z]{1,12})_?[\w-]*")


class HideCallbackKeys(logging.Filter):
    """Django names the path of every request that it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(argument) for argument in record.args)
        if isinstance(record.msg, str):
            record.msg = _masked(record.msg)
        return True


def _masked(argument: object) -> object:
    return masked(argument) if isinstance(argument, str) else argument


def masked(text: str) -> str:
    """A part that must stand in it is looked for first: every line of the log comes by here."""
    if "/gupshup/" in text:
        text = _IN_PATH.sub(r"\1•••", text)
    if "-" in text:
        text = _KEY.sub(r"\1…•••", text)
    return _OF_A_PROGRAM.sub(r"\1_•••", text) if "kb_live_" in text else text
