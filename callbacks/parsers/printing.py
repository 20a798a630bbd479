"""Parsed callbacks as plain JSON values, for people who look at them."""

from dataclasses import asdict
from datetime import datetime

from callbacks.parsers.facts import Fact, Parsed


def parsed_as_json(parsed: Parsed) -> dict[str, object]:
    return {
        "kind": parsed.kind,
        "facts": [fact_as_json(fact) for fact in parsed.facts],
        "rejected": [asdict(rejected) for rejected in parsed.rejected],
    }


def fact_as_json(fact: Fact) -> dict[str, object]:
    """Absent values are None; `at` is ISO 8601 in UTC with a Z, like 2022-07-19T21:09:19Z."""
    values = asdict(fact)
    if isinstance(at := values.get("at"), datetime):
        values["at"] = at.isoformat().replace("+00:00", "Z")
    return {"kind": fact.kind, **values}
