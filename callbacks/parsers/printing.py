"""Parsed callbacks as plain JSON values, for people who look at them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from callbacks.parsers.facts import Fact, Parsed


def parsed_as_json(parsed: Parsed) -> dict[str, object]:
    return {
        "kind": parsed.kind,
        "facts": [fact_as_json(fact) for fact in parsed.facts],
        "rejected": [asdict(rejected) for rejected in parsed.rejected],
    }


def fact_as_json(fact: Fact) -> dict[str, object]:
    """Absent values are None; `at` is ISO 8601 in UTC with a Z, like 2022-07-19T21:09:19Z. What is
    there seldom is left out where it is not.
    """
    values = _without_seldom(asdict(fact))
    if isinstance(at := values.get("at"), datetime):
        values["at"] = at.isoformat().replace("+00:00", "Z")
    return {"kind": fact.kind, **values}


def _without_seldom(values: dict[str, Any]) -> dict[str, Any]:
    if location := values.get("location"):
        values["location"] = _without(location, "url")
    return _without(values, "referral", "at_is_arrival")


def _without(values: dict[str, Any], *seldom: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value or name not in seldom}
