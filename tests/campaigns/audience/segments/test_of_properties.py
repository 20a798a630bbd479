"""Conditions that are asked of many events, one after the other or at once, say what they say of
each."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from campaigns.audience.segments.conditions import numbers, texts, yes_no
from campaigns.audience.segments.conditions.values import Value
from campaigns.audience.segments.many import Many
from campaigns.audience.segments.rules import Condition, Person
from campaigns.audience.segments.spans import Clock

CLOCK = Clock(datetime(2026, 11, 30, tzinfo=UTC), ZoneInfo("Asia/Kolkata"))
IT = Value("it", row="o")
LARGE = 10**16
WORDS = st.sampled_from(["Pune", "PUNE", "pun", "e", "Éclair", "éclair", " ", "ẞ", "0.1"])
NUMBERS = st.sampled_from([0, 1, -1, 0.1, 0.30000000000000004, 2**53, 2**53 + 1, 1e300]) | (
    st.integers(-LARGE, LARGE) | st.floats(-LARGE, LARGE)
)
VALUES = WORDS | NUMBERS | st.sampled_from([None, "", True, False, ["Pune"], [], {"a": 1}])


def of_numbers() -> st.SearchStrategy[Condition]:
    wanted = NUMBERS.map(lambda number: Decimal(repr(number)))
    compared = st.builds(numbers.Compared, st.sampled_from(list(numbers.OPERATORS)), wanted)
    between = st.builds(numbers.Between, wanted, wanted)
    return st.builds(numbers.OfNumber, st.just(IT), compared | between)


def of_texts() -> st.SearchStrategy[Condition]:
    compared = st.builds(texts.Compared, st.just(IT), st.sampled_from(list(texts.OPERATORS)), WORDS)
    return compared | st.builds(texts.OneOf, st.just(IT), st.lists(WORDS, min_size=1).map(tuple))


def of_answers() -> st.SearchStrategy[Condition]:
    return st.builds(yes_no.Answered, st.just(IT), st.sampled_from(list(yes_no.ANSWERS)))


@given(of_numbers() | of_texts() | of_answers(), st.lists(VALUES, min_size=1, max_size=20))
def test_one_after_the_other_each_is_answered_as_if_it_were_alone(
    condition: Condition, values: list[Any]
) -> None:
    of_properties = condition.of_properties(CLOCK)
    events: list[dict[str, Any]] = [{}, *({"it": value} for value in values), {"other": 1}]
    alone = [condition.holds(Person(CLOCK, {}, event)) for event in events]
    assert [of_properties(event) for event in events] == alone
    found = condition.among(Many(events), CLOCK)
    assert [place in found for place in range(len(events))] == alone
