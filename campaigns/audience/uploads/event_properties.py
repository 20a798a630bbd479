"""The properties of an event. What can't be kept is left out by itself."""

from collections.abc import Mapping
from typing import Any

from campaigns.audience.imports.values import ValueRefusedError
from campaigns.audience.uploads.typed_values import Properties, dates_in, read_value

MOST_PROPERTIES = 256  # of one event, and of all events of one name
TOO_MANY = f"An event has at most {MOST_PROPERTIES} properties."


def read_properties(given: Mapping[str, Any], *, time_zone: str) -> Properties:
    read, dates = Properties(), dates_in(time_zone)
    for name, value in given.items():
        try:
            typed = read_value(value, dates)
            if typed is not None:
                if len(read.values) >= MOST_PROPERTIES:
                    raise ValueRefusedError(TOO_MANY)
                read.keep(name, typed)
        except ValueRefusedError as problem:
            read.leave_out(name, str(problem))
    return read
