"""WhatsApp's own "stop marketing" and "resume": a notice, not a message of the person's."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from callbacks.models import InboundMessage
from campaigns.audience.subscriptions import MarketingWish, set_marketing

PREFERENCES = "user_preferences"
MARKETING = "marketing_messages"
WISHES = {"stop": True, "resume": False}


def obey_preferences(notices: Iterable[InboundMessage]) -> None:
    """Of the phone that it came from, or of the person's id until the number is known."""
    told = [notice for notice in notices if notice.type == PREFERENCES]
    set_marketing([wish for notice in told for wish in _wishes(notice)])


def _wishes(notice: InboundMessage) -> Iterator[MarketingWish]:
    for preference in _preferences(notice.payload):
        stopped = WISHES.get(str(preference.get("value", "")).strip().lower())
        about = str(preference.get("category") or MARKETING)
        if stopped is not None and about == MARKETING and notice.person_key:
            yield MarketingWish(
                project_id=notice.project_id,
                match_key=notice.person_key,
                stopped=stopped,
                at=notice.heard_at,
            )


def _preferences(payload: str) -> list[dict[str, Any]]:
    """Meta's list of them, or one alone."""
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        return []
    rows = found if isinstance(found, list) else [found]
    return [row for row in rows if isinstance(row, dict)]
