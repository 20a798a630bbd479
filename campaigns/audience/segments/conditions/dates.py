"""Dates and times. They are kept as texts, 2026-01-31 or 2026-01-31T10:00:00Z, and compared as
such: in this spelling the order of texts is that of time, so nobody's text is ever cast.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from campaigns.audience.segments.conditions.values import IsSet, Value, read_value
from campaigns.audience.segments.given import Given, amount_words, read_amount
from campaigns.audience.segments.rules import Condition, Person, Statement
from campaigns.audience.segments.spans import DAY, Clock, Span
from campaigns.models import PropertyType

A_DAY = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
A_TIME = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
SECOND = timedelta(seconds=1)
MOST_DAYS_AHEAD, MOST_NEXT_DAYS = 365, 31
A_LEAP_YEAR, TURN = 2000, "%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class Dated:
    """The SQL of a value as a day or as a moment: texts, NULL where it is neither."""

    day: str
    moment: str


def dated(value: Value, statement: Statement) -> Dated:
    text = f"({value.text(statement)})"

    def shaped(shape: str) -> str:
        return f"(CASE WHEN {text} ~ '^{shape}$' THEN {text} COLLATE \"C\" END)"

    return Dated(shaped(A_DAY), shaped(A_DAY + A_TIME))


def _either(value: Value, statement: Statement) -> str:
    found = dated(value, statement)
    return f"COALESCE({found.day}, {found.moment})"


def numbers_of(value: Value, person: Person) -> tuple[int, ...] | None:
    """Year, month, day, and for a moment the time: in UTC."""
    text = value.text_of(person) or ""
    if not re.fullmatch(f"{A_DAY}({A_TIME})?", text, re.ASCII):
        return None
    return tuple(int(part) for part in re.findall("[0-9]+", text))


@dataclass(frozen=True, slots=True)
class Within(Condition):
    value: Value
    span: Callable[[Clock], Span]
    said: str

    def sql(self, statement: Statement) -> str:
        span, found = self.span(statement.clock), dated(self.value, statement)
        days = _between(found.day, _text(span.first_day), _text(span.end_day), statement)
        moments = _between(found.moment, _text(span.since), _text(span.until), statement)
        return f"(COALESCE({days}, false) OR COALESCE({moments}, false))"

    def holds(self, person: Person) -> bool:
        found, span = numbers_of(self.value, person), self.span(person.clock)
        if found is None:
            return False
        if len(found) == 3:
            ends = [_numbers(day) for day in (span.first_day, span.end_day)]
        else:
            ends = [_numbers(moment) for moment in (span.since, span.until)]
        return (ends[0] is None or found >= ends[0]) and (ends[1] is None or found < ends[1])

    def words(self) -> str:
        return f"{self.value.label} {self.said}"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


@dataclass(frozen=True, slots=True)
class Anniversary(Condition):
    """The day of the year, whatever the year. 29 February counts on the 28th where a year has no
    29th. A moment counts on the day that the project's clock, as it goes now, shows then."""

    value: Value
    ahead: range  # of days, today is 0

    def _turn(self, clock: Clock) -> "_Turn":
        turns = [self._turn_of(clock, days) for days in self.ahead]
        days = tuple(day for turn in turns for day in turn.days)
        return _Turn(days, turns[0].since, turns[-1].until)

    def _turn_of(self, clock: Clock, days_ahead: int) -> "_Turn":
        day = clock.today + timedelta(days=days_ahead)
        is_short = (day.month, day.day) == (2, 28) and (day + DAY).month == 3
        first = datetime(A_LEAP_YEAR, day.month, day.day, tzinfo=UTC)
        behind = clock.midnight(day).astimezone(clock.zone).utcoffset() or timedelta()
        since = first - behind
        until = since + (2 * DAY if is_short else DAY)
        days = (f"{first:%m-%d}", "02-29") if is_short else (f"{first:%m-%d}",)
        return _Turn(days, f"{since:{TURN}}", f"{until:{TURN}}")

    def sql(self, statement: Statement) -> str:
        found, turn = dated(self.value, statement), self._turn(statement.clock)
        days = statement.value(list(turn.days))
        since, until = statement.value(turn.since), statement.value(turn.until)
        joined = "AND" if turn.since < turn.until else "OR"  # over the end of the year
        time = f"substr({found.moment}, 6)"
        return (
            f"(COALESCE(substr({found.day}, 6) = ANY({days}::text[]), false)"
            f" OR COALESCE({time} >= {since}::text {joined} {time} < {until}::text, false))"
        )

    def holds(self, person: Person) -> bool:
        found, turn = numbers_of(self.value, person), self._turn(person.clock)
        if found is None:
            return False
        if len(found) == 3:
            return f"{found[1]:02}-{found[2]:02}" in turn.days
        time = "{1:02}-{2:02}T{3:02}:{4:02}:{5:02}Z".format(*found)
        if turn.since < turn.until:
            return turn.since <= time < turn.until
        return time >= turn.since or time < turn.until

    def words(self) -> str:
        ahead = amount_words(self.ahead[-1], "days")
        when = "today" if not self.ahead[-1] else f"in {ahead}"
        if len(self.ahead) > 1:
            when = f"in the next {ahead}"
        return f"{self.value.label} has its anniversary {when}"

    def seen(self, person: Person) -> str:
        return self.value.seen(person)


