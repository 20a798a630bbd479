"""Each rule of carousels: what breaks it, and that nothing else is said about it."""

import pytest

from templates_app.models import Kind
from templates_app.rules.problems import Severity
from tests.templates_app import contents
from tests.templates_app.contents import Json, card, carousel, content
from tests.templates_app.rules.test_rules import E, W, judge

BARE = {"components": card()["components"][1:]}  # without its body


def judge_cards(given: Json, *, category: str = "MARKETING") -> set[tuple[str, Severity, str]]:
    return judge(given, kind=Kind.CAROUSEL, category=category)


@pytest.mark.parametrize(
    "fine",
    [
        carousel(),
        carousel(*[card()] * 10),
        carousel(card("a" * 160), card("b")),
        carousel(card("One\ntwo\nthree"), card()),
        carousel(card("For {{1}} today", samples=["Asha"]), card("Also {{1}} now", samples=["x"])),
        carousel(BARE, BARE),
        carousel(card(header=contents.VIDEO), card(header=contents.VIDEO)),
        carousel(*[card(buttons=[contents.YES, contents.SHOP])] * 2),
        carousel(*[card(buttons=[contents.CALL])] * 2),
        carousel(body="Hello {{1}}, look at our new teas today", samples=["Asha"]),
    ],
)
def test_a_carousel_at_the_limits_has_no_problem(fine: Json) -> None:
    assert judge_cards(fine) == set()


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (carousel(card()), {("CAR_CARDS_MIN", E, "cards")}),
        (carousel(*[card()] * 11), {("CAR_CARDS_MAX", E, "cards")}),
        (carousel(card(), card(header=None)), {("CAR_HEADER_REQUIRED", E, "card.1.header")}),
        (
            carousel(*[card(header=contents.DOCUMENT)] * 2),
            {("CAR_HEADER_TYPE", E, "card.0.header"), ("CAR_HEADER_TYPE", E, "card.1.header")},
        ),
        (carousel(card(), card(header=contents.VIDEO)), {("CAR_HEADER_MIXED", E, "cards")}),
        (
            carousel(card(), card(header={"type": "HEADER", "format": "IMAGE"})),
            {("HDR_MEDIA_EXAMPLE", E, "card.1.header")},
        ),
        (carousel(card(), card("a" * 161)), {("CAR_BODY_LEN", E, "card.1.body")}),
        (carousel(card(), card("😀" * 81)), {("LEN_UTF16", W, "card.1.body")}),
        (carousel(card(), BARE), {("CAR_BODY_UNEQUAL", E, "card.1.body")}),
        (carousel(card("a\nb\nc\nd"), card()), {("CAR_BODY_LINES", W, "card.0.body")}),
        (
            carousel(card("Take {{1}}", samples=["x"]), card()),
            {("CARD_VAR_EDGE", W, "card.0.body")},
        ),
        (carousel(card("Take {{2}} now", samples=["x"]), card()), {("VAR_GAP", E, "card.0.body")}),
        (carousel(card("Take {{1}} now"), card()), {("VAR_EXAMPLE", E, "card.0.body")}),
        (
            carousel(card("Take {{what}} now", samples=["x"]), card("Or {{1}} now", samples=["y"])),
            {("VAR_MIXED", E, "card.1.body")},
        ),
        (
            carousel(*[card(buttons=[contents.YES, contents.NO, contents.LATER])] * 2),
            {("CAR_BTN_MAX", E, "card.0.buttons"), ("CAR_BTN_MAX", E, "card.1.buttons")},
        ),
        (
            carousel(*[card(buttons=[])] * 2),
            {("CAR_BTN_NONE", W, "card.0.buttons"), ("CAR_BTN_NONE", W, "card.1.buttons")},
        ),
        (
            carousel(*[card(buttons=[contents.CODE])] * 2),
            {("CAR_BTN_TYPE", E, "card.0.button.0"), ("CAR_BTN_TYPE", E, "card.1.button.0")},
        ),
        (
            carousel(card(), card(buttons=[contents.YES])),
            {("CAR_BTN_UNEQUAL", E, "card.1.buttons")},
        ),
        (carousel(card(), card(buttons=[contents.SITE])), {("CAR_URL_KIND", W, "cards")}),
        (
            carousel(card(buttons=[contents.YES, contents.YES]), card(buttons=[contents.YES] * 2)),
            {("BTN_TEXT_DUP", W, "card.0.buttons"), ("BTN_TEXT_DUP", W, "card.1.buttons")},
        ),
        (
            carousel(card(), card(buttons=[{**contents.SHOP, "text": "a" * 26}])),
            {("BTN_TEXT_LEN", E, "card.1.button.0")},
        ),
        (
            carousel(
                card(), {"components": [*card()["components"], {"type": "FOOTER", "text": "x"}]}
            ),
            {("SHAPE_UNKNOWN", E, "card.1")},
        ),
    ],
)
def test_a_broken_carousel_is_told(broken: Json, expected: set[tuple[str, Severity, str]]) -> None:
    assert judge_cards(broken) == expected


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        ({"header": contents.IMAGE}, "header"),
        ({"footer": "Bye"}, "footer"),
        ({"buttons": [contents.YES]}, "buttons"),
    ],
)
def test_a_carousel_has_cards_and_nothing_else(extra: Json, place: str) -> None:
    whole = [*content(**extra)["components"], carousel()["components"][1]]

    assert judge_cards({"components": whole}) == {("CAR_TOPLEVEL", E, place)}


def test_a_carousel_for_utility_is_doubtful() -> None:
    assert judge_cards(carousel(), category="UTILITY") == {("CAT_CAROUSEL", W, "category")}


def test_a_basic_template_has_no_cards() -> None:
    assert judge(carousel()) == {("TYPE_MIXED", E, "type")}
