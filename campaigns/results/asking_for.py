"""The people behind a number as a rule, which also finds those who come later."""

from collections.abc import Mapping
from typing import Any

from campaigns.audience.segments.rules import VERSION
from campaigns.models import Campaign
from campaigns.results.people_behind import Behind

# A slice, and what a rule calls it.
_OUTCOMES = {
    "targeted": "targeted",
    "sent": "sent",
    "delivered": "delivered",
    "read": "viewed",
    "clicked": "clicked",
    "replied": "replied",
    "converted": "converted",
    "failed": "failed",
    "suppressed": "suppressed",
}


def rule_of(campaign: Campaign, behind: Behind) -> Mapping[str, Any] | None:
    """None where rules can't ask for it: of one variant, run, button or code, or of what passes."""
    if behind.variant or behind.button or behind.run or behind.code:
        return None
    if behind.slice not in _OUTCOMES:
        return None
    of_it = {"on": "campaign", "campaign": campaign.pk}
    did = {**of_it, "what": _OUTCOMES[behind.slice], "is": "did"}
    if behind.reason:
        did["reason"] = behind.reason
    conditions = [did]
    if behind.but_not:
        conditions.append({**of_it, "what": _OUTCOMES[behind.but_not], "is": "did_not"})
    return {"version": VERSION, "match": "all", "conditions": conditions}
