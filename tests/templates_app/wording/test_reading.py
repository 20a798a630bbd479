from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates_app.kinds import KINDS
from templates_app.models import Kind
from templates_app.rendering.variants import prepare_samples
from templates_app.rules.problems import Severity
from templates_app.wording.components import (
    Button,
    ButtonKind,
    Card,
    Header,
    HeaderKind,
    Offer,
    Text,
    Wording,
)
from templates_app.wording.reading import read_wording
from templates_app.wording.writing import write_wording
from tests.templates_app import contents
from tests.templates_app.contents import content

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
KEYS = st.sampled_from(["type", "format", "text", "example", "buttons", "url", "body_text"])
WORDS = st.sampled_from(
    ["BODY", "header", "BUTTONS", "url", "IMAGE", "Hi {{1}} {{x}} {", "copy_code"]
)
COMPONENTS = st.lists(st.dictionaries(KEYS, JSON | WORDS | st.lists(WORDS | JSON, max_size=3)))


def test_a_whole_template_is_read_whatever_the_order_and_case_of_its_parts() -> None:
    read = read_wording(
        {
            "components": [
                {"type": "buttons", "buttons": [contents.SHOP, contents.CALL, contents.CODE]},
                {"type": "footer", "text": "Reply STOP to leave"},
                {"type": "body", "text": "Hi {{1}}!", "example": {"body_text": [["Asha"]]}},
                {"type": "header", "format": "text", "text": "Sale"},
            ]
        }
    )

    assert read == Wording(
        header=Header(kind=HeaderKind.TEXT, given="TEXT", text=Text(text="Sale")),
        body=Text(text="Hi {{1}}!", samples=("Asha",)),
        footer="Reply STOP to leave",
        buttons=(
            Button(kind=ButtonKind.URL, label="Shop", value="https://a.b/{{1}}", sample="sale"),
            Button(kind=ButtonKind.PHONE_NUMBER, label="Call us", value="+919000000001"),
            Button(kind=ButtonKind.COPY_CODE, sample="SAVE25"),
        ),
    )


@pytest.mark.parametrize(
    ("text", "example", "samples"),
    [
        ("{{1}} and {{2}}", {"body_text": [["a", "b"]]}, ("a", "b")),
        ("{{1}} and {{2}}", {"body_text": ["a", "b"]}, ("a", "b")),
        ("for {{1}} now", {"body_text": "a"}, ("a",)),
        ("for {{1}} now", {"body_text": [[7]]}, ("7",)),
        (
            "{{last}} {{first}}",
            {
                "body_text_named_params": [
                    {"param_name": "first", "example": "a"},
                    {"param_name": "last", "example": "b"},
                ]
            },
            ("b", "a"),
        ),
        ("for {{1}} now", None, ()),
    ],
)
def test_samples_are_read_in_every_shape(text: str, example: Any, samples: tuple[str, ...]) -> None:
    component = {"type": "BODY", "text": text, "example": example}

    assert read_wording({"components": [component]}).body == Text(text=text, samples=samples)


@pytest.mark.parametrize("example", [["https://a.b/sale"], ["sale"], "sale"])
def test_the_sample_of_a_link_is_its_tail(example: object) -> None:
    button = {**contents.SHOP, "example": example}

    assert read_wording(content(buttons=[button])).buttons[0].sample == "sale"


@pytest.mark.parametrize("code", ["SAVE25", ["SAVE25"]])
def test_a_code_is_read_in_both_shapes(code: object) -> None:
    button = {"type": "copy_code", "example": code}

    assert read_wording(content(buttons=[button])).buttons[0].sample == "SAVE25"


def test_what_is_not_known_is_named() -> None:
    read = read_wording(
        {
            "components": [
                {"type": "HEADER", "format": "GIF"},
                {"type": "PRODUCT"},
                {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Book"}]},
            ]
        }
    )

    assert read == Wording(
        header=Header(kind=HeaderKind.OTHER, given="GIF"),
        buttons=(Button(kind=ButtonKind.OTHER, label="Book", value="FLOW"),),
        strangers=("PRODUCT",),
    )


@given(JSON | st.fixed_dictionaries({"components": COMPONENTS | JSON}))
def test_any_json_at_all_is_read_judged_and_shown(document: object) -> None:
    read = read_wording(document)

    for kind in Kind:
        list(KINDS[kind].problems(read, category="MARKETING", samples=Severity.ERROR))
        assert prepare_samples(read, kind=kind, language="en").preview() is not None


@pytest.mark.parametrize(
    "given_content",
    [
        content(contents.BODY, samples=["Asha", "A1"], footer="Reply STOP", buttons=[contents.YES]),
        content(header=contents.text_header("For {{1}}", "you"), buttons=[contents.SHOP]),
        content(header=contents.IMAGE, buttons=[contents.CALL, contents.CODE]),
        content(header=contents.LOCATION),
        contents.offer(header=contents.IMAGE),
        contents.offer(expires=False),
        contents.carousel(
            contents.card("Hi {{1}} there", samples=["x"]), contents.card(header=None)
        ),
    ],
)
def test_what_was_written_is_read_back_the_same(given_content: contents.Json) -> None:
    read = read_wording(given_content)

    assert read_wording(write_wording(read)) == read


def test_named_samples_are_written_by_name() -> None:
    named = Wording(body=Text(text="Hi {{first_name}}, welcome", samples=("Asha",)))

    assert write_wording(named) == {
        "components": [
            {
                "type": "BODY",
                "text": "Hi {{first_name}}, welcome",
                "example": {
                    "body_text_named_params": [{"param_name": "first_name", "example": "Asha"}]
                },
            }
        ]
    }


@pytest.mark.parametrize(
    "part",
    [
        {
            "type": "limited_time_offer",
            "limited_time_offer": {"text": "Go", "has_expiration": True},
        },
        {"type": "LIMITED_TIME_OFFER", "text": "Go", "has_expiration": "true"},
    ],
)
def test_an_offers_title_is_read_in_both_shapes(part: contents.Json) -> None:
    assert read_wording({"components": [part]}) == Wording(
        offer=Offer(text="Go", has_expiration=True)
    )


def test_cards_are_read_in_any_order_and_case() -> None:
    raw = {
        "components": [
            {"type": "buttons", "buttons": [{"type": "quick_reply", "text": "Yes"}]},
            {"type": "body", "text": "Hi {{1}}", "example": {"body_text": ["x"]}},
            {"type": "header", "format": "video", "example": {"header_handle": ["4::aW"]}},
            {"type": "footer", "text": "Bye"},
        ]
    }

    assert read_wording({"components": [{"type": "carousel", "cards": [raw, "?"]}]}) == Wording(
        cards=(
            Card(
                header=Header(kind=HeaderKind.VIDEO, given="VIDEO", media_sample="4::aW"),
                body=Text(text="Hi {{1}}", samples=("x",)),
                buttons=(Button(kind=ButtonKind.QUICK_REPLY, label="Yes"),),
                strangers=("FOOTER",),
            ),
            Card(),
        )
    )


def test_of_a_part_that_is_there_twice_the_first_is_read_and_it_is_told() -> None:
    twice = {"components": [{"type": "BODY", "text": "One"}, {"type": "BODY", "text": "Two"}]}

    assert read_wording(twice) == Wording(body=Text(text="One"), strangers=("BODY",))
