"""A rule's document → the rule, or everything that is wrong with it, each with its place.

{"version": 1, "match": "all", "conditions": [
    {"on": "text", "property": "City", "is": "equals", "value": "Pune"},
    {"match": "any", "conditions": […]}]}
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from campaigns.audience.segments.conditions import KINDS
from campaigns.audience.segments.given import Given, Known, RuleFault
from campaigns.audience.segments.rules import (
    DEEPEST,
    MOST_CONDITIONS,
    VERSION,
    Condition,
    Group,
    Person,
    Statement,
)
from providers.refusals import Refusal

LONGEST_DOCUMENT = 500_000  # characters of JSON
EMPTY_GROUP = "This group has no condition yet. Add one, or remove the group."
DEEPEST_INSIDE = 10  # segments in segments
MOST_IN_ALL = 200  # conditions, with those of the segments that it names
# Conditions of events' own properties, with those of the segments. PostgreSQL plans each anew for
# every month of events: 250 of them took a gigabyte of its memory, before anybody was looked at.
MOST_OF_EVENTS = 30


class RuleRefused(Refusal):
    """What is wrong with a rule; `faults` say it each at its place."""

    code = "segment.rule"

    def __init__(self, faults: list[RuleFault]) -> None:
        super().__init__(" ".join(dict.fromkeys(fault.words for fault in faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class InSegment(Condition):
    """In another segment, or not: its rule as it is at the moment of use."""

    name: str
    rule: Group
    is_in: bool

    def sql(self, statement: Statement) -> str:
        inner = self.rule.sql(statement)
        return inner if self.is_in else f"NOT {inner}"

    def holds(self, person: Person) -> bool:
        return self.rule.holds(person) == self.is_in

    def words(self) -> str:
        return f"they are {'' if self.is_in else 'not '}in the segment “{self.name}”"


def read_rule(document: object, known: Known) -> Group:
    """Raises RuleRefused."""
    reader = _Reader(known, faults=[])
    group = reader.rule(document)
    if reader.faults:
        raise RuleRefused(reader.faults)
    return group


class _Reader:
    def __init__(
        self, known: Known, *, faults: list[RuleFault], count: int = 0, of_events: int = 0
    ) -> None:
        self.known, self.faults, self.count, self.of_events = known, faults, count, of_events

    def rule(self, document: object) -> Group:
        if not isinstance(document, dict):
            return self._fault("", "A rule is a JSON object.")
        if document.get("version") != VERSION or document.get("version") is True:
            return self._fault("version", f"This must be {VERSION}: we know no other version.")
        if not _is_short(document):
            return self._fault("", f"A rule may have {LONGEST_DOCUMENT:,} characters.")
        if _count(document) > MOST_CONDITIONS:
            words = f"A rule may have at most {MOST_CONDITIONS} conditions."
            return self._fault("conditions", words)
        return self._group({k: v for k, v in document.items() if k != "version"}, "", depth=1)

    def _fault(self, path: str, words: str) -> Group:
        self.faults.append(RuleFault(path, words))
        return Group("all", ())

    def _group(self, raw: dict[str, Any], path: str, *, depth: int) -> Group:
        given = Given(raw, path, self.known)
        if depth > DEEPEST:
            return self._fault(path, f"Groups may stand at most {DEEPEST} deep in each other.")
        try:
            match, members = given.choice("match", ["all", "any"]), given.take("conditions")
            given.end()
            if not isinstance(members, list):
                raise given.fault("conditions", "This must be a list of conditions.")
            if depth > 1 and not members:
                raise given.fault("conditions", EMPTY_GROUP)
        except RuleFault as fault:
            return self._fault(fault.path, fault.words)
        read = [
            self._member(member, f"{given.at('conditions')}.{index}", depth=depth)
            for index, member in enumerate(members)
        ]
        return Group(match, tuple(read))

    def _member(self, raw: object, path: str, *, depth: int) -> Condition:
        if not isinstance(raw, dict):
            return self._fault(path, "A condition is a JSON object.")
        if "conditions" in raw:
            return self._group(raw, path, depth=depth + 1)
        given = Given(raw, path, self.known)
        try:
            condition = self._condition(given)
            given.end()
        except RuleFault as fault:
            return self._fault(fault.path, fault.words)
        return condition

    def _condition(self, given: Given) -> Condition:
        self.count += 1
        if self.count > MOST_IN_ALL:
            words = f"With the segments in it, it has more than {MOST_IN_ALL} conditions."
            raise RuleFault(given.path, words)
        where = given.raw.get("where")
        self.of_events += len(where) if isinstance(where, list) else 0
        if self.of_events > MOST_OF_EVENTS:
            words = (
                f"With the segments in it, it asks for more than {MOST_OF_EVENTS} properties of"
                " events. Ask for fewer."
            )
            raise RuleFault(given.path, words)
        kinds: dict[str, Callable[[Given], Condition]] = {**KINDS, "segment": self._segment}
        return kinds[given.choice("on", kinds)](given)

    def _segment(self, given: Given) -> Condition:
        number = given.one_of("segment", self.known.segments, "segment")
        is_in = given.choice("is", ["in", "not_in"]) == "in"
        name, document = self.known.segments[number]
        if number in self.known.inside:
            circle = (*self.known.inside[self.known.inside.index(number) :], number)
            names = " → ".join(f"“{self.known.segments[one][0]}”" for one in circle)
            raise given.fault("segment", f"A segment can't contain itself: {names}.")
        if len(self.known.inside) >= DEEPEST_INSIDE:
            words = f"Segments may stand at most {DEEPEST_INSIDE} deep in each other."
            raise given.fault("segment", words)
        inner = replace(self.known, inside=(*self.known.inside, number))
        reader = _Reader(inner, faults=[], count=self.count, of_events=self.of_events)
        rule = reader.rule(document)
        self.count, self.of_events = reader.count, reader.of_events
        if reader.faults:
            raise given.fault("segment", f"“{name}”: {reader.faults[0].words}")
        return InSegment(name, rule, is_in)


def _is_short(document: object) -> bool:
    """Also what is nested too deep to be written is too long."""
    try:
        return len(json.dumps(document)) <= LONGEST_DOCUMENT
    except (RecursionError, TypeError, ValueError):
        return False


def _count(document: object) -> int:
    """Of conditions, groups don't count; its depth is bounded by its length."""
    waiting, count = [document], 0
    while waiting:
        one = waiting.pop()
        members = one.get("conditions") if isinstance(one, dict) else None
        if isinstance(members, list):
            waiting.extend(members)
        else:
            count += 1
    return count
