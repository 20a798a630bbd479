"""Kinds of exports whose rows lie in an app to the left, which nobody here may import.

It registers its own by a dotted path when the apps are ready, as callbacks does with what people
wrote: `register("inbound", "callbacks.inbox.inbound_file.inbound_content")`.
"""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string

_paths: dict[str, str] = {}


def register(kind: str, path: str) -> None:
    _paths[kind] = path


def from_elsewhere(export: Any) -> Any:
    """The content of an export, made by whoever has its rows."""
    content: Callable[[Any], Any] = import_string(_paths[export.kind])
    return content(export)
