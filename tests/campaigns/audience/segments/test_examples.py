"""docs/segments.md says what each operator means; its examples are so."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaigns.audience.segments.conditions import (
    countries,
    dates,
    numbers,
    text_lists,
    texts,
    yes_no,
)
from campaigns.audience.segments.given import Known
from campaigns.audience.segments.reading import read_rule
from campaigns.audience.segments.rules import Person
from campaigns.audience.segments.spans import Clock
from campaigns.models import PropertyType
from tests.campaigns.audience.segments.test_schema import SCHEMA

PAGE = Path(__file__).parents[4] / "docs" / "segments.md"
CLOCK = Clock(datetime(2026, 3, 15, 6, 30, tzinfo=UTC), ZoneInfo("Asia/Kolkata"))
ON = {
    "Texts": "text",
    "Numbers": "number",
    "Yes or no": "boolean",
    "Dates and times": "date",
    "Lists of texts": "texts",
    "Country": "country",
}
CODE = re.compile("`([^`]+)`")


def examples() -> list[tuple[str, str, str, bool]]:
    """Kind, condition, value, whether such a person is in."""
    found = []
    for section in PAGE.read_text().split("\n### ")[1:]:
        title, _, text = section.partition("\n")
        for line in text.split("\n## ")[0].splitlines():
            cells = line.strip("|").split(" | ")
            if line.startswith("|") and CODE.search(cells[1]):
                condition = CODE.findall(cells[1])[0]
                for cell, is_in in ((cells[2], True), (cells[3], False)):
                    found += [(ON[title], condition, value, is_in) for value in CODE.findall(cell)]
    return found


@pytest.mark.parametrize(("on", "condition", "value", "is_in"), examples())
def test_an_example_is_so(on: str, condition: str, value: str, is_in: bool) -> None:
    about = {} if on == "country" else {"property": "It"}
    document: dict[str, Any] = {"on": on, **about, **json.loads(condition)}
    known = Known(properties={"It": PropertyType(on)} if about else {})
    whole = {"version": 1, "match": "all", "conditions": [document]}
    rule = read_rule(whole, known)
    assert SCHEMA.is_valid(whole)
    found = {} if value == "—" else {"It": json.loads(value), "phone": json.loads(value)}
    assert rule.holds(Person(CLOCK, fields=found, properties=found)) == is_in


def test_every_operator_has_an_example() -> None:
    said = {(on, json.loads(condition)["is"]) for on, condition, *_ in examples()}
    assert said == {
        *(("text", name) for name in (*texts.OPERATORS, "one_of", "set", "not_set")),
        *(("number", name) for name in (*numbers.OPERATORS, "between", "set", "not_set")),
        *(("boolean", name) for name in yes_no.ANSWERS),
        *(("texts", name) for name in (*text_lists.OPERATORS, "set", "not_set")),
        *(("country", name) for name in (*countries.OPERATORS, "set", "not_set")),
        *(("date", name) for name in (*dates.READERS, *dates.ANNIVERSARIES, "set", "not_set")),
    }
