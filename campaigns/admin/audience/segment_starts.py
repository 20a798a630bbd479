"""Rules to begin with, for whoever faces an empty page."""

from collections.abc import Mapping
from typing import Any


def _all(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "match": "all", "conditions": list(conditions)}


STARTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "never": (
        "Never messaged",
        _all(
            {"on": "reachability", "is": "sendable"},
            {"on": "campaign", "what": "sent", "is": "did_not"},
        ),
    ),
    "viewed": (
        "Viewed, never clicked",
        _all(
            {"on": "campaign", "what": "viewed", "is": "did"},
            {"on": "campaign", "what": "clicked", "is": "did_not"},
        ),
    ),
    "window": (
        "Window open now",
        _all({"on": "conversation", "what": "window_open", "is": "so"}),
    ),
}
