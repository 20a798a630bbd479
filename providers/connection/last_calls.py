"""When Gupshup last called one of a project's addresses.

Calls are stored in an app to the left of this one; it says here, at start-up, how to look them up.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:  # registering happens before there are models
    from providers.models import Project

Endpoint = Literal["response", "status"]
Reader: TypeAlias = "Callable[[Project, Endpoint], datetime | None]"

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    _readers.append(reader)


def last_call(project: "Project", endpoint: Endpoint) -> datetime | None:
    times = [at for reader in _readers if (at := reader(project, endpoint))]
    return max(times, default=None)
