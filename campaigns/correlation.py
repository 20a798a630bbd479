"""The references that travel with a message and come back in its callbacks.

Does not look anything up: what a reference names may not exist, or be another project's.
"""

import re
from dataclasses import dataclass
from datetime import datetime

# campaign | epoch seconds | yyyymmdd | message | variant; the last is missing in some callbacks.
_EXTRA = re.compile(r"[0-9]{1,19}\|[0-9]{1,19}\|[0-9]{1,8}\|([0-9]{1,19})(?:\|[0-9]{1,5})?")
_MSG_ID = re.compile(r"([0-9]{1,19})-([0-9]{1,5})")

LARGEST_ID = 2**63 - 1  # what a bigint key holds
LARGEST_ATTEMPT = 2**15 - 1


@dataclass(frozen=True, slots=True)
class Reference:
    """`attempt` is None where the reference names the message alone."""

    message_id: int
    attempt: int | None = None


def extra_of(*, message_id: int, campaign_id: int | None, variant: int, at: datetime) -> str:
    """Like 12|1658264893|20220720|9001|0: one per message, the same for every attempt."""
    return f"{campaign_id or 0}|{int(at.timestamp())}|{at:%Y%m%d}|{message_id}|{variant}"


def msg_id_of(message_id: int, attempt: int) -> str:
    return f"{message_id}-{attempt}"


def read_extra(text: str | None) -> Reference | None:
    """None for whatever is not of our form, such as another system's on the same account."""
    match = _EXTRA.fullmatch(text.strip()) if text else None
    return _reference(match[1], None) if match else None


def read_msg_id(text: str | None) -> Reference | None:
    match = _MSG_ID.fullmatch(text.strip()) if text else None
    return _reference(match[1], match[2]) if match else None


def reference_of(external_id: str | None) -> Reference | None:
    """Gupshup's id is a number of its own, a dash, and the msg_id that we gave it, if any."""
    return read_msg_id(external_id.partition("-")[2]) if external_id else None


def _reference(message_id: str, attempt: str | None) -> Reference | None:
    number, attempts = int(message_id), int(attempt) if attempt is not None else None
    if not 0 < number <= LARGEST_ID or (attempts is not None and attempts > LARGEST_ATTEMPT):
        return None
    return Reference(number, attempts)
