"""What we know of our talk with somebody's phone."""

from dataclasses import dataclass

from campaigns.audience.segments.given import Given, When, read_when
from campaigns.audience.segments.rules import Condition, Person, Statement
from providers.models import Conversation

TABLE = Conversation._meta.db_table
ASKED = {
    "wrote": ("they wrote to us", "they did not write to us"),
    "window_open": ("their window is open now", "their window is closed now"),
    "unread": ("they wait unread", "they don't wait unread"),
}


@dataclass(frozen=True, slots=True)
class Talk(Condition):
    asked: str
    is_so: bool
    when: When | None = None

    def sql(self, statement: Statement) -> str:
        found = (
            f"SELECT 1 FROM {TABLE} c WHERE c.project_id = %(project)s"
            f" AND c.match_key = p.match_key AND {self._so(statement)}"
        )
        return f"{'' if self.is_so else 'NOT '}EXISTS ({found})"

    def _so(self, statement: Statement) -> str:
        match self.asked:
            case "window_open":
                return f"c.window_until > {statement.value(statement.clock.now)}"
            case "unread":
                return "c.is_unread"
            case _ if self.when is None:
                return "c.last_inbound_at IS NOT NULL"
            case _:
                return statement.within("c.last_inbound_at", self.when.span(statement.clock))

    def holds(self, person: Person) -> bool:
        return self._is_it(person) == self.is_so

    def _is_it(self, person: Person) -> bool:
        match self.asked:
            case "window_open":
                return person.window_until is not None and person.window_until > person.clock.now
            case "unread":
                return person.is_unread
            case _ if self.when is None:
                return person.last_inbound_at is not None
            case _:
                return self.when.span(person.clock).holds(person.last_inbound_at)

    def words(self) -> str:
        said = ASKED[self.asked][0 if self.is_so else 1]
        return f"{said} {self.when.words}" if self.when else said

    def seen(self, person: Person) -> str:
        at = person.window_until if self.asked == "window_open" else person.last_inbound_at
        if self.asked == "unread":
            return ""
        if at is None:
            return "they never wrote"
        said = "until" if self.asked == "window_open" else "they wrote last on"
        return f"{said} {person.clock.in_words(at)}"


def read(given: Given) -> Condition:
    asked = given.choice("what", ASKED)
    is_so = given.choice("is", ["so", "not_so"]) == "so"
    # Only the newest message of somebody is known here, so the span reaches until now.
    return Talk(asked, is_so, read_when(given, may_end=False) if asked == "wrote" else None)
