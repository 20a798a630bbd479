"""Why somebody is in a segment or not: each condition with yes or no, and what decided it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from campaigns.audience.segments.facts import people
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import InSegment, RuleRefused, read_rule
from campaigns.audience.segments.rules import Condition, Group, Person
from campaigns.audience.segments.spans import Clock
from campaigns.models import Profile

MOST_SEGMENTS = 200  # that are asked of one person


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


def person_of(profile: Profile, clock: Clock) -> Person:
    return people(profile.project, [profile.pk], clock)[profile.pk]


def segments_of(profile: Profile, clock: Clock) -> Mapping[int, str]:
    """Those that find this person now, with their names; without those that can't be used."""
    known, person = known_of(profile.project), person_of(profile, clock)
    found = {}
    for number, (name, document) in list(known.segments.items())[:MOST_SEGMENTS]:
        try:
            rule = read_rule(document, replace(known, inside=(number,)))
        except RuleRefused:
            continue
        if rule.holds(person):
            found[number] = name
    return found
