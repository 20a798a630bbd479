"""What somebody did, as events tell it: whether, how often, for the first time, or the sum or the
average of a number in them. Who never did it did it 0 times, with a sum of 0 and no average.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

from campaigns.audience.segments.conditions import dates, numbers, text_lists, texts, yes_no
from campaigns.audience.segments.conditions.numbers import NumberTest, number_of, number_sql
from campaigns.audience.segments.conditions.values import Value, read_value
from campaigns.audience.segments.given import (
    LARGEST_NUMBER,
    Given,
    KnownEvent,
    When,
    read_when,
)
from campaigns.audience.segments.rules import Condition, Occurred, Person, Statement
from campaigns.models import Occurrence, PropertyType

TABLE = Occurrence._meta.db_table
MOST_TIMES, MOST_WHERE = 10_000, 5
WHERE: Mapping[str, Callable[[Given], Condition]] = {
    "text": texts.read,
    "number": numbers.read,
    "boolean": yes_no.read,
    "date": dates.read,
    "texts": text_lists.read,
}


class Measure(Protocol):
    """What is asked of somebody's events that are meant."""

    def sql(self, found: str, statement: Statement) -> str:
        """`found` is FROM … WHERE …, of o, an event of anybody."""

    def holds(self, found: Sequence[Occurred], person: Person) -> bool: ...

    def words(self, event: str) -> str: ...


def _grouped(found: str, having: str, *, for_nobody: bool) -> str:
    """`for_nobody`: also who has no event is meant, so those of whom it is not so are left out."""
    wrong = "NOT " if for_nobody else ""
    groups = f"SELECT o.profile_id {found} GROUP BY o.profile_id HAVING {wrong}({having})"
    return f"{wrong}EXISTS (SELECT 1 FROM ({groups}) g WHERE g.profile_id = p.id)"


def seen(one: Occurred, person: Person) -> Person:
    """Somebody whose properties are the event's, for conditions to look at."""
    return replace(person, properties=one.properties)


@dataclass(frozen=True, slots=True)
class Did:
    did: bool

    def sql(self, found: str, _statement: Statement) -> str:
        return f"{'' if self.did else 'NOT '}EXISTS (SELECT 1 {found} AND o.profile_id = p.id)"

    def holds(self, found: Sequence[Occurred], _person: Person) -> bool:
        return bool(found) == self.did

    def words(self, event: str) -> str:
        return f"they {'did' if self.did else 'never did'} {event}"


@dataclass(frozen=True, slots=True)
class Times:
    operator: str
    wanted: int

    def sql(self, found: str, statement: Statement) -> str:
        having = f"count(*) {TIMES[self.operator][0]} {statement.value(self.wanted)}"
        return _grouped(found, having, for_nobody=self._is_so(0))

    def holds(self, found: Sequence[Occurred], _person: Person) -> bool:
        return self._is_so(len(found))

    def _is_so(self, times: int) -> bool:
        return TIMES[self.operator][2](times, self.wanted)

    def words(self, event: str) -> str:
        times = "time" if self.wanted == 1 else "times"
        return f"they did {event} {TIMES[self.operator][1]} {self.wanted:,} {times}"


TIMES: Mapping[str, tuple[str, str, Callable[[int, int], bool]]] = {
    "at_least": (">=", "at least", lambda have, want: have >= want),
    "at_most": ("<=", "at most", lambda have, want: have <= want),
    "exactly": ("=", "exactly", lambda have, want: have == want),
}


@dataclass(frozen=True, slots=True)
class First:
    """The first that is kept lies in the span."""

    when: When

    def sql(self, found: str, statement: Statement) -> str:
        span = self.when.span(statement.clock)
        having = statement.within("min(o.at)", span)
        if span.until is not None:
            found += f" AND o.at < {statement.value(span.until)}"
        return _grouped(found, having, for_nobody=False)

    def holds(self, found: Sequence[Occurred], person: Person) -> bool:
        first = min((one.at for one in found), default=None)
        return self.when.span(person.clock).holds(first)

    def words(self, event: str) -> str:
        return f"they did {event} for the first time {self.when.words}"


