import json
from typing import Any

import pytest

from templates_app.incoming.found import Found, Haul, IncomingError, Refused
from templates_app.incoming.meta_json import read_json
from templates_app.models import Status

COMPONENTS = [{"type": "BODY", "text": "Come today"}]
SALE: dict[str, Any] = {
    "name": "sale",
    "language": "en_US",
    "category": "marketing",
    "status": "APPROVED",
    "id": "7001",
    "components": COMPONENTS,
}
FOUND = Found(
    name="sale",
    language="en_US",
    category="MARKETING",
    content={"components": COMPONENTS},
    status=Status.APPROVED,
    vendor_id="7001",
)


@pytest.mark.parametrize(
    "document",
    [
        SALE,
        [SALE],
        {"data": [SALE], "paging": {"cursors": {"after": "x"}}},
        {"template": SALE, "note": "for git"},
        {"status": "success", "templates": [SALE]},
        {"waba_templates": [{"template": SALE}]},
        {"object": "x", "entry": [{"id": "1", "changes": [{"field": "x", "value": SALE}]}]},
        {"entry": [{"changes": [{"value": {"message_templates": {"data": [SALE]}}}]}]},
        SALE | {"language": {"code": "en-US", "policy": "deterministic"}},
        SALE | {"name": "my_namespace:sale", "id": 7001},
        [SALE | {"components": []}, SALE],
    ],
)
def test_a_template_is_found_in_every_wrapping(document: object) -> None:
    assert read_json(json.dumps(document)) == Haul((FOUND,))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("PENDING", Status.PENDING),
        ("IN_APPEAL", Status.PENDING),
        ("rejected", Status.REJECTED),
        ("PAUSED", Status.PAUSED),
        ("LIMIT EXCEEDED", Status.DISABLED),
        ("PENDING_DELETION", Status.ARCHIVED),
        ("whatever", None),
    ],
)
def test_metas_statuses_are_ours(word: str, status: Status | None) -> None:
    (found,) = read_json(json.dumps(SALE | {"status": word})).found
    assert found.status == status


def test_the_reason_of_a_rejection_comes_along() -> None:
    rejected = SALE | {"status": "REJECTED", "rejected_reason": "INVALID_FORMAT"}
    reasons = [
        read_json(json.dumps(raw)).found[0].reason
        for raw in (rejected, SALE | {"rejected_reason": "NONE"})
    ]
    assert reasons == ["INVALID_FORMAT", ""]


def test_what_is_no_template_is_refused_by_name_and_stops_nothing() -> None:
    documents = [
        SALE,
        {"name": "empty", "language": "en"},
        "a line",
        SALE | {"name": ""},
        SALE | {"language": ""},
        SALE | {"name": "n" * 513},
    ]
    assert read_json(json.dumps(documents)) == Haul(
        (FOUND,),
        (
            Refused("empty", "This is no template: it has no components."),
            Refused("a line", "This is no template: it has no components."),
            Refused("no name", "It has no name."),
            Refused("sale", "It has no language that WhatsApp knows, like en or pt_BR."),
            Refused("n" * 80, "Its name is longer than 512 characters."),
        ),
    )


def test_a_template_without_a_name_gets_that_of_its_file() -> None:
    (found,) = read_json(json.dumps(SALE | {"name": ""}), fallback_name="diwali").found
    assert found.name == "diwali"


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "[]", '{"data": []}'])
def test_what_holds_no_template_at_all_says_so(text: str) -> None:
    with pytest.raises(IncomingError):
        read_json(text)


def test_nothing_is_corrected_and_no_nul_comes_in() -> None:
    odd = [{"type": "body", "text": "Hi {{1} \\u0000", "example": 7}, {"type": "NEW_THING"}]
    text = json.dumps(SALE | {"components": odd}).replace("\\\\u0000", "\\u0000")
    (found,) = read_json(text).found
    assert found.content == {
        "components": [{"type": "body", "text": "Hi {{1} ", "example": 7}, {"type": "NEW_THING"}]
    }
