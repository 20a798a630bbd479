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
    events,
    flags,
    numbers,
    text_lists,
    texts,
    yes_no,
)
from campaigns.audience.segments.given import Known, KnownEvent
from campaigns.audience.segments.reading import read_rule
from campaigns.audience.segments.rules import Occurred, Person
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


def of_flags() -> list[tuple[dict[str, str], str, bool]]:
    """Condition, what the flag is of somebody, whether they are in."""
    lines = PAGE.read_text().split("\n## Flags\n")[1].split("\n## ")[0].splitlines()
    cells = [line.strip("|").split(" | ") for line in lines if line.startswith("| ")]
    return [
        (json.loads(CODE.findall(example)[0]), value, is_in)
        for _, example, *sides in cells
        for side, is_in in zip(sides, (True, False), strict=True)
        for value in CODE.findall(side)
    ]


@pytest.mark.parametrize(("condition", "value", "is_in"), of_flags())
def test_an_example_of_flags_is_so(condition: dict[str, str], value: str, is_in: bool) -> None:
    whole = {"version": 1, "match": "all", "conditions": [{"on": "flag", **condition}]}
    assert SCHEMA.is_valid(whole)
    known = {condition["what"]: None if value == "—" else json.loads(value)}
    person = Person(CLOCK, fields={}, properties={}, flags=known)
    assert read_rule(whole, Known()).holds(person) == is_in


def test_every_answer_of_every_flag_has_an_example() -> None:
    said = {(condition["what"], condition["is"]) for condition, *_ in of_flags()}
    assert said == {(name, one) for name, flag in flags.FLAGS.items() for one in flag.answers}


ORDERS = [
    Occurred(9, datetime(2026, 1, 5, 12, tzinfo=UTC), {"Amount": 200}),
    Occurred(9, datetime(2026, 3, 10, 12, tzinfo=UTC), {"Amount": 50}),
    Occurred(9, datetime(2026, 3, 14, 12, tzinfo=UTC), {"Amount": 500, "Gift": True}),
]
OF_ORDERS = frozenset({("Amount", PropertyType.NUMBER), ("Gift", PropertyType.BOOLEAN)})


def of_events() -> list[tuple[str, bool]]:
    """Condition, whether it is so of who ordered."""
    lines = PAGE.read_text().split("\n## Events\n")[1].split("\n## ")[0].splitlines()
    cells = [line.strip("|").split(" | ") for line in lines if line.startswith("| ")]
    found = ((CODE.findall(so), CODE.findall(not_so)) for _, so, not_so in cells)
    return [
        pair
        for so, not_so in found
        for pair in ((one[0], one is so) for one in (so, not_so) if one)
    ]


@pytest.mark.parametrize(("condition", "is_so"), of_events())
def test_an_example_of_events_is_so(condition: str, is_so: bool) -> None:
    document = {"on": "event", "event": "Ordered", **json.loads(condition)}
    whole = {"version": 1, "match": "all", "conditions": [document]}
    rule = read_rule(whole, Known(events={"Ordered": KnownEvent(9, OF_ORDERS)}))
    assert SCHEMA.is_valid(whole)
    assert rule.holds(Person(CLOCK, fields={}, properties={}, events=tuple(ORDERS))) == is_so


def test_every_measure_of_events_has_an_example() -> None:
    assert {json.loads(condition)["is"] for condition, _ in of_events()} == set(events.MEASURES)
