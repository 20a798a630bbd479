import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.gateway.requests import (
    LocationTemplate,
    MediaKind,
    MediaTemplate,
    RenderedLocationTemplate,
    RenderedMediaTemplate,
    RenderedTemplate,
    TextTemplate,
)
from providers.models import Project
from templates_app.kinds.base import Envelope
from templates_app.kinds.preview import ButtonPreview, HeaderPreview, Preview
from templates_app.models import Kind, SendingStyle, Template, TemplateVersion
from templates_app.rendering.variants import (
    MissingValueError,
    Prepared,
    ValueTooLongError,
    prepare,
    prepare_samples,
    prepare_wording,
    slots_of,
)
from templates_app.values.slots import read_value
from templates_app.wording import placeholders
from templates_app.wording.components import ButtonKind, HeaderKind
from templates_app.wording.reading import read_wording
from tests.templates_app import contents
from tests.templates_app.contents import Json, content, text_header, wording

ASHA = {"profile": {"name": "Asha", "phone": "+919000000011", "order": "A\n17", "cart": "cart 7"}}
ADDRESSED = {"phone": "+919000000011", "msg_id": "17-1", "extra": "3|1|20260101|17|0"}
SENT_TO = {**ADDRESSED, "phone": "919000000011"}

NAME = {"text": "{{ profile.name }}"}
ORDER = {"text": "{{ profile.order }}"}


def version_of(given_content: Json, **fields: Any) -> TemplateVersion:
    known = {"name": "t", "language": "en", "vendor_id": "700001", "project": Project()}
    template = Template(**{**known, **fields})
    return TemplateVersion(template=template, number=1, content=given_content)


def by_text(given_content: Json) -> TemplateVersion:
    return version_of(given_content, sending_style=SendingStyle.BY_TEXT)


def request(version: TemplateVersion, values: Mapping[str, object], **changes: Any) -> Any:
    person = {"profile": {**ASHA["profile"], **changes}}
    return prepare(version, values).request(person=person, **ADDRESSED)


def test_a_text_template_goes_out_by_id_with_its_values_in_order() -> None:
    version = version_of(
        content(
            contents.BODY,
            header=text_header("For {{1}} today", "Asha"),
            footer="Reply STOP",
            buttons=[contents.SHOP],
        )
    )
    values = {
        "header.1": NAME,
        "body.1": NAME,
        "body.2": ORDER,
        "button.0": {"text": "{{ profile.cart }}?ref=wa"},
    }

    assert request(version, values) == TextTemplate(
        **SENT_TO,
        template_id="700001",
        header_variables=("Asha",),
        variables=("Asha", "A 17"),
        button_url_param="cart%207?ref=wa",
        has_parts=True,
    )


def test_the_same_template_goes_out_by_its_text() -> None:
    version = by_text(
        content(
            contents.BODY,
            header=text_header("For {{1}} today", "Asha"),
            footer="Reply STOP",
            buttons=[contents.SHOP],
        )
    )
    values = {"header.1": NAME, "body.1": NAME, "body.2": ORDER, "button.0": {"text": "x"}}

    assert request(version, values) == RenderedTemplate(
        **SENT_TO,
        text="Hello Asha, your order A 17 leaves our shop in the next hours.",
        header="For Asha today",
        footer="Reply STOP",
        button_url_param="x",
        has_parts=True,
    )


def test_a_plain_body_has_no_parts() -> None:
    assert request(version_of(content()), {}) == TextTemplate(**SENT_TO, template_id="700001")
    assert request(by_text(content()), {}) == RenderedTemplate(**SENT_TO, text=contents.PLAIN_BODY)


def test_values_go_out_by_number_even_where_the_text_swaps_or_repeats_them() -> None:
    version = version_of(content("Take {{2}}, then {{1}}, then {{2}} again"))

    assert request(version, {"body.1": {"text": "a"}, "body.2": {"text": "b"}}).variables == (
        "a",
        "b",
    )


def test_named_placeholders_go_out_in_order_of_appearance() -> None:
    version = version_of(content("Take {{second}}, then {{first}}"))
    values = {"body.first": {"text": "a"}, "body.second": {"text": "b"}}

    assert request(version, values).variables == ("b", "a")


def test_a_media_template_carries_its_link() -> None:
    values = {"header.media": {"text": "https://cdn.example/{{ profile.name }}.jpg"}}
    link = "https://cdn.example/Asha.jpg"

    assert request(version_of(content(header=contents.IMAGE)), values) == MediaTemplate(
        **SENT_TO, template_id="700001", kind=MediaKind.IMAGE, media_url=link
    )
    assert request(by_text(content(header=contents.IMAGE)), values) == RenderedMediaTemplate(
        **SENT_TO, text=contents.PLAIN_BODY, kind=MediaKind.IMAGE, media_url=link
    )


