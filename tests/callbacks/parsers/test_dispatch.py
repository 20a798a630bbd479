import pytest

from callbacks.parsers import AccountEvent, Parsed, Rejected
from callbacks.parsers.dispatch import EXPECTED, MOST_REJECTED
from tests.callbacks.parsers.parsing import only_fact, parsed

GOOD = {"externalId": "12-34", "eventType": "READ", "eventTs": 1658264959000}
CLICK = {
    "gsurl": "g.example/1",
    "clickTime": "2024-11-05 10:00:54",
    "originalURL": "https://example.com",
    "extra": "9|1|1|9|0",
}
INBOUND = {"waNumber": "919000000001", "mobile": "919000011122", "type": "text", "text": "hi"}
ACCOUNT = {"field": "template_category_update", "meta_proposed_category": "UTILITY"}


def facts_of(*rows: object) -> tuple[object, ...]:
    return tuple(only_fact(row) for row in rows)


@pytest.mark.parametrize("bad", [None, 1, "text", [], {}, {"hello": 1}, True])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_element_is_named_and_the_others_go_on(bad: object, place: int) -> None:
    rows: list[object] = [GOOD, {**GOOD, "eventType": "SENT"}]
    expected = facts_of(*rows)
    rows.insert(place, bad)
    assert parsed({"response": rows}) == Parsed(
        "delivery",
        expected,
        (Rejected(place, EXPECTED),),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        ([GOOD, GOOD], "delivery"),
        ([CLICK], "click"),
        ([INBOUND], "inbound"),
        ([ACCOUNT], "account"),
        ([GOOD, ACCOUNT], "mixed"),
        ([GOOD, CLICK, INBOUND], "mixed"),
        ([{}, 1], "unknown"),
        # Without one fact the kind is what the elements tried to be.
        ([{"eventType": "READ"}], "delivery"),
        ([{"gsurl": "g"}, {"eventType": "READ"}], "mixed"),
        ([GOOD, {"gsurl": "g"}], "delivery"),
    ],
)
def test_the_kind_is_that_of_the_elements(rows: list[object], kind: str) -> None:
    assert parsed(rows).kind == kind


@pytest.mark.parametrize("row", [GOOD, CLICK, INBOUND, ACCOUNT])
def test_an_element_is_the_same_alone_in_a_list_and_in_a_response(row: object) -> None:
    assert parsed(row) == parsed([row]) == parsed({"response": [row]})


def test_account_events_are_never_taken_for_reports() -> None:
    row = {"field": "message_template_status_update", "event": "APPROVED", "status": "SENT"}
    assert only_fact([{**row, "message_template_name": "diwali"}]) == AccountEvent(
        field="message_template_status_update",
        event="APPROVED",
        subject="diwali",
        name="diwali",
    )


@pytest.mark.parametrize(
    ("field", "fields", "event", "subject"),
    [
        ("message_template_status_update", {"event": "X", "message_template_id": 7}, "X", "7"),
        ("message_template_quality_update", {"new_quality_score": "RED"}, "RED", None),
        ("template_category_update", {"new_category": "A", "message_template_id": 7}, "A", "7"),
        (
            "phone_number_messaging_limit_update",
            {"current_limit": "T", "waba_number": 91},
            "T",
            "91",
        ),
        ("something_new", {"event": "E", "phone_number": "91"}, "E", "91"),
        ("something_new", {}, None, None),
    ],
)
def test_an_account_event_says_what_is_new_and_about_what(
    field: str, fields: dict[str, object], event: str | None, subject: str | None
) -> None:
    assert only_fact([{"field": field, **fields}]) == AccountEvent(field, event, subject)


def test_a_field_that_is_no_text_is_rejected() -> None:
    found = parsed([{"field": ["x"]}])
    assert (found.kind, found.facts) == ("account", ())
    assert found.rejected[0].reason == "field is missing or empty: an account event needs field"


def test_a_flood_of_nonsense_is_counted_not_listed() -> None:
    found = parsed([1] * 5_000 + [GOOD])
    assert len(found.facts) == 1
    assert len(found.rejected) == MOST_REJECTED + 1
    assert found.rejected[-1] == Rejected(MOST_REJECTED, "4900 more elements from here on")
