"""Each limit in several scripts: exactly as many characters are fine, one more is not.

A character is a code point: a letter with its marks counts as each of them.
"""

import pytest

from templates_app.models import Kind
from templates_app.rules.problems import Severity
from tests.templates_app import contents
from tests.templates_app.contents import Json, card, carousel, content, offer, text_header
from tests.templates_app.rules.test_rules import judge

SCRIPTS = {
    "latin": "abcdefgh ",
    "devanagari": "नमस्ते दिवाली ",
    "arabic": "مرحبا بكم ",
    "combining": "e\u0301\u0323o\u0308 ",
    "surrogates": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 ",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1ee\U0001f1f3 ",
}
LIMITS = {
    "BODY_LEN": (1024, Kind.BASIC, content),
    "FTR_LEN": (60, Kind.BASIC, lambda text: content(footer=text)),
    "HDR_LEN": (60, Kind.BASIC, lambda text: content(header=text_header(text))),
    "BTN_TEXT_LEN": (
        25,
        Kind.BASIC,
        lambda text: content(buttons=[{"type": "QUICK_REPLY", "text": text}]),
    ),
    "BODY_LEN_LTO": (600, Kind.LIMITED_TIME_OFFER, lambda text: offer(body=text)),
    "LTO_TEXT_LEN": (16, Kind.LIMITED_TIME_OFFER, offer),
    "CAR_BODY_LEN": (160, Kind.CAROUSEL, lambda text: carousel(card(text), card(text))),
}


def of_length(sample: str, count: int) -> str:
    """Never with a blank at its end, which some would trim away."""
    return (sample * (count // len(sample) + 1))[: count - 1] + sample[0]


def errors_of(kind: Kind, given: Json) -> set[str]:
    return {code for code, severity, _ in judge(given, kind=kind) if severity is Severity.ERROR}


@pytest.mark.parametrize("script", list(SCRIPTS))
@pytest.mark.parametrize("code", list(LIMITS))
def test_a_text_may_be_as_long_as_its_limit_and_not_longer(code: str, script: str) -> None:
    limit, kind, written = LIMITS[code]
    others = {"HDR_EMOJI"} if code == "HDR_LEN" and script == "emoji" else set()
    at_limit = of_length(SCRIPTS[script], limit)
    above = of_length(SCRIPTS[script], limit + 1)

    assert (len(at_limit), len(above)) == (limit, limit + 1)
    assert errors_of(kind, written(at_limit)) == others
    assert errors_of(kind, written(above)) == {code} | others


@pytest.mark.parametrize("code", [code for code in LIMITS if code != "HDR_LEN"])
def test_a_text_that_is_too_long_only_where_emoji_count_twice_is_warned_of(code: str) -> None:
    limit, kind, written = LIMITS[code]
    text = of_length("😀", limit)

    found = judge(written(text), kind=kind)

    assert "LEN_UTF16" in {problem for problem, _, _ in found}
    assert code not in {problem for problem, _, _ in found}


@pytest.mark.parametrize("count", [1, 2, 10, 11])
def test_the_number_of_cards_and_buttons_has_its_limits(count: int) -> None:
    cards = errors_of(Kind.CAROUSEL, carousel(*[card()] * count))
    labels = [{**contents.YES, "text": f"Yes {number}"} for number in range(count)]
    replies = errors_of(Kind.BASIC, content(buttons=labels))

    assert cards == {1: {"CAR_CARDS_MIN"}, 11: {"CAR_CARDS_MAX"}}.get(count, set())
    assert replies == {11: {"BTN_TOTAL"}}.get(count, set())