def test_a_document_carries_its_file_name() -> None:
    values = {
        "header.media": {"text": "https://cdn.example/1.pdf"},
        "header.filename": {"text": "{{ profile.name }}.pdf"},
    }
    sent = request(version_of(content(header=contents.DOCUMENT, footer="Bye")), values)

    assert sent == MediaTemplate(
        **SENT_TO,
        template_id="700001",
        kind=MediaKind.DOCUMENT,
        media_url="https://cdn.example/1.pdf",
        filename="Asha.pdf",
        has_parts=True,
    )


def test_a_location_carries_its_place() -> None:
    values = {
        "header.latitude": {"text": "18.9220"},
        "header.longitude": {"text": "72.8347"},
        "header.name": {"text": "Tea shop"},
    }
    place = {"latitude": "18.9220", "longitude": "72.8347", "name": "Tea shop", "address": ""}
    given_content = content(header=contents.LOCATION)

    assert request(version_of(given_content), values) == LocationTemplate(
        **SENT_TO, template_id="700001", **place
    )
    assert request(by_text(given_content), values) == RenderedLocationTemplate(
        **SENT_TO, text=contents.PLAIN_BODY, **place
    )


@pytest.mark.parametrize(
    ("buttons", "values", "components", "tail"),
    [
        ([contents.SITE], {}, None, ""),
        ([contents.CALL, contents.SITE], {}, None, ""),
        ([contents.YES, contents.NO, contents.LATER], {}, None, ""),
        ([contents.SITE, contents.SHOP][1:], {"button.0": {"text": "x"}}, None, "x"),
        ([contents.CALL, contents.SHOP], {"button.1": {"text": "x"}}, None, "x"),
        ([contents.SITE, {**contents.SITE, "text": "Second"}], {}, [], ""),
        (
            [contents.SITE, contents.SHOP],
            {"button.1": {"text": "x"}},
            [("url", "1", {"type": "text", "text": "x"})],
            "",
        ),
        (
            [contents.CODE],
            {"button.0": {"text": "SAVE25"}},
            [("copy_code", "0", {"type": "coupon_code", "coupon_code": "SAVE25"})],
            "",
        ),
        (
            [contents.YES],
            {"button.0": {"text": "yes-{{ profile.name }}"}},
            [("quick_reply", "0", {"type": "payload", "payload": "yes-Asha"})],
            "",
        ),
        (
            [contents.YES, contents.CALL, contents.SHOP],
            {"button.2": {"text": 'q="1"'}},
            [
                ("quick_reply", "0", {"type": "payload", "payload": "Yes"}),
                ("url", "2", {"type": "text", "text": "q=%221%22"}),
            ],
            "",
        ),
        (
            [contents.YES, contents.NO, contents.LATER, contents.NEVER],
            {},
            [
                ("quick_reply", str(index), {"type": "payload", "payload": label})
                for index, label in enumerate(["Yes", "No", "Later", "Never"])
            ],
            "",
        ),
    ],
)
def test_buttons_are_spelled_out_only_where_the_gateway_wants_it(
    buttons: list[Json],
    values: Json,
    components: list[tuple[str, str, Json]] | None,
    tail: str,
) -> None:
    sent = request(version_of(content(buttons=buttons)), values)
    spelled = None if sent.components_json is None else json.loads(sent.components_json)
    expected = components and [
        {"type": "button", "sub_type": kind, "index": index, "parameters": [parameter]}
        for kind, index, parameter in components
    ]

    assert (spelled, sent.button_url_param) == (
        None if components is None else {"components": expected},
        tail,
    )


def test_the_fallback_replaces_the_whole_value_of_whoever_lacks_a_property() -> None:
    version = version_of(content("Hello {{1}}, welcome to our shop"))
    values = {"body.1": {"text": "dear {{ profile.name }}", "fallback": "friend"}}

    assert request(version, values).variables == ("dear Asha",)
    assert request(version, values, name=" ").variables == ("friend",)


@pytest.mark.parametrize(
    ("given_content", "value", "profile", "slot"),
    [
        (content("Hi {{1}} there"), NAME, {"name": ""}, "body.1"),
        (content("Hi {{1}} there"), NAME, {"name": "\u200b\n"}, "body.1"),
        (content("Hi {{1}} there"), {"text": "Hi {{ profile.nobody }}"}, {}, "body.1"),
        (content("Hi {{1}} there"), {}, {}, "body.1"),
        (content("Hi {{1}} there"), "Asha", {}, "body.1"),
        (content(buttons=[contents.CODE]), NAME, {"name": "not a code!"}, "button.0"),
        (content(header=contents.IMAGE), NAME, {"name": "http://a.b/c.jpg"}, "header.media"),
        (content(header=contents.IMAGE), NAME, {"name": "https://a.b/c d.jpg"}, "header.media"),
        (content(header=contents.LOCATION), NAME, {"name": "91"}, "header.latitude"),
    ],
)
def test_who_lacks_a_value_gets_nothing(
    given_content: Json, value: object, profile: Json, slot: str
) -> None:
    with pytest.raises(MissingValueError) as raised:
        request(version_of(given_content), {slot: value}, **profile)

    assert (raised.value.slot, raised.value.reason) == (slot, "missing_value")


