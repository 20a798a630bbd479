"""The references that travel with a message and come back in its callbacks.

Does not look anything up: what a reference names may not exist, or be another project's.
"""

import re
from dataclasses import dataclass
from datetime import datetime

# campaign | epoch seconds | yyyymmdd | message | variant; the last is missing in some callbacks.
_ID, _ATTEMPT = r"([1-9][0-9]{0,17})", r"([0-9]{1,4})"  # what a bigint and a smallint hold
_EXTRA = re.compile(rf"([0-9]{{1,18}})\|[0-9]{{1,19}}\|[0-9]{{1,8}}\|{_ID}(?:\|[0-9]{{1,5}})?")
_MSG_ID = re.compile(rf"{_ID}-{_ATTEMPT}")


@dataclass(frozen=True, slots=True)
class Reference:
    """`attempt` is None where the reference names the message alone, `campaign_id` where it does
    not say of which campaign the message is; 0 is of none."""

    message_id: int
    attempt: int | None = None
    campaign_id: int | None = None


def extra_of(*, message_id: int, campaign_id: int | None, variant: int, at: datetime) -> str:
    """Like 12|1658264893|20220720|9001|0: one per message, the same for every attempt."""
    return f"{campaign_id or 0}|{int(at.timestamp())}|{at:%Y%m%d}|{message_id}|{variant}"


def msg_id_of(message_id: int, attempt: int) -> str:
    return f"{message_id}-{attempt}"


def read_extra(text: str | None) -> Reference | None:
    """None for whatever is not of our form, such as another system's on the same account."""
    match = _EXTRA.fullmatch(text) if text else None
    return Reference(int(match[2]), campaign_id=int(match[1])) if match else None


def read_msg_id(text: str | None) -> Reference | None:
    match = _MSG_ID.fullmatch(text) if text else None
    return Reference(int(match[1]), int(match[2])) if match else None


def reference_of(external_id: str | None) -> Reference | None:
    """Gupshup's id is a number of its own, a dash, and the msg_id that we gave it, if any."""
    return read_msg_id(external_id.partition("-")[2]) if external_id else None
