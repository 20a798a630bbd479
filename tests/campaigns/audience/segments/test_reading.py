"""What a rule's document may hold; each fault has its place and a sentence."""

from dataclasses import replace
from typing import Any

import pytest

from campaigns.audience.segments.given import Known, KnownEvent
from campaigns.audience.segments.reading import MOST_OF_EVENTS, RuleRefused, read_rule
from campaigns.models import PropertyType

CITY = {"on": "text", "property": "City", "is": "equals", "value": "Pune"}
AGE = {"on": "number", "property": "Age", "is": "equals", "value": 5}
BORN = {"on": "date", "property": "Born", "is": "on", "value": "2026-01-31"}
ORDERED = {"on": "event", "event": "Ordered", "is": "did"}
SEEN = {"on": "campaign", "what": "viewed", "is": "did"}


def rule(*conditions: object, **more: object) -> dict[str, Any]:
    return {"version": 1, "match": "all", "conditions": list(conditions), **more}


def inside(number: int) -> dict[str, Any]:
    return rule({"on": "segment", "segment": number, "is": "in"})


OF_ORDERS = {
    ("Amount", PropertyType.NUMBER),
    ("Amount", PropertyType.TEXT),
    ("Gift", PropertyType.BOOLEAN),
}
KNOWN = Known(
    properties={
        "City": PropertyType.TEXT,
        "Age": PropertyType.NUMBER,
        "VIP": PropertyType.BOOLEAN,
        "Born": PropertyType.DATE,
        "Tags": PropertyType.TEXTS,
    },
    lists={3: "Friends"},
    campaigns={4: "Summer sale"},
    events={"Ordered": KnownEvent(9, frozenset(OF_ORDERS))},
    segments={
        1: ("A", inside(2)),
        2: ("B", inside(3)),
        3: ("C", inside(1)),
        4: ("Broken", rule({"on": "nothing"})),
        5: ("Many", rule(*[CITY] * 50)),
        6: ("Very many", rule(*[{"on": "segment", "segment": 5, "is": "in"}] * 50)),
        7: ("Pune", rule(CITY)),
    },
)


def nested(depth: int) -> dict[str, Any]:
    group: dict[str, Any] = {"match": "any", "conditions": [CITY]}
    for _ in range(depth - 2):
        group = {"match": "any", "conditions": [group]}
    return rule(group)


def very_deep() -> dict[str, Any]:
    group: dict[str, Any] = {}
    for _ in range(100_000):
        group = {"match": "any", "conditions": [group]}
    return rule(group)


def faults_of(document: object) -> list[tuple[str, str]]:
    with pytest.raises(RuleRefused) as refused:
        read_rule(document, KNOWN)
    return [(fault.path, fault.words) for fault in refused.value.faults]


