"""Whether somebody may be written to now, or the first reason why not, as launching finds it. Who
stopped marketing in WhatsApp may be, with other than marketing."""

from dataclasses import dataclass

from campaigns.audience.reachability import UNREACHABLE
from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, Person, Statement
from campaigns.models import Reason

SENDABLE = "sendable"
NO_MARKETING = Reason.MARKETING_STOPPED.value
FIRST_REASON = (
    "CASE "
    + " ".join(f"WHEN {so} THEN '{reason.value}'" for reason, so in UNREACHABLE.items())
    + f" ELSE '{SENDABLE}' END"
)


@dataclass(frozen=True, slots=True)
class Reachability(Condition):
    answer: str

    def sql(self, statement: Statement) -> str:
        statement.needs_block = True
        if self.answer == NO_MARKETING:
            return f"({FIRST_REASON} = '{SENDABLE}' AND b.marketing_stopped IS TRUE)"
        return f"{FIRST_REASON} = {statement.value(self.answer)}"

    def holds(self, person: Person) -> bool:
        reason = person.unreachable
        if self.answer == NO_MARKETING:
            return reason is None and person.no_marketing
        return (SENDABLE if reason is None else reason.value) == self.answer

    def words(self) -> str:
        if self.answer == SENDABLE:
            return "they can be sent to now"
        if self.answer == NO_MARKETING:
            return "they can be sent to, but no marketing"
        return f"they can't be sent to ({Reason(self.answer).label})"

    def seen(self, person: Person) -> str:
        if person.unreachable is not None:
            return person.unreachable.label
        return "no marketing" if person.no_marketing else "they can be sent to now"


def read(given: Given) -> Condition:
    reasons = [reason.value for reason in UNREACHABLE]
    return Reachability(given.choice("is", [SENDABLE, *reasons, NO_MARKETING]))
