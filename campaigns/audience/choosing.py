"""Whom a campaign's audience means: any of the lists and segments that it takes, without those that
it leaves out.

Its parts become a rule like a segment's, so that what holds of rules holds of them: what they may
name, how much there may be of it, and that the same people are counted and launched.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.utils.text import capfirst

from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.given import RuleFault
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import VERSION, Condition, Group, Statement
from campaigns.audience.source import EVERYBODY, NOBODY, AudienceSource, members_of
from campaigns.models import AudiencePart, Slice
from providers.models import Project

MOST_PARTS = 25  # the two conditions of a slice that asks what somebody did not do, within a rule's
TOO_MANY = f"Choose at most {MOST_PARTS} segments, lists and campaigns in all."

# What somebody did, and what they did not.
_DID_NOT = {
    Slice.NOT_DELIVERED: (Slice.SENT, Slice.DELIVERED),
    Slice.NOT_VIEWED: (Slice.SENT, Slice.VIEWED),
    Slice.NOT_CLICKED: (Slice.SENT, Slice.CLICKED),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Each condition is of the part in its place."""

    taken: Sequence[Condition] = ()
    left_out: Sequence[Condition] = ()


def source_of_parts(
    project: Project, parts: Sequence[AudiencePart], *, of_everybody: bool
) -> AudienceSource:
    """As of now. Raises RuleRefused."""
    taken, left_out = _sides(parts)
    if not taken and not of_everybody:
        return NOBODY
    if not left_out and (of_everybody or _is_one_list(taken)):
        return EVERYBODY if of_everybody else members_of(taken[0].custom_list_id or 0)
    statement = Statement(clock_of(project))
    chosen = read_parts(project, [*([] if of_everybody else taken), *left_out])
    source = EVERYBODY
    if not of_everybody:
        source = _source_of(chosen.taken, statement)
    gone = _any_of(chosen.left_out, statement)
    return replace(source, left_out=gone, parameters=statement.parameters)


def read_parts(project: Project, parts: Sequence[AudiencePart]) -> Chosen:
    """Raises RuleRefused."""
    sides = [side for side in _sides(parts) if side]
    rule = read_rule(_document(sides), known_of(project))
    groups = [group for group in rule.members if isinstance(group, Group)]
    found = [group.members for group in groups]
    is_left_out = [side[0].is_left_out for side in sides]
    by_side = dict(zip(is_left_out, found, strict=True))
    return Chosen(by_side.get(False, ()), by_side.get(True, ()))


def faults_of(project: Project, parts: Sequence[AudiencePart]) -> list[str]:
    """What keeps it from being used, a sentence each; nobody gets it before that is mended."""
    try:
        read_parts(project, parts)
    except RuleRefused as refused:
        return sentences_of(refused, parts)
    return []


def sentences_of(refused: RuleRefused, parts: Sequence[AudiencePart]) -> list[str]:
    """One for each part that can't be read."""
    sides = [side for side in _sides(parts) if side]
    return list(dict.fromkeys(_in_words(fault, sides) for fault in refused.faults))


def count_parts(project: Project, parts: Sequence[AudiencePart]) -> list[tuple[AudiencePart, int]]:
    """How many people each part finds by itself, now. Raises RuleRefused."""
    if not parts:
        return []
    chosen, statement = read_parts(project, parts), Statement(clock_of(project))
    taken, left_out = _sides(parts)
    counts = ", ".join(
        f"(SELECT count(*) FROM ({condition.ids(statement)}) AS found)"
        for condition in (*chosen.taken, *chosen.left_out)
    )
    with connection.cursor() as cursor:
        known: dict[str, Any] = {**statement.parameters, "project": project.pk}
        cursor.execute(f"SELECT {counts}", known)
        return list(zip([*taken, *left_out], cursor.fetchone(), strict=True))


def _source_of(taken: Sequence[Condition], statement: Statement) -> AudienceSource:
    where = taken[0].sql(statement) if len(taken) == 1 else ""
    return AudienceSource(_any_of(taken, statement), is_rule=True, where=where)


def _any_of(conditions: Iterable[Condition], statement: Statement) -> str:
    """Each is asked by itself, so that a list is read by its members, whatever stands beside it."""
    return " UNION ALL ".join(condition.ids(statement) for condition in conditions)


def _sides(parts: Sequence[AudiencePart]) -> tuple[list[AudiencePart], list[AudiencePart]]:
    taken = [part for part in parts if not part.is_left_out]
    return taken, [part for part in parts if part.is_left_out]


def _is_one_list(parts: Sequence[AudiencePart]) -> bool:
    return len(parts) == 1 and parts[0].custom_list_id is not None


def _document(sides: Iterable[Sequence[AudiencePart]]) -> dict[str, Any]:
    groups = [{"match": "any", "conditions": [_condition(part) for part in side]} for side in sides]
    return {"version": VERSION, "match": "all", "conditions": groups}


def _condition(part: AudiencePart) -> dict[str, Any]:
    if part.custom_list_id is not None:
        return {"on": "list", "list": part.custom_list_id, "is": "in"}
    if part.segment_id is not None:
        return {"on": "segment", "segment": part.segment_id, "is": "in"}
    did, did_not = _DID_NOT.get(Slice(part.slice), (Slice(part.slice), None))
    of_it = {"on": "campaign", "campaign": part.earlier_id}
    first = {**of_it, "what": did.value, "is": "did"}
    if did_not is None:
        return first
    return {
        "match": "all",
        "conditions": [first, {**of_it, "what": did_not.value, "is": "did_not"}],
    }


def _in_words(fault: RuleFault, sides: Sequence[Sequence[AudiencePart]]) -> str:
    """Its place leads to the part: conditions.0.conditions.2.segment."""
    steps = [int(step) for step in fault.path.split(".") if step.isdecimal()]
    if len(steps) < 2:
        return fault.words
    part = sides[steps[0]][steps[1]]
    words = fault.words.removeprefix(f"“{part.segment}”: ")
    return f"{capfirst(str(part))} can't be used until it is mended. {words}"