FAULTS: list[tuple[object, str, str]] = [
    ([], "", "A rule is a JSON object."),
    (rule(version=2), "version", "This must be 1: we know no other version."),
    (rule(version=True), "version", "This must be 1: we know no other version."),
    (rule(CITY, name="x"), "name", "Nothing of this name belongs here."),
    (rule(match="none"), "match", "This must be one of: all, any."),
    (rule(conditions=CITY), "conditions", "This must be a list of conditions."),
    (rule(*[CITY] * 51), "conditions", "A rule may have at most 50 conditions."),
    (rule({**CITY, "value": "x" * 10_000_000}), "", "A rule may have 500,000 characters."),
    (very_deep(), "", "A rule may have 500,000 characters."),
    (
        nested(4),
        "conditions.0.conditions.0.conditions.0",
        "Groups may stand at most 3 deep in each other.",
    ),
    (
        rule({"match": "any", "conditions": []}),
        "conditions.0.conditions",
        "This group has no condition yet. Add one, or remove the group.",
    ),
    (rule("City"), "conditions.0", "A condition is a JSON object."),
    (rule({**CITY, "on": ["x"]}), "conditions.0.on", "This must be one of: text, number, "),
    (rule(CITY, {**CITY, "x": 1}), "conditions.1.x", "Nothing of this name belongs here."),
    (
        rule({**CITY, "property": "Town"}),
        "conditions.0.property",
        "There is no property “Town”.",
    ),
    (
        rule({**CITY, "property": "Age"}),
        "conditions.0.property",
        "“Age” is of another type: number.",
    ),
    (rule({**CITY, "value": 5}), "conditions.0.value", "This must be a text."),
    (rule({**CITY, "value": ""}), "conditions.0.value", "Nothing is written here yet."),
    (rule({**CITY, "value": "a\0"}), "conditions.0.value", "This text has a character "),
    (rule({**CITY, "value": "\ud800"}), "conditions.0.value", "This text has a character "),
    (rule({**CITY, "value": "x" * 513}), "conditions.0.value", "This text is longer than 512 "),
    (rule({**CITY, "is": "matches"}), "conditions.0.is", "This must be one of: equals, "),
    (rule({**AGE, "value": "5"}), "conditions.0.value", "This must be a number."),
    (rule({**AGE, "value": True}), "conditions.0.value", "This must be a number."),
    (rule({**AGE, "value": float("nan")}), "conditions.0.value", "This number is too large."),
    (rule({**AGE, "value": 10**400}), "conditions.0.value", "This number is too large."),
    (
        rule({"on": "number", "property": "Age", "is": "between", "from": 5, "to": 1}),
        "conditions.0.from",
        "The first number is larger than the second.",
    ),
    (rule({**BORN, "value": "2026-02-29"}), "conditions.0.value", "This must be a day, like "),
    (rule({**BORN, "value": "0000-01-01"}), "conditions.0.value", "This must be a day, like "),
    (rule({**BORN, "value": "9999-12-31"}), "conditions.0.value", "This day must be from 1900 "),
    (
        rule({**BORN, "is": "in_last", "amount": 0, "unit": "days"}),
        "conditions.0.amount",
        "This must be a whole number from 1 to 10,000.",
    ),
    (
        rule({"on": "date", "property": "Born", "is": "between", "values": ["2026-02-01", 5]}),
        "conditions.0.values",
        "This must be a day, like 2026-01-31.",
    ),
    (
        rule({**SEEN, "when": {"between": ["2026-02-02", "2026-02-01"]}}),
        "conditions.0.when.between",
        "The first day is later than the second.",
    ),
    (
        rule({"on": "texts", "property": "Tags", "is": "any_of", "values": []}),
        "conditions.0.values",
        "This must be a list of 1 to 1,000 texts.",
    ),
    (
        rule({"on": "country", "is": "equals", "value": "in"}),
        "conditions.0.value",
        "“in” is no country's code of two capital letters, like IN.",
    ),
    (rule({**SEEN, "reason": "no_phone"}), "conditions.0.reason", "Nothing of this name belongs"),
    (rule({**ORDERED, "event": "Order"}), "conditions.0.event", "There is no event “Order”."),
    (
        rule({**ORDERED, "is": "at_least", "times": 0}),
        "conditions.0.times",
        "This must be a whole number from 1 to 10,000.",
    ),
    (rule({**ORDERED, "is": "first"}), "conditions.0.when", "Say in which span it was the first"),
    (
        rule({**ORDERED, "is": "sum", "property": "Gift", "that": {"is": "more", "value": 1}}),
        "conditions.0.property",
        "“Gift” is of another type: yes or no.",
    ),
    (
        rule({**ORDERED, "is": "sum", "property": "Amount", "that": {"is": "set"}}),
        "conditions.0.that.is",
        "This must be one of: equals, ",
    ),
    (
        rule({**ORDERED, "where": [{**AGE, "property": "Amount"}, CITY]}),
        "conditions.0.where.1.property",
        "There is no property “City”.",
    ),
    (
        rule({**ORDERED, "where": [{**CITY, "property": "Amount", "field": "name"}]}),
        "conditions.0.where.0.field",
        "Nothing of this name belongs here.",
    ),
    (
        rule({**ORDERED, "where": [{**AGE, "property": "Amount"}] * 6}),
        "conditions.0.where",
        "This must be a list of at most 5 conditions.",
    ),
    (rule({**SEEN, "when": "now"}), "conditions.0.when", "This must say “last” and “unit”, "),
    (
        rule({**SEEN, "campaign": 9}),
        "conditions.0.campaign",
        "This campaign does not exist (any more). Choose another.",
    ),
    (
        rule({"on": "list", "list": True, "is": "in"}),
        "conditions.0.list",
        "This list does not exist (any more). Choose another.",
    ),
    (
        inside(1),
        "conditions.0.segment",
        "“A”: “B”: “C”: A segment can't contain itself: “A” → “B” → “C” → “A”.",
    ),
    (
        rule({"on": "date", "property": "Born", "is": "anniversary", "in_days": False}),
        "conditions.0.in_days",
        "This must be a whole number from 0 to 365.",
    ),
    (inside(4), "conditions.0.segment", "“Broken”: This must be one of: text, "),
    (inside(6), "conditions.0.segment", "“Very many”: “Many”: With the segments in it, "),
]


