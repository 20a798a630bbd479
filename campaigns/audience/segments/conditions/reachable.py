"""Whether somebody may be written to now, or the first reason why not, as launching finds it."""

from dataclasses import dataclass

from campaigns.audience.reachability import UNREACHABLE
from campaigns.audience.segments.given import Given
from campaigns.audience.segments.rules import Condition, Person, Statement
from campaigns.models import Reason

SENDABLE = "sendable"
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
        return f"{FIRST_REASON} = {statement.value(self.answer)}"

    def holds(self, person: Person) -> bool:
        reason = person.unreachable
        return (SENDABLE if reason is None else reason.value) == self.answer

    def words(self) -> str:
        if self.answer == SENDABLE:
            return "they can be sent to now"
        return f"they can't be sent to ({Reason(self.answer).label})"


def read(given: Given) -> Condition:
    return Reachability(given.choice("is", [SENDABLE, *(reason.value for reason in UNREACHABLE)]))