@pytest.mark.parametrize(
    ("given_content", "slots", "name", "slot"),
    [
        (content("Hi {{1}} there"), ["body.1"], "a" * 1016, "body.1"),
        (content("Hi {{1}} there"), ["body.1"], "a" * 20_000, "body.1"),
        (content("Hi {{1}} and {{2}}"), ["body.1", "body.2"], "a" * 600, "body.1"),
        (content("Hi {{1}} and {{1}}"), ["body.1"], "a" * 600, "body.1"),
        (content(header=text_header("For {{1}}")), ["header.1"], "a" * 57, "header.1"),
        (content(buttons=[contents.SHOP]), ["button.0"], "a" * 1989, "button.0"),
        (content(buttons=[contents.SHOP]), ["button.0"], "ç" * 400, "button.0"),
        (content(buttons=[contents.CODE]), ["button.0"], "a" * 21, "button.0"),
        (content(buttons=[contents.YES]), ["button.0"], "a" * 129, "button.0"),
    ],
)
def test_who_would_get_too_long_a_text_gets_nothing(
    given_content: Json, slots: list[str], name: str, slot: str
) -> None:
    with pytest.raises(ValueTooLongError) as raised:
        request(version_of(given_content), dict.fromkeys(slots, NAME), name=name)

    assert (raised.value.slot, raised.value.reason) == (slot, "value_too_long")
    assert name not in str(raised.value)


def test_a_value_at_the_limit_still_goes_out() -> None:
    sent = request(version_of(content("Hi {{1}} there")), {"body.1": NAME}, name="a" * 1015)

    assert sent.variables == ("a" * 1015,)


def test_a_value_with_braces_is_text_and_nothing_else() -> None:
    version = by_text(content("Take {{1}}, then {{2}} today"))
    sly = "{{2}} {{ profile.phone }} {% if %}"

    sent = request(version, {"body.1": NAME, "body.2": {"text": "b"}}, name=sly)

    assert sent.text == f"Take {sly}, then b today"


def test_the_slots_are_named_for_whoever_fills_them() -> None:
    version = version_of(
        content(
            contents.BODY,
            samples=["Asha", "A17"],
            header=contents.DOCUMENT,
            buttons=[contents.YES, contents.SHOP, contents.CALL, contents.CODE],
        )
    )

    assert [
        (slot.key, slot.sample, slot.max_length, slot.required) for slot in slots_of(version)
    ] == [
        ("header.media", "https://a.b/c.pdf", 2000, True),
        ("header.filename", "document.pdf", 240, False),
        ("body.1", "Asha", 970, True),
        ("body.2", "A17", 970, True),
        ("button.0", "Yes", 128, False),
        ("button.1", "sale", 1988, True),
        ("button.3", "SAVE25", 20, True),
    ]


def test_a_preview_shows_what_goes_out() -> None:
    version = version_of(
        content(
            "*Hi* {{1}}!",
            header=text_header("For {{1}} today", "Asha"),
            footer="Reply STOP",
            buttons=[contents.SHOP, contents.CALL, contents.CODE, contents.YES],
        ),
        language="ar",
    )
    values = {
        "header.1": NAME,
        "body.1": NAME,
        "button.0": {"text": "{{ profile.cart }}"},
        "button.2": {"text": "SAVE25"},
        "button.3": {"text": "yes"},
    }

    assert prepare(version, values).preview(ASHA) == Preview(
        header=HeaderPreview(kind=HeaderKind.TEXT, text="For Asha today"),
        body="*Hi* Asha!",
        footer="Reply STOP",
        buttons=(
            ButtonPreview(kind=ButtonKind.URL, label="Shop", target="https://a.b/cart%207"),
            ButtonPreview(kind=ButtonKind.PHONE_NUMBER, label="Call us", target="+919000000001"),
            ButtonPreview(kind=ButtonKind.COPY_CODE, label="Copy offer code", target="SAVE25"),
            ButtonPreview(kind=ButtonKind.QUICK_REPLY, label="Yes", target="yes"),
        ),
        right_to_left=True,
    )


def test_a_preview_with_gaps_says_what_is_missing() -> None:
    version = version_of(content(contents.BODY))
    values = {"body.1": NAME, "body.2": {"text": "{{ profile.nothing }}"}}

    assert prepare(version, values).preview(ASHA) == Preview(
        body="Hello Asha, your order {{2}} leaves our shop in the next hours.",
        notes=("Body {{2}} is empty for this person.",),
    )


