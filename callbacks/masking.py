"""Log lines about the callback addresses, without the key where it stands in the path."""

import logging
import re

_KEY = re.compile(r"(/gupshup/(?:response|status)/)[^/?\s]+")


class HideCallbackKeys(logging.Filter):
    """Django names the path of every request that it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(argument) for argument in record.args)
        return True


def _masked(argument: object) -> object:
    return _KEY.sub(r"\1•••", argument) if isinstance(argument, str) else argument
