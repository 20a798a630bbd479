"""rule.schema.json takes the documents that the reader takes, and no others.

What it can't know is left to the reader: what a project has, how many conditions there are in all,
and which of two ends is the larger.
"""

import copy
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from campaigns.audience.segments import reading
from campaigns.audience.segments.given import Known
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.models import Campaign, CustomList, EventKind, PropertyType, Reason, Run
from providers.models import Project
from tests.campaigns.audience.segments import invented
from tests.campaigns.audience.segments.invented import Place

PATH = Path(reading.__file__).with_name("rule.schema.json")
SCHEMA = Draft202012Validator(
    json.loads(PATH.read_text()), format_checker=Draft202012Validator.FORMAT_CHECKER
)
RUNS = [Run(campaign=Campaign(pk=number)) for number in (4, 4, 5)]
KINDS = [EventKind(pk=8, name="Ordered")]
LISTS = [CustomList(pk=3), CustomList(pk=6)]
PLACE = Place(Project(pk=1), lists=LISTS, runs=RUNS, kinds=KINDS)
INNER = {"version": 1, "match": "all", "conditions": []}
KNOWN = Known(
    properties={name: PropertyType(kind) for name, kind in invented.PROPERTIES.items()},
    lists={3: "Friends", 6: "Others"},
    campaigns={4: "Summer", 5: "Winter"},
    segments={7: ("Inner", INNER)},
    events=PLACE.events,
)
OF_THE_PROJECT = (
    *(
        "There is no property",
        "There is no event",
        "“",
        "This list does",
        "This campaign does",
        "This segment does",
    ),
    *("The first number is larger", "The first day is later", "A rule may have"),
)
ODD = st.sampled_from(
    [
        *(None, True, False, 0, 1, 1.0, 2.5, -1, 3, 365, 366, 1000, 1001, 10_001, 10**15, 10**16),
        *("", " ", "\t\n", "x", "Pune", "City", "all", "set", "did", "5", "a\0b", "\ud800", "IN"),
        *("in", "no_phone", "days", "2026-01-31", "2026-02-29", "2026-W01-1", "2026-01-31\n"),
        *("0000-01-01", "9999-12-31", "1899-12-31", "x" * 512, "x" * 513, [], {}, [[]], ["a"]),
        *(["a", ""], ["2026-01-01"], ["2026-01-01", "2026-01-02"], {"last": 3, "unit": "days"}),
        *({"between": ["2026-01-01", "2026-01-02"]}, {"match": "any", "conditions": []}),
        [{"on": "boolean", "property": "VIP", "is": "yes"}],
    ]
)
KEYS = st.sampled_from(
    [
        *("on", "is", "value", "values", "from", "to", "property", "field", "what", "when", "last"),
        *(
            "unit",
            "amount",
            "in_days",
            "days",
            "between",
            "reason",
            "campaign",
            "event",
            "times",
            "that",
            "where",
            "list",
            "segment",
            "match",
        ),
        *("conditions", "version", "x"),
    ]
)


def inner_parts(part: Any) -> list[Any]:
    """All dictionaries and lists in it, itself among them."""
    if not isinstance(part, dict | list):
        return []
    members = part.values() if isinstance(part, dict) else part
    return [part, *(found for member in members for found in inner_parts(member))]


def spoil(draw: st.DrawFn, document: Any) -> None:
    part = draw(st.sampled_from(inner_parts(document)))
    keys = list(part) if isinstance(part, dict) else list(range(len(part)))
    key: Any = draw(st.sampled_from(keys)) if keys else None
    match draw(st.sampled_from(["drop", "change", "change", "add"])):
        case "drop" if keys:
            del part[key]
        case "change" if keys:
            part[key] = copy.deepcopy(draw(ODD))
        case _ if isinstance(part, dict):
            part[draw(KEYS)] = copy.deepcopy(draw(ODD))
        case _:
            part.append(copy.deepcopy(draw(ODD)))


@st.composite
def documents(draw: st.DrawFn) -> Any:
    document = copy.deepcopy(draw(invented.rules(PLACE, [7])))
    for _ in range(draw(st.integers(0, 2))):
        spoil(draw, document)
    return document


def faults_of(document: object) -> list[str]:
    try:
        read_rule(document, KNOWN)
    except RuleRefused as refused:
        return [fault.words for fault in refused.faults]
    return []


@settings(max_examples=80)
@given(document=documents())
def test_the_schema_takes_what_the_reader_takes(document: object) -> None:
    faults = faults_of(document)
    if any(words.startswith(OF_THE_PROJECT) for words in faults):
        return
    why = [error.message for error in SCHEMA.iter_errors(document)]
    assert bool(why) == bool(faults), (document, faults, why)


def test_the_schema_knows_every_reason() -> None:
    assert SCHEMA.schema["$defs"]["reason"]["enum"] == Reason.values


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA.schema)
