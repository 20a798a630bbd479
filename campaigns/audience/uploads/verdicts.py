"""What becomes of each record of an upload."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from providers.refusals import Refusal


class Outcome(StrEnum):
    STORED = "stored"
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"  # it was there already
    IGNORED = "ignored"  # somebody has switched this event off
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`left_out`: properties that are not kept, each with the reason; the rest of the record is."""

    outcome: Outcome
    code: str = ""
    reason: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)


class RecordRefused(Refusal):
    """Why a record is not taken, in a sentence for whoever sent it."""

    code = "record.refused"

    @property
    def verdict(self) -> Verdict:
        return Verdict(Outcome.REFUSED, self.code, str(self))
