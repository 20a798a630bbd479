"""Each rule of limited-time offers: what breaks it, and that nothing else is said about it."""

import pytest

from templates_app.models import Kind
from templates_app.rules.problems import Severity
from tests.templates_app import contents
from tests.templates_app.contents import Json, offer
from tests.templates_app.rules.test_rules import E, W, judge


def judge_offer(given: Json, *, category: str = "MARKETING") -> set[tuple[str, Severity, str]]:
    return judge(given, kind=Kind.LIMITED_TIME_OFFER, category=category)


@pytest.mark.parametrize(
    "fine",
    [
        offer(),
        offer("a" * 16),
        offer("नमस्ते दिवाली"),
        offer(body="Hello {{1}}, this ends soon, so be quick today", samples=["Asha"]),
        offer(header=contents.IMAGE),
        offer(header=contents.VIDEO),
        offer(buttons=[{**contents.CODE, "example": "a" * 15}, contents.SHOP]),
        offer(
            buttons=[
                contents.CODE,
                contents.SHOP,
                contents.SITE,
                contents.CALL,
                contents.YES,
                contents.NO,
                contents.LATER,
            ]
        ),
    ],
)
def test_an_offer_at_the_limits_has_no_problem(fine: Json) -> None:
    assert judge_offer(fine) == set()


def test_an_offer_may_have_six_hundred_characters() -> None:
    assert judge_offer(offer(body="a" * 600)) == {("BODY_LONG", W, "body")}


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (offer(header=contents.DOCUMENT), {("LTO_HEADER", E, "header")}),
        (offer(header=contents.text_header("Sale")), {("LTO_HEADER", E, "header")}),
        (offer(""), {("LTO_TEXT_REQUIRED", E, "offer")}),
        (offer("a" * 17), {("LTO_TEXT_LEN", E, "offer")}),
        (offer("😀" * 9), {("LEN_UTF16", W, "offer")}),
        (offer("For {{1}}"), {("LTO_TEXT_VAR", E, "offer")}),
        (offer("Ends\ntonight"), {("LTO_TEXT_NEWLINE", E, "offer")}),
        (offer(body="a" * 601), {("BODY_LEN_LTO", E, "body")}),
        (offer(buttons=[contents.SHOP]), {("LTO_CODE_REQUIRED", E, "buttons")}),
        (offer(expires=False, buttons=[contents.SHOP]), {("LTO_CODE_MISSING", W, "buttons")}),
        (offer(buttons=[contents.SHOP, contents.CODE]), {("LTO_CODE_ORDER", E, "button.1")}),
        (
            offer(buttons=[{**contents.CODE, "example": "a" * 16}, contents.SHOP]),
            {("LTO_CODE_LEN", E, "button.0")},
        ),
        (offer(buttons=[contents.CODE]), {("LTO_URL_MISSING", W, "buttons")}),
        (
            {"components": [*offer()["components"], {"type": "FOOTER", "text": "Bye"}]},
            {("LTO_FOOTER", E, "footer")},
        ),
        (
            {"components": [*offer()["components"], {"type": "CAROUSEL", "cards": []}]},
            {("TYPE_MIXED", E, "type")},
        ),
    ],
)
def test_a_broken_offer_is_told(broken: Json, expected: set[tuple[str, Severity, str]]) -> None:
    assert judge_offer(broken) == expected


def test_an_offer_is_marketing() -> None:
    assert judge_offer(offer(), category="UTILITY") == {("LTO_CATEGORY", E, "category")}


def test_a_basic_template_has_no_offer() -> None:
    assert judge(offer()) == {("TYPE_MIXED", E, "type")}
