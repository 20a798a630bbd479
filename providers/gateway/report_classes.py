"""What the cause of a delivery report means: whom it concerns, and whether it passes."""

from dataclasses import dataclass
from enum import StrEnum


class ReportClass(StrEnum):
    OK = "ok"
    TRANSIENT = "transient"
    """Final for this message; another message later may arrive."""
    CAPPED = "capped"
    """Meta's limit of marketing messages for this person: not before 24 hours have passed."""
    RECIPIENT = "recipient"
    """This person can't be reached on WhatsApp."""
    BLOCKED = "blocked"
    """The person doesn't want messages from this business: don't write again."""
    WINDOW_CLOSED = "window_closed"
    CONFIG = "config"
    """Template, sender or account are set up wrongly: everybody would get it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ReportCause:
    """`cause` is Gupshup's name for it; Meta's codes have none."""

    cause: str
    code: str
    report_class: ReportClass
    meaning: str
    way_out: str = ""


# Only a second try of the campaign that takes these people may be promised: of what passes.
LATER = "You can try these people again later, with “Try failed ones again”."
A_DAY_LATER = "Try again after a day or more; trying sooner doesn't help."