@dataclass(frozen=True, slots=True)
class Total:
    """Numbers so large that no rule could name them don't count: a sum of them has no end."""

    of: Value
    is_average: bool
    test: NumberTest

    def sql(self, found: str, statement: Statement) -> str:
        number = number_sql(self.of, statement)
        rows = (
            f"FROM (SELECT o.profile_id, {number} AS n {found}) o"
            f" WHERE abs(o.n) <= {LARGEST_NUMBER}"
        )
        having = self.test.sql("sum(o.n)", statement, times=self._times)
        return _grouped(rows, having, for_nobody=self._is_so([]))

    @property
    def _times(self) -> str:
        return "count(*)" if self.is_average else "1"

    def holds(self, found: Sequence[Occurred], person: Person) -> bool:
        have = (number_of(self.of, seen(one, person)) for one in found)
        counted = [n for n in have if n is not None and abs(n) <= LARGEST_NUMBER]
        return self._is_so([Fraction(n) for n in counted])

    def _is_so(self, found: Sequence[Fraction]) -> bool:
        if self.is_average:
            return self.test.holds(sum(found, Fraction()) / len(found) if found else None)
        return self.test.holds(sum(found, Fraction()))

    def words(self, event: str) -> str:
        which = "average" if self.is_average else "sum"
        return f"the {which} of {self.of.label} over {event} {self.test.words}"


@dataclass(frozen=True, slots=True)
class Happened(Condition):
    event: str
    kind: int
    measure: Measure
    where: tuple[Condition, ...] = ()
    when: When | None = None

    def sql(self, statement: Statement) -> str:
        return self.measure.sql(self.found(statement), statement)

    def found(self, statement: Statement) -> str:
        """FROM … WHERE …, of o, an event of anybody that is meant."""
        parts = [f"o.kind_id = {statement.value(self.kind)}"]
        if self.when is not None:
            parts.append(statement.within("o.at", self.when.span(statement.clock)))
        parts += [condition.sql(statement) for condition in self.where]
        return f"FROM {TABLE} o WHERE {' AND '.join(parts)}"

    def holds(self, person: Person) -> bool:
        found = [one for one in person.events if self.is_meant(one, person)]
        return self.measure.holds(found, person)

    def is_meant(self, one: Occurred, person: Person) -> bool:
        it = seen(one, person)
        is_in_time = self.when is None or self.when.span(person.clock).holds(one.at)
        return (
            one.kind == self.kind
            and is_in_time
            and all(condition.holds(it) for condition in self.where)
        )

    def words(self) -> str:
        said = self.measure.words(f"“{self.event}”")
        when = f" {self.when.words}" if self.when else ""
        where = " and ".join(condition.words() for condition in self.where)
        return f"{said}{when}{f' where {where}' if where else ''}"

    def seen(self, person: Person) -> str:
        """All that are like it, in time or not."""
        ever = replace(self, when=None)
        found = [one.at for one in person.events if ever.is_meant(one, person)]
        if not found:
            return "they never did"
        return f"times: {len(found):,}, the last on {person.clock.in_words(max(found))}"


def read(given: Given) -> Condition:
    name = given.text("event")
    if name not in given.known.events:
        raise given.fault("event", f"There is no event “{name[:120]}”.")
    event = given.known.events[name]
    where = _where(given, event)
    operator, when = given.choice("is", MEASURES), read_when(given)
    if operator == "first":
        if when is None:
            raise given.fault("when", "Say in which span it was the first time.")
        return Happened(name, event.number, First(when), where)
    return Happened(name, event.number, _measure(given, operator, event), where, when)


MEASURES = ["did", "did_not", *TIMES, "first", "sum", "average"]


def _measure(given: Given, operator: str, event: KnownEvent) -> Measure:
    if operator in TIMES:
        least = 1 if operator == "at_least" else 0
        return Times(operator, given.whole("times", least=least, most=MOST_TIMES))
    if operator in ("did", "did_not"):
        return Did(operator == "did")
    inner = _about(given, event, "number")
    value = read_value(inner, PropertyType.NUMBER)
    test = given.dictionary("that", given.take("that"))
    number_test = numbers.read_test(test)
    test.end()
    return Total(value, operator == "average", number_test)


def _about(given: Given, event: KnownEvent, kind: object) -> Given:
    """A property that came with two types is of the one that is asked for."""
    properties = dict(sorted(event.properties, key=lambda one: (one[1] == kind, one)))
    return replace(given, known=replace(given.known, properties=properties, row="o"))


def _where(given: Given, event: KnownEvent) -> tuple[Condition, ...]:
    raw = given.take("where") if given.has("where") else []
    if not isinstance(raw, list) or len(raw) > MOST_WHERE:
        raise given.fault("where", f"This must be a list of at most {MOST_WHERE} conditions.")
    return tuple(_one_where(given, event, f"where.{n}", one) for n, one in enumerate(raw))


def _one_where(given: Given, event: KnownEvent, key: str, raw: object) -> Condition:
    inner = given.dictionary(key, raw)
    inner = _about(inner, event, inner.choice("on", WHERE))
    condition = WHERE[inner.choice("on", WHERE)](inner)
    inner.end()
    return condition
