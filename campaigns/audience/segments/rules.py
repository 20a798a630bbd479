"""A rule, read: groups of conditions, and what each kind of condition must be able to do."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.segments.many import Many
from campaigns.audience.segments.spans import Clock, Span
from campaigns.models import Reason, State

OfProperties = Callable[[Mapping[str, Any]], bool]

VERSION = 1
MOST_CONDITIONS, DEEPEST = 50, 3


@dataclass(frozen=True, slots=True)
class SentMessage:
    """One message of a campaign to one person. `conversions`: when they reached its goal."""

    campaign: int
    name: str
    state: State
    reason: str
    created_at: datetime
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    clicked_at: datetime | None = None
    replied_at: datetime | None = None
    failed_at: datetime | None = None
    conversions: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Occurred:
    """One event of one person."""

    kind: int
    at: datetime
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """All that a condition may ask of somebody, at the moment of a clock."""

    clock: Clock
    fields: Mapping[str, str]
    properties: Mapping[str, Any]
    unreachable: Reason | None = None
    no_marketing: bool = False
    flags: Mapping[str, bool | None] = field(default_factory=dict)
    lists: frozenset[int] = frozenset()
    messages: tuple[SentMessage, ...] = ()
    events: tuple[Occurred, ...] = ()
    last_inbound_at: datetime | None = None
    window_until: datetime | None = None
    is_unread: bool = False


@dataclass(slots=True)
class Statement:
    """SQL in the making. Conditions are about p, a profile, and b, its phone's block, which is
    joined where `needs_block`. What a rule says enters as parameters alone."""

    clock: Clock
    parameters: dict[str, object] = field(default_factory=dict)
    needs_block: bool = False

    def value(self, value: object) -> str:
        name = f"segment_{len(self.parameters)}"
        self.parameters[name] = value
        return f"%({name})s"

    def within(self, column: str, span: Span) -> str:
        """Of a time that has a column of its own."""
        parts = [f"{column} IS NOT NULL"]
        if span.since is not None:
            parts.append(f"{column} >= {self.value(span.since)}")
        if span.until is not None:
            parts.append(f"{column} < {self.value(span.until)}")
        return " AND ".join(parts)


class Condition(ABC):
    """One thing that is so or not of a person: in SQL and in Python, the same people."""

    @abstractmethod
    def sql(self, statement: Statement) -> str:
        """Of p; never NULL, and no cast of anybody's text."""

    def ids(self, statement: Statement) -> str:
        """SQL by itself: the ids of all in the project of whom it is so."""
        statement.needs_block = False
        where = self.sql(statement)
        join = BLOCK_JOIN if statement.needs_block else ""
        return (
            f"SELECT p.id FROM campaigns_profile p {join}"
            f" WHERE p.project_id = %(project)s AND {where}"
        )

    @abstractmethod
    def holds(self, person: Person) -> bool: ...

    def of_properties(self, clock: Clock) -> OfProperties:
        """The same, to be asked many times, of whom nothing is asked but properties."""
        properties: dict[str, Any] = {}
        person = Person(clock, {}, properties)  # to make one takes longer than to ask it

        def holds(these: Mapping[str, Any]) -> bool:
            properties.clear()
            properties.update(these)
            return self.holds(person)

        return holds

    def among(self, many: Many, clock: Clock) -> set[int]:
        """Of whom of them it is so: their places."""
        is_so = self.of_properties(clock)
        return {place for place, these in enumerate(many.properties) if is_so(these)}

    @abstractmethod
    def words(self) -> str:
        """A clause: “City is “Pune””, “they are in the list “VIP””."""

    def seen(self, person: Person) -> str:  # noqa: ARG002 -- of those who tell more
        """What decided it, in words; empty where yes or no says it all."""
        return ""


@dataclass(frozen=True, slots=True)
class Group(Condition):
    """All or any of its members; a rule without any is everybody."""

    match: str
    members: tuple[Condition, ...]

    def sql(self, statement: Statement) -> str:
        if not self.members:
            return "true"
        joined = " AND " if self.match == "all" else " OR "
        return "(" + joined.join(member.sql(statement) for member in self.members) + ")"

    def holds(self, person: Person) -> bool:
        if not self.members:
            return True
        every = all if self.match == "all" else any
        return every(member.holds(person) for member in self.members)

    def words(self) -> str:
        joined = " and " if self.match == "all" else " or "
        return joined.join(
            f"({member.words()})"
            if isinstance(member, Group) and len(member.members) > 1
            else member.words()
            for member in self.members
        )