def test_a_preview_of_too_long_a_text_says_so() -> None:
    version = version_of(content("Hi {{1}} and {{2}}"))
    person = {"profile": {"name": "a" * 600}}

    assert prepare(version, {"body.1": NAME, "body.2": NAME}).preview(person).notes == (
        "The message gets too long.",
    )


def test_the_samples_are_shown_as_they_are() -> None:
    shown = prepare_samples(
        wording("Hello {{1}}, welcome", samples=["{{ profile.name }}"], header=contents.IMAGE),
        kind=Kind.BASIC,
        language="en",
    ).preview()

    assert shown == Preview(
        header=HeaderPreview(kind=HeaderKind.IMAGE, text="c.jpg", media_url="https://a.b/c.jpg"),
        body="Hello {{ profile.name }}, welcome",
    )


def test_more_than_three_buttons_hide_behind_a_list() -> None:
    shown = prepare_samples(
        wording(buttons=[contents.YES, contents.NO, contents.LATER, contents.NEVER]),
        kind=Kind.BASIC,
        language="en",
    ).preview()

    assert [button.label for button in shown.shown_buttons] == ["Yes", "No"]
    assert [button.label for button in shown.hidden_buttons] == ["Later", "Never"]


WHOLE = content(
    "Hello {{1}}, your order {{2}} and {{1}} leaves our shop.",
    header=text_header("For {{1}} today", "Asha"),
    footer="Reply STOP",
    buttons=[contents.SHOP, contents.CODE, contents.YES],
)
VALUES = {
    "header.1": {"text": "{{ profile.name }}", "fallback": "you"},
    "body.1": {"text": '{{ profile.name | default: "there" }}', "fallback": "there"},
    "body.2": {"text": "no. {{ profile.order | upcase }}", "fallback": "of today"},
    "button.0": {"text": "{{ profile.name }}/{{ profile.order }}", "fallback": "sale"},
    "button.1": {"text": "{{ profile.order }}", "fallback": "SAVE25"},
    "button.2": {"text": "{{ profile.name }}"},
}
ODD = st.sampled_from(
    ["", " ", "a\n\tb", "     ", "\u202e", "{{1}}", "😀" * 20, "a" * 300, "x\ud800"]
)
PROPERTY = st.none() | st.integers() | st.booleans() | st.text(max_size=90) | ODD
PROFILES = st.fixed_dictionaries({}, optional={"name": PROPERTY, "order": PROPERTY})


def prepared(*, text_style: bool = False) -> Prepared:
    return prepare_wording(
        read_wording(WHOLE),
        kind=Kind.BASIC,
        envelope=Envelope(language="en", template_id="700001", by_text=text_style),
        values={key: read_value(raw) for key, raw in VALUES.items()},
    )


BY_ID, BY_TEXT = prepared(), prepared(text_style=True)


@given(PROFILES)
def test_whatever_goes_out_keeps_the_limits_and_is_what_the_preview_shows(profile: Json) -> None:
    person = {"profile": profile}
    shown = BY_ID.preview(person)
    try:
        sent: Any = BY_ID.request(person=person, **ADDRESSED)
        text: Any = BY_TEXT.request(person=person, **ADDRESSED)
    except (MissingValueError, ValueTooLongError):
        assert shown.notes
        return

    parameters = [part["parameters"][0] for part in json.loads(sent.components_json)["components"]]
    tail, code, payload = (next(v for k, v in p.items() if k != "type") for p in parameters)
    body = placeholders.fill(
        "Hello {{1}}, your order {{2}} and {{1}} leaves our shop.",
        dict(zip("12", sent.variables, strict=True)),
    )

    assert shown == Preview(
        header=HeaderPreview(kind=HeaderKind.TEXT, text=f"For {sent.header_variables[0]} today"),
        body=body,
        footer="Reply STOP",
        buttons=(
            ButtonPreview(kind=ButtonKind.URL, label="Shop", target=f"https://a.b/{tail}"),
            ButtonPreview(kind=ButtonKind.COPY_CODE, label="Copy offer code", target=code),
            ButtonPreview(kind=ButtonKind.QUICK_REPLY, label="Yes", target=payload),
        ),
    )
    assert (text.text, text.header, text.components_json) == (
        body,
        shown.header.text if shown.header else None,
        sent.components_json,
    )
    assert len(body) <= 1024
    assert len(text.header) <= 60
    assert len(f"https://a.b/{tail}") <= 2000
    assert re.fullmatch(r"[0-9A-Za-z]{1,20}", code)
    assert 1 <= len(payload) <= 128
    for value in (*sent.variables, *sent.header_variables, payload):
        assert value.strip()
        assert not re.search(r"[\n\t]|\s{5}", value)
        assert value.encode("utf-8")
