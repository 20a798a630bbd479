"""Why somebody is in a segment or not: each condition with yes or no, and what decided it."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db import connection

from campaigns.audience.reachability import BLOCK_JOIN
from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.facts import people
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import InSegment, RuleRefused, read_rule
from campaigns.audience.segments.rules import Condition, Group, Person, Statement
from campaigns.audience.segments.spans import Clock
from campaigns.models import Profile
from providers.models import Project

MOST_SEGMENTS = 200  # that are asked of one person
MOST_AT_ONCE, MOST_ASKED = 200_000, 2_000_000  # characters of SQL: half a megabyte takes a second


@dataclass(frozen=True, slots=True)
class Answer:
    """Of one condition; a group's and a segment's stand on those of its `members`."""

    words: str
    holds: bool
    seen: str = ""
    members: tuple["Answer", ...] = ()


def explain(condition: Condition, person: Person) -> Answer:
    holds = condition.holds(person)
    match condition:
        case Group(_, []):
            return Answer("Everybody", holds)
        case Group(_, [only]):
            return explain(only, person)
        case Group(match, members):
            words = "All of these hold" if match == "all" else "Any of these holds"
            inside = tuple(explain(member, person) for member in members)
            return Answer(words, holds, members=inside)
        case InSegment(rule=rule):
            return Answer(condition.words(), holds, members=(explain(rule, person),))
        case _:
            return Answer(condition.words(), holds, condition.seen(person))


def person_of(profile: Profile, rule: Group, clock: Clock) -> Person:
    """With what the rule asks of them. Raises TooManyEvents."""
    asked = set(_events_asked(rule))
    return people(profile.project, [profile.pk], clock, kinds=asked)[profile.pk]


def _events_asked(condition: Condition) -> Iterator[int]:
    """By the numbers of their kinds."""
    match condition:
        case Group(_, members):
            for member in members:
                yield from _events_asked(member)
        case InSegment(rule=rule):
            yield from _events_asked(rule)
        case Happened(kind=kind):
            yield kind


def segments_of(profile: Profile, clock: Clock) -> Mapping[int, str]:
    """Those that find this person now, with their names; without those that can't be used. Asked of
    the database, where each condition has a key: somebody may have events by the hundred thousand.
    """
    rules = _usable(profile.project)
    asked = _a_few_at_a_time(rules, clock)
    return {number: rules[number][0] for few in asked for number in _holding(profile, few)}


@dataclass(frozen=True, slots=True)
class _Few:
    """`conditions` by the numbers of the segments."""

    statement: Statement
    conditions: dict[int, str]


def _a_few_at_a_time(rules: Mapping[int, tuple[str, Group]], clock: Clock) -> Iterator[_Few]:
    """All in one statement would be planned in gigabytes of PostgreSQL's memory."""
    few, size, in_all = _Few(Statement(clock), {}), 0, 0
    for number, (_, rule) in rules.items():
        few.conditions[number] = rule.sql(few.statement)
        size += len(few.conditions[number])
        if size >= MOST_AT_ONCE:
            yield few
            in_all += size
            few, size = _Few(Statement(clock), {}), 0
        if in_all >= MOST_ASKED:
            return
    if few.conditions:
        yield few


def _holding(profile: Profile, few: _Few) -> list[int]:
    asked = ", ".join(f"({condition})" for condition in few.conditions.values())
    of_them = f"SELECT ARRAY[{asked}] FROM campaigns_profile p {BLOCK_JOIN} WHERE p.id = %(person)s"
    known: dict[str, Any] = {**few.statement.parameters, "project": profile.project_id}
    with connection.cursor() as cursor:
        cursor.execute(of_them, {**known, "person": profile.pk})
        row = cursor.fetchone()
    answers = row[0] if row else [False] * len(few.conditions)
    return [number for number, is_in in zip(few.conditions, answers, strict=True) if is_in]


def _usable(project: Project) -> Mapping[int, tuple[str, Group]]:
    """By number, with names."""
    known, found = known_of(project), {}
    for number, (name, document) in islice(known.segments.items(), MOST_SEGMENTS):
        with suppress(RuleRefused):
            found[number] = name, read_rule(document, replace(known, inside=(number,)))
    return found
