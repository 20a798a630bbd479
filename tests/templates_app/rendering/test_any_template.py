"""Whatever template is accepted and whoever it goes to: what is rendered keeps the limits, is taken
by the gateway's stand-in, and is what the preview shows."""

import json
import re
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from templates_app.incoming.documents import problems_of_document, read_document
from templates_app.kinds import KINDS
from templates_app.kinds.base import Envelope
from templates_app.models import Kind
from templates_app.rendering.variants import Prepared, prepare_wording
from templates_app.rules.problems import errors_in
from templates_app.values.filling import UnusableValueError
from templates_app.values.slots import Slot, SlotKind, read_value
from templates_app.wording.reading import read_wording
from tests.templates_app import contents
from tests.templates_app.contents import Json
from tests.templates_app.phones import (
    PHONE,
    TEMPLATE_ID,
    account_with,
    previewed,
    received,
    refusal_of,
)

NAMED = {"name": "t", "language": "en", "category": "MARKETING"}
NOW = 1_800_000_000.0

# Letters of several scripts, marks that stand on others, emoji of one to seven code points, and
# what means something to somebody on the way.
WORDS = st.sampled_from(
    [
        "tea",
        "Straße",
        "e\u0301\u0323",
        "नमस्ते",
        "क्षत्रिय",
        "مرحبا",
        "שלום",
        "你好",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
        "\U0001f1ee\U0001f1f3",
        "𝔘𝔫𝔦",
        "*bold*",
        "<b>",
        "&amp;",
        '"quoted"',
        "back\\slash",
        "50%",
    ]
)
PHRASES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
ODD_VALUES = st.sampled_from(
    [
        "",
        "  ",
        "a\n\tb",
        "a" * 70,
        "a" * 161,
        "😀" * 200,
        "{{1}}",
        "{{ profile.a }}",
        "{% raw %}",
        "\u202egnp.exe",
        "\u200b",
        "x\ud800y",
        "</script>",
        '","components":[]}',
        "\x00",
    ]
)
PROPERTIES = (
    st.none()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.text(max_size=60)
    | PHRASES
    | ODD_VALUES
    | st.lists(st.integers(), max_size=2)
)
ENDS = st.sampled_from(["2030-01-01", "2030-01-01T10:00:00Z", "1999-01-01", "soon", 1898762400000])
PROFILES = st.fixed_dictionaries(
    {}, optional={"a": PROPERTIES, "b": PROPERTIES, "ends": ENDS | PROPERTIES}
)


@st.composite
def texts(draw: st.DrawFn, *, most: int) -> tuple[str, list[str]]:
    """A text with up to three placeholders between its words, and their samples."""
    count = draw(st.integers(0, 3))
    names = draw(st.sampled_from([["1", "2", "3"], ["first", "second", "third"]]))[:count]
    pieces = [draw(PHRASES)]
    for name in names:
        pieces += [f"{{{{{name}}}}}", draw(PHRASES)]
    if names and draw(st.booleans()):
        pieces += [f"{{{{{names[0]}}}}}", "again"]
    return " ".join(pieces)[:most], ["sample"] * count


def part(kind: str, written: tuple[str, list[str]]) -> Json:
    text, samples = written
    names = list(dict.fromkeys(re.findall(r"\{\{(\w+)\}\}", text)))
    if names and not names[0].isdigit():
        named = [{"param_name": name, "example": "sample"} for name in names]
        return {"type": kind, "text": text, "example": {"body_text_named_params": named}}
    return {"type": kind, "text": text, "example": {"body_text": [samples]}}


LABELS = PHRASES.map(lambda text: text[:20])
REPLIES = LABELS.map(lambda label: {"type": "QUICK_REPLY", "text": label})
LINKS = st.sampled_from([contents.SHOP, contents.SITE])
CALLS = st.just(contents.CALL)
CODES = st.just(contents.CODE)
HEADERS = st.sampled_from(
    [
        None,
        contents.IMAGE,
        contents.DOCUMENT,
        contents.text_header("For {{1}} today", "you"),
        contents.text_header("Fresh tea"),
    ]
)


def whole(*parts: Json | None) -> Json:
    return {"components": [part for part in parts if part]}


def below(buttons: list[Json]) -> Json | None:
    return {"type": "BUTTONS", "buttons": buttons} if buttons else None