@pytest.mark.parametrize(("document", "path", "words"), FAULTS)
def test_a_fault_has_its_place_and_a_sentence(document: object, path: str, words: str) -> None:
    found_path, found_words = faults_of(document)[0]
    assert (found_path, found_words.startswith(words)) == (path, True), found_words


def test_a_long_chain_of_segments_is_refused_where_it_is_too_deep() -> None:
    chain = {n: (f"S{n}", inside(n + 1)) for n in range(150)} | {150: ("S150", rule(CITY))}
    with pytest.raises(RuleRefused, match="Segments may stand at most 10 deep"):
        read_rule(inside(0), Known(segments=chain, properties=KNOWN.properties))
    read_rule(inside(142), Known(segments=chain, properties=KNOWN.properties))


def test_every_fault_is_told_at_once() -> None:
    document = rule({**CITY, "value": 5}, CITY, {"match": "any", "conditions": [{"on": "x"}]})
    assert [path for path, _ in faults_of(document)] == [
        "conditions.0.value",
        "conditions.2.conditions.0.on",
    ]


def test_a_rule_is_said_in_plain_words() -> None:
    document = rule(
        CITY,
        {"on": "boolean", "property": "VIP", "is": "yes"},
        {
            "match": "any",
            "conditions": [
                {**SEEN, "campaign": 4, "when": {"last": 30, "unit": "days"}},
                {"on": "list", "list": 3, "is": "not_in"},
                {"on": "segment", "segment": 7, "is": "in"},
            ],
        },
        {"on": "conversation", "what": "window_open", "is": "so"},
        {
            **ORDERED,
            "is": "at_least",
            "times": 2,
            "when": {"last": 30, "unit": "days"},
            "where": [
                {"on": "text", "property": "Amount", "is": "equals", "value": "5"},
                {"on": "boolean", "property": "Gift", "is": "yes"},
            ],
        },
        {**ORDERED, "is": "average", "property": "Amount", "that": {"is": "more", "value": 5}},
        {**ORDERED, "is": "first", "when": {"between": ["2026-01-01", "2026-01-31"]}},
        {"on": "country", "is": "one_of", "values": ["IN", "DE", "US", "CA"]},
        {"on": "texts", "property": "Tags", "is": "none_of", "values": ["new"]},
        {"on": "reachability", "is": "marketing_stopped"},
        {"on": "flag", "what": "opted_in", "is": "not_set"},
        {"on": "flag", "what": "opted_out", "is": "no"},
        {"on": "flag", "what": "test", "is": "yes"},
    )
    assert read_rule(document, KNOWN).words() == (
        "City is “Pune” and VIP is yes and (they viewed the campaign “Summer sale” in the last"
        " 30 days or they are not in the list “Friends” or they are in the segment “Pune”)"
        " and their window is open now"
        " and they did “Ordered” at least 2 times in the last 30 days"
        " where Amount is “5” and Gift is yes"
        " and the average of Amount over “Ordered” is more than 5"
        " and they did “Ordered” for the first time between 2026-01-01 and 2026-01-31"
        " and their number's country is one of India, Germany, United States and 1 more"
        " and Tags contains none of “new” and they can be sent to, but no marketing"
        " and it is not known whether they agreed to messages"
        " and they did not opt out by a STOP and they are a test profile"
    )


def test_events_are_asked_for_so_many_properties_and_no_more() -> None:
    """Each is planned anew for every month: hundreds took a gigabyte of memory of PostgreSQL."""
    gift = {"on": "boolean", "property": "Gift", "is": "yes"}
    ordered = {**ORDERED, "where": [gift] * 5}
    few = rule(*[ordered] * (MOST_OF_EVENTS // 5))
    read_rule(few, KNOWN)
    known = replace(
        KNOWN, segments={1: ("Few", few), 2: ("One", rule({**ORDERED, "where": [gift]}))}
    )
    too_many = f"more than {MOST_OF_EVENTS} properties of events"
    with pytest.raises(RuleRefused, match=too_many):
        read_rule(rule(*few["conditions"], {**ORDERED, "where": [gift]}), known)
    for one, other in ((1, 2), (2, 1)):
        with pytest.raises(RuleRefused, match=too_many):
            read_rule(rule(*inside(one)["conditions"], *inside(other)["conditions"]), known)
