"""Log lines about the callback addresses, without the key where it stands in the path."""

import logging
import re

_IN_PATH = re.compile(r"(/gupshup/[^/?\s]*/)[^/?\s]+")
# Wherever else it may stand, as in an address that somebody has mistyped.
_KEY = re.compile(r"\b([A-Z0-9]{3}-)[A-Z0-9]{3}-[A-Z0-9]{4}\.[\w-]+")


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
    return _KEY.sub(r"\1…•••", _IN_PATH.sub(r"\1•••", text))
