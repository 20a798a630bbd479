"""What CleverTap's query language asks of people → the rule of a segment that asks the same.

What is asked besides is refused and named: to ignore it would find other people than are meant.
"""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any

from campaigns.audience.segments.given import Known
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import VERSION, Group
from campaigns.audience.segments.spans import FIRST_YEAR, LAST_YEAR
from providers.api.bodies import read_fields
from providers.api.problems import Problem, WrongPart
from providers.models import Project

OF_EVENTS = {"event_name": str, "from": int, "to": int, "event_properties": list, "props": list}
BESIDE = {"common_profile_properties": dict, "advanced_query": dict}
MOST_DEEDS = 20
_TEXTS = {
    "equals": "equals",
    "not_equals": "does_not_equal",
    "contains": "contains",
}
_NUMBERS = {
    "equals": "equals",
    "not_equals": "does_not_equal",
    "greater_than": "more",
    "greater_than_equals": "at_least",
    "less_than": "less",
    "less_than_equals": "at_most",
}
_FLAGS = {"True": "yes", "False": "no"}
NO_DAY = "It is no day like 20260131."
NO_PROPERTY = "It is no property with a name, an operator and a value that Kabootar compares."
NOT_BEFORE = "Query parse failure - The from date cannot be after the to date"
NOBODY_ASKED = "It asks for nothing: give an event, or profile_fields."
NO_OBJECT = "It is no object."

Condition = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """Conditions of a rule, all of which hold; events by the names that were given."""

    conditions: list[Condition]


def read_query(body: Mapping[str, Any]) -> Query:
    """Raises Problem, which names what Kabootar does not know of it."""
    given = read_fields(body, OF_EVENTS | BESIDE, needed=[])
    events = {name: value for name, value in given.items() if name in OF_EVENTS}
    conditions = [read_event(events)] if events else []
    profile = given.get("common_profile_properties", {})
    fields = read_fields(profile, {"profile_fields": list}, needed=[]).get("profile_fields", [])
    conditions += [_property(each, f"profile_fields.{n}") for n, each in enumerate(fields)]
    advanced = {"did_all": list, "did_none": list}
    for name, deeds in read_fields(given.get("advanced_query", {}), advanced, needed=[]).items():
        conditions += _deeds(name, deeds)
    if not conditions:
        raise wrong("event_name", NOBODY_ASKED)
    return Query(conditions)


def read_event(body: Mapping[str, Any], *, did: bool = True) -> Condition:
    """Raises Problem."""
    given = read_fields(body, OF_EVENTS, needed=["event_name", "from", "to"])
    where = [
        _property(each, f"{name}.{n}")
        for name in ("event_properties", "props")
        for n, each in enumerate(given.get(name, ()))
    ]
    first, last = (day_of(given[name], name) for name in ("from", "to"))
    if first > last:
        raise wrong("from", NOT_BEFORE)
    condition = {"on": "event", "event": given["event_name"], "is": "did" if did else "did_not"}
    condition |= {"when": {"between": [first.isoformat(), last.isoformat()]}}
    return condition | ({"where": where} if where else {})


def document_of(project: Project, query: Query) -> dict[str, Any] | None:
    """The rule as a segment keeps it; None where it asks for an event that never came in."""
    return _document(query.conditions, known_of(project))


def rule_of(project: Project, query: Query) -> Group | None:
    """As `document_of`. Raises Problem."""
    known = known_of(project)
    document = _document(query.conditions, known)
    if document is None:
        return None
    try:
        return read_rule(document, known)
    except RuleRefused as refused:
        raise Problem(HTTPStatus.BAD_REQUEST, "body.wrong", str(refused)) from None


def _document(conditions: Iterable[Condition], known: Known) -> dict[str, Any] | None:
    """Who is not to have done what nobody ever did is everybody."""
    names = {_folded(name): name for name in known.events}
    kept = []
    for condition in conditions:
        if condition["on"] != "event":
            kept.append(condition)
        elif (name := names.get(_folded(condition["event"]))) is not None:
            kept.append({**condition, "event": name})
        elif condition["is"] == "did":
            return None
    return {"version": VERSION, "match": "all", "conditions": kept}


def _folded(name: str) -> str:
    return "".join(name.casefold().split())


def _deeds(name: str, deeds: list[Any]) -> list[Condition]:
    path = f"advanced_query.{name}"
    if len(deeds) > MOST_DEEDS:
        raise wrong(path, f"It holds more than {MOST_DEEDS} events.")
    if not all(isinstance(deed, dict) for deed in deeds):
        raise wrong(path, NO_OBJECT)
    return [read_event(deed, did=name == "did_all") for deed in deeds]


def day_of(given: int, name: str) -> date:
    """Raises Problem."""
    text = str(given)
    if re.fullmatch(r"\d{8}", text, re.ASCII) and FIRST_YEAR <= given // 10_000 <= LAST_YEAR:
        with suppress(ValueError):
            return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    raise wrong(name, NO_DAY)


def _property(given: object, path: str) -> Condition:
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise wrong(path, NO_PROPERTY)
    told = {"property": given["name"]}
    match given.get("operator"), given.get("value"):
        case "equals", ("True" | "False" | True | False) as flag:
            return told | {"on": "boolean", "is": _FLAGS[str(flag)]}
        case str(operator), str(text) if operator in _TEXTS:
            return told | {"on": "text", "is": _TEXTS[operator], "value": text}
        case str(operator), (int() | float()) as value if operator in _NUMBERS:
            return told | {"on": "number", "is": _NUMBERS[operator], "value": value}
        case "between", [int() | float() as least, int() | float() as most]:
            return told | {"on": "number", "is": "between", "from": least, "to": most}
    raise wrong(path, NO_PROPERTY)


def wrong(path: str, detail: str) -> Problem:
    part = WrongPart(path, "wrong_value", detail)
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "body.wrong",
        "The query is not one that is known here.",
        errors=[part],
    )