BASICS = st.builds(
    lambda header, body, footer, replies, others: whole(
        header,
        part("BODY", body),
        {"type": "FOOTER", "text": footer} if footer else None,
        below([*replies, *others]),
    ),
    HEADERS,
    texts(most=1030),
    st.just("") | st.sampled_from(["Reply STOP", "نص"]),
    st.lists(REPLIES, max_size=5),
    st.lists(LINKS | CALLS | CODES, max_size=3),
)
OFFERS = st.builds(
    lambda header, title, expires, body, links: whole(
        header,
        contents.offer(title, expires=expires)["components"][-1],
        part("BODY", body),
        below([contents.CODE, *links]),
    ),
    st.sampled_from([None, contents.IMAGE]),
    LABELS.map(lambda label: label[:16]),
    st.booleans(),
    texts(most=610),
    st.lists(LINKS, max_size=2),
)
CARDS = st.builds(
    lambda body, label, link: whole(
        contents.IMAGE, part("BODY", body), below([{"type": "QUICK_REPLY", "text": label}, link])
    ),
    texts(most=165),
    LABELS,
    LINKS,
)
CAROUSELS = st.builds(
    lambda body, cards: whole(part("BODY", body), {"type": "CAROUSEL", "cards": cards}),
    texts(most=1030),
    st.lists(CARDS, min_size=2, max_size=4),
)
TEMPLATES = {Kind.BASIC: BASICS, Kind.LIMITED_TIME_OFFER: OFFERS, Kind.CAROUSEL: CAROUSELS}

TEXT_VALUES = st.sampled_from(
    [
        {"text": "{{ profile.a }}", "fallback": "friend"},
        {"text": '{{ profile.a | default: "there" }}'},
        {"text": "{{ profile.b | upcase }} {{ profile.a }}"},
        {"text": "{% if profile.b %}dear {{ profile.b }}{% else %}you{% endif %}"},
        {"text": "fixed नमस्ते 😀"},
    ]
)
VALUES_BY_KIND = {
    SlotKind.MEDIA: [{"text": "https://a.b/c.jpg"}, {"text": "https://a.b/{{ profile.a }}.jpg"}],
    SlotKind.CODE: [{"text": "SAVE25"}, {"text": "{{ profile.a }}", "fallback": "SAVE10"}],
    SlotKind.EXPIRY: [{"text": "2030-06-01 10:00"}, {"text": "{{ profile.ends }}"}],
    SlotKind.PAYLOAD: [{"text": ""}, {"text": "yes-{{ profile.a }}"}],
    SlotKind.FILE_NAME: [{"text": ""}, {"text": "{{ profile.a }}.pdf"}],
}


def values_for(slot: Slot) -> st.SearchStrategy[Json]:
    known = VALUES_BY_KIND.get(slot.kind)
    return TEXT_VALUES if known is None else st.sampled_from(known)


def prepared(kind: Kind, content: Json, values: Json, *, by_text: bool) -> Prepared:
    return prepare_wording(
        read_wording(content),
        kind=kind,
        envelope=Envelope(language="en", template_id=TEMPLATE_ID, by_text=by_text),
        values={key: read_value(raw) for key, raw in values.items()},
    )


@pytest.mark.parametrize("by_text", [False, True])
@pytest.mark.parametrize("kind", list(Kind))
@settings(max_examples=60)
@given(data=st.data())
def test_what_is_accepted_is_rendered_within_the_limits_and_as_it_was_shown(
    kind: Kind,
    by_text: bool,
    data: st.DataObject,
) -> None:
    content = data.draw(TEMPLATES[kind])
    document = read_document({**NAMED, **content})
    assume(not errors_in(problems_of_document(document, submitting=True)))
    slots = KINDS[kind].slots(document.wording)
    values = {slot.key: data.draw(values_for(slot)) for slot in slots}
    ready = prepared(kind, content, values, by_text=by_text)
    person = {"profile": data.draw(PROFILES)}

    shown = ready.preview(person, now=NOW)
    try:
        sent: Any = ready.request(person=person, phone=PHONE, msg_id="1-1", extra="x", now=NOW)
    except UnusableValueError:
        event("kept back")
        assert shown.notes
        return

    event("sent")
    account = account_with(content)
    assert not shown.notes
    assert refusal_of(account, sent) is None
    assert received(account, sent) == previewed(shown)
    _check_limits(kind, previewed(shown))
    for value in sent.form().values():
        value.encode("utf-8")
    json.loads(sent.components_json or "{}")


def _check_limits(kind: Kind, shown: Json) -> None:
    assert len(shown["body"]) <= (600 if kind is Kind.LIMITED_TIME_OFFER else 1024)
    assert kind is not Kind.BASIC or len(shown["header"]) <= 2000
    if shown["offer"] and shown["offer"]["ends_ms"] is not None:
        assert shown["offer"]["ends_ms"] > NOW * 1000
    for _, text, _ in shown["cards"]:
        assert len(text) <= 160
    for label, target in [*shown["buttons"], *(b for card in shown["cards"] for b in card[2])]:
        if label == "Copy offer code":
            assert re.fullmatch(r"[0-9A-Za-z]{1,20}", target)
        else:
            assert len(label) <= 25
            assert 1 <= len(target) <= 2000
