"""An event's condition in the form: how often, when, and rows of its own for its properties."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from campaigns.admin.audience.segment_inputs import (
    OPERATORS,
    SET,
    Choices,
    Input,
    given_number,
    given_values,
    given_when,
    typed_field,
    value_fields,
    when_fields,
)
from campaigns.audience.segments.conditions.events import MOST_WHERE, TIMES, WHERE
from campaigns.audience.segments.given import Known, KnownEvent
from campaigns.models import PropertyType
from campaigns.models.event import IN_WORDS

TOTALS = ("sum", "average")
NUMBERS_COMPARED = [one for one in OPERATORS["number"] if one not in SET]


def event_of(member: Mapping[str, Any], known: Known) -> KnownEvent:
    return known.events.get(member.get("event", ""), KnownEvent(0))


def event_fields(operator: str, member: Mapping[str, Any], known: Known) -> list[Input]:
    asked, *ends = when_fields(member, may_end=True)
    if operator == "first":
        asked = replace(asked, choices=[("", "Choose when…"), *asked.choices[1:]])
    fields = [asked, *ends]
    if operator in TIMES:
        return [typed_field(member, "times", "How many times"), *fields]
    if operator in TOTALS:
        return [*_total_fields(member, event_of(member, known)), *fields]
    return fields


def _total_fields(member: Mapping[str, Any], event: KnownEvent) -> list[Input]:
    names = sorted(name for name, kind in event.properties if kind == PropertyType.NUMBER)
    choices = [("", "Choose…"), *((name, name) for name in names)]
    asked = Input("property", "Of which number", str(member.get("property", "")), choices=choices)
    that = member.get("that") or {}
    compared = that.get("is", NUMBERS_COMPARED[0][0])
    how = Input("that", "that", compared, choices=NUMBERS_COMPARED, asks_again=True)
    return [asked, how, *value_fields("number", compared, that)]


def where_subjects(event: KnownEvent) -> list[tuple[str, Choices]]:
    """A name that came with two types stands there twice, each with its type."""
    names = [name for name, _ in event.properties]
    found = []
    for name, kind in sorted(event.properties):
        label = IN_WORDS.get(name, name)
        typed = f"{label} ({kind.label})" if names.count(name) > 1 else label
        found += [(f"{kind}:{name}", typed)] if kind in WHERE else []
    return [("Its properties", found)] if found else []


def takes_where(member: Mapping[str, Any], known: Known) -> bool:
    """Whether another row can be added."""
    is_full = len(member.get("where", ())) >= MOST_WHERE
    return member.get("on") == "event" and not is_full and bool(event_of(member, known).properties)


def given_event(name: str, given: Mapping[str, str], where: Iterable[dict[str, Any]]) -> Any:
    """The condition, as its fields say."""
    operators = [key for key, _ in OPERATORS["event"]]
    operator = given["is"] if given.get("is") in operators else operators[0]
    made: dict[str, Any] = {"on": "event", "event": name, "is": operator}
    if operator in TIMES:
        made["times"] = given_number(given.get("times", ""))
    if operator in TOTALS:
        compared = given.get("that") or NUMBERS_COMPARED[0][0]
        made["property"] = given.get("property", "")
        made["that"] = {"is": compared, **given_values("number", compared, given)}
    rows = list(where)
    return {**made, **given_when(given), **({"where": rows} if rows else {})}


def given_where(given: Mapping[str, str]) -> dict[str, Any]:
    kind, _, name = given.get("subject", "").partition(":")
    if kind not in WHERE:
        return {}
    operators = [key for key, _ in OPERATORS[kind]]
    operator = given["is"] if given.get("is") in operators else operators[0]
    made = {"on": kind, "property": name, "is": operator}
    return {**made, **given_values(kind, operator, given)}
