"""What CleverTap's query language asks of one event → the rule of a segment that asks the same."""

import re
from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Any

from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import VERSION, Group
from providers.api.bodies import read_fields
from providers.api.problems import Problem, WrongPart
from providers.models import Project

FIELDS = {"event_name": str, "from": int, "to": int, "event_properties": list, "props": list}
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


def read_query(body: Mapping[str, Any]) -> dict[str, Any]:
    """The condition of a rule. Raises Problem, which names what Kabootar does not know of it."""
    given = read_fields(body, FIELDS, needed=["event_name", "from", "to"])
    where = [_where(each, n) for n, each in enumerate(given.get("event_properties", ()))]
    where += [_where(each, n) for n, each in enumerate(given.get("props", ()))]
    between = [_day(given[name], name).isoformat() for name in ("from", "to")]
    condition = {"on": "event", "event": given["event_name"], "is": "did"}
    condition |= {"when": {"between": between}}
    return condition | ({"where": where} if where else {})


def rule_of(project: Project, condition: Mapping[str, Any]) -> Group | None:
    """None where no such event ever came in. Raises Problem."""
    known = known_of(project)
    names = {"".join(name.casefold().split()): name for name in known.events}
    name = names.get("".join(condition["event"].casefold().split()))
    if name is None:
        return None
    document = {"version": VERSION, "match": "all", "conditions": [{**condition, "event": name}]}
    try:
        return read_rule(document, known)
    except RuleRefused as refused:
        raise Problem(HTTPStatus.BAD_REQUEST, "body.wrong", str(refused)) from None


def _day(given: int, name: str) -> date:
    text = str(given)
    try:
        if re.fullmatch(r"\d{8}", text, re.ASCII):
            return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueError:
        pass
    raise _wrong(name, NO_DAY)


def _where(given: object, number: int) -> dict[str, Any]:
    path = f"event_properties.{number}"
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise _wrong(path, NO_PROPERTY)
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
    raise _wrong(path, NO_PROPERTY)


def _wrong(path: str, detail: str) -> Problem:
    part = WrongPart(path, "wrong_value", detail)
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "body.wrong",
        "The query is not one that is known here.",
        errors=[part],
    )