@dataclass(frozen=True, slots=True)
class _Turn:
    """Days of the year, one after the other: by themselves, and their moments in UTC."""

    days: tuple[str, ...]
    since: str
    until: str


def _between(found: str, first: str | None, end: str | None, statement: Statement) -> str:
    parts = [f"{found} IS NOT NULL"]
    if first is not None:
        parts.append(f"{found} >= {statement.value(first)}::text")
    if end is not None:
        parts.append(f"{found} < {statement.value(end)}::text")
    return " AND ".join(parts)


def _text(end: date | datetime | None) -> str | None:
    if isinstance(end, datetime):
        return f"{_whole_second(end):%Y-%m-%dT%H:%M:%SZ}"
    return None if end is None else end.isoformat()


def _numbers(end: date | datetime | None) -> tuple[int, ...] | None:
    if isinstance(end, datetime):
        return tuple(_whole_second(end).timetuple()[:6])
    return None if end is None else (end.year, end.month, end.day)


def _whole_second(moment: datetime) -> datetime:
    """The next one: values have whole seconds, so it separates them as the moment does."""
    whole = moment.astimezone(UTC).replace(microsecond=0)
    return whole + SECOND if moment.microsecond else whole


def read(given: Given) -> Condition:
    value = read_value(given, PropertyType.DATE)
    operator = given.choice("is", [*READERS, *ANNIVERSARIES, "set", "not_set"])
    if operator in READERS:
        return READERS[operator](value, given)
    if operator in ANNIVERSARIES:
        return Anniversary(value, ANNIVERSARIES[operator](given))
    return IsSet(value=value, wanted=operator == "set", sql_of=_either, found_by=numbers_of)


def _one_day(given: Given) -> range:
    if not given.has("in_days"):
        return range(1)
    ahead = given.whole("in_days", least=0, most=MOST_DAYS_AHEAD)
    return range(ahead, ahead + 1)


def _next_days(given: Given) -> range:
    """Today is among them."""
    return range(given.whole("days", most=MOST_NEXT_DAYS) + 1)


ANNIVERSARIES: dict[str, Callable[[Given], range]] = {
    "anniversary": _one_day,
    "anniversary_in_next": _next_days,
}


def _on(value: Value, given: Given) -> Condition:
    day = given.day("value")
    return Within(value, lambda clock: Span.of_days(clock, day, day), f"is on {day}")


def _before(value: Value, given: Given) -> Condition:
    day = given.day("value")
    return Within(value, lambda clock: Span.of_days(clock, None, day - DAY), f"is before {day}")


def _after(value: Value, given: Given) -> Condition:
    day = given.day("value")
    return Within(value, lambda clock: Span.of_days(clock, day + DAY, None), f"is after {day}")


def _from_to(value: Value, given: Given) -> Condition:
    first, last = given.days("values")
    said = f"is between {first} and {last}"
    return Within(value, lambda clock: Span.of_days(clock, first, last), said)


def _relative(
    span: Callable[[Clock, int, str], Span], said: str
) -> Callable[[Value, Given], Condition]:
    def reader(value: Value, given: Given) -> Condition:
        amount, unit = read_amount(given, "amount")
        words = said.format(amount_words(amount, unit))
        return Within(value, lambda clock: span(clock, amount, unit), words)

    return reader


READERS: dict[str, Callable[[Value, Given], Condition]] = {
    "on": _on,
    "before": _before,
    "after": _after,
    "between": _from_to,
    "in_last": _relative(Span.last, "is in the last {}"),
    "earlier_than": _relative(Span.earlier, "is more than {} ago"),
    "in_next": _relative(Span.next, "is in the next {}"),
}
