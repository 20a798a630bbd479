"""Limited-time offers and carousels, from their values to the request and the preview."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from providers.gateway.requests import (
    MediaKind,
    MediaTemplate,
    RenderedMediaTemplate,
    RenderedTemplate,
    TextTemplate,
)
from providers.models import Project
from templates_app.kinds.preview import (
    ButtonPreview,
    CardPreview,
    HeaderPreview,
    OfferPreview,
    Preview,
)
from templates_app.models import Kind, SendingStyle, Template, TemplateVersion
from templates_app.rendering.variants import (
    MissingValueError,
    OfferExpiredError,
    ValueTooLongError,
    prepare,
    slots_of,
)
from templates_app.wording.components import ButtonKind, HeaderKind
from tests.templates_app import contents
from tests.templates_app.contents import Json, card, carousel, offer

PERSON = {"profile": {"name": "Asha", "until": "2026-12-31T12:30:00Z", "cart": "cart 7"}}
ADDRESSED = {"phone": "919000000011", "msg_id": "17-1", "extra": "3|1|20260101|17|0"}
NAME = {"text": "{{ profile.name }}"}
UNTIL = {"text": "{{ profile.until }}"}
MIDNIGHT_IN_DELHI = datetime(2026, 12, 31, 18, 29, 59, tzinfo=UTC)
MIDNIGHT_MS = int(MIDNIGHT_IN_DELHI.timestamp() * 1000)


def version_of(given: Json, kind: Kind, **fields: Any) -> TemplateVersion:
    template = Template(
        project=Project(time_zone="Asia/Kolkata"),
        kind=kind,
        name="t",
        vendor_id="700001",
        **fields,
    )
    return TemplateVersion(template=template, number=1, content=given)


def an_offer(*given: Any, **named: Any) -> TemplateVersion:
    return version_of(offer(*given, **named), Kind.LIMITED_TIME_OFFER)


OFFER_BODY = "Hello {{1}}, take a quarter off today."
OFFER_VALUES: Json = {
    "body.1": NAME,
    "offer.expiration": {"text": "2026-12-31"},
    "button.0": {"text": "SAVE25"},
    "button.1": {"text": "{{ profile.cart }}"},
}
OFFER_COMPONENTS = {
    "components": [
        {
            "type": "limited_time_offer",
            "parameters": [
                {
                    "type": "limited_time_offer",
                    "limited_time_offer": {"expiration_time_ms": MIDNIGHT_MS},
                }
            ],
        },
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "0",
            "parameters": [{"type": "coupon_code", "coupon_code": "SAVE25"}],
        },
        {
            "type": "button",
            "sub_type": "url",
            "index": "1",
            "parameters": [{"type": "text", "text": "cart%207"}],
        },
    ]
}


def test_an_offer_goes_out_with_its_end_its_code_and_its_link() -> None:
    sent: Any = prepare(an_offer(body=OFFER_BODY), OFFER_VALUES).request(person=PERSON, **ADDRESSED)

    assert json.loads(sent.components_json) == OFFER_COMPONENTS
    assert sent == TextTemplate(
        **ADDRESSED,
        template_id="700001",
        variables=("Asha",),
        components_json=sent.components_json,
        has_parts=True,
    )


def test_an_offer_with_an_image_goes_out_by_its_text() -> None:
    version = an_offer(body=OFFER_BODY, header=contents.IMAGE)
    version.template.sending_style = SendingStyle.BY_TEXT
    values = {**OFFER_VALUES, "header.media": {"text": "https://a.b/{{ profile.name }}.jpg"}}

    sent: Any = prepare(version, values).request(person=PERSON, **ADDRESSED)

    assert json.loads(sent.components_json) == OFFER_COMPONENTS
    assert sent == RenderedMediaTemplate(
        **ADDRESSED,
        text="Hello Asha, take a quarter off today.",
        kind=MediaKind.IMAGE,
        media_url="https://a.b/Asha.jpg",
        components_json=sent.components_json,
        has_parts=True,
    )


def test_an_offer_without_a_countdown_and_a_code_needs_no_components() -> None:
    version = an_offer(expires=False, header=contents.IMAGE, buttons=[contents.SHOP])
    values = {"header.media": {"text": "https://a.b/c.jpg"}, "button.0": {"text": "x"}}

    assert prepare(version, values).request(person=PERSON, **ADDRESSED) == MediaTemplate(
        **ADDRESSED,
        template_id="700001",
        kind=MediaKind.IMAGE,
        media_url="https://a.b/c.jpg",
        button_url_param="x",
        has_parts=True,
    )


def test_the_slots_of_an_offer() -> None:
    version = an_offer(body=OFFER_BODY, samples=["Asha"], header=contents.IMAGE)

    assert [(slot.key, slot.sample, slot.max_length) for slot in slots_of(version)] == [
        ("header.media", "https://a.b/c.jpg", 2000),
        ("body.1", "Asha", 567),
        ("offer.expiration", "", 13),
        ("button.0", "SAVE25", 15),
        ("button.1", "sale", 1988),
    ]


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2026-12-31", MIDNIGHT_IN_DELHI),
        ("2026-12-31T23:59:59", MIDNIGHT_IN_DELHI),
        (" 2026-12-31 23:59:59 ", MIDNIGHT_IN_DELHI),
        ("2026-12-31T18:29:59Z", MIDNIGHT_IN_DELHI),
        ("2026-12-31 18:29:59+00:00", MIDNIGHT_IN_DELHI),
        (str(MIDNIGHT_MS), MIDNIGHT_IN_DELHI),
        ("{{ profile.until }}", datetime(2026, 12, 31, 12, 30, tzinfo=UTC)),
    ],
)
def test_the_end_of_an_offer_is_read_in_the_projects_time_zone(
    written: str, moment: datetime
) -> None:
    values = {**OFFER_VALUES, "offer.expiration": {"text": written}}
    shown = prepare(an_offer(body=OFFER_BODY), values).preview(PERSON)

    assert shown.offer == OfferPreview(
        text="Ends tonight", has_expiration=True, ends=moment, code="SAVE25"
    )


@pytest.mark.parametrize(
    "written",
    [
        "",
        "soon",
        "31.12.2026",
        "2026-13-01",
        "1798741799",
        "2026-12-31T25:00",
        "{{ profile.name }}",
    ],
)
def test_without_a_readable_end_nobody_gets_the_offer(written: str) -> None:
    values = {**OFFER_VALUES, "offer.expiration": {"text": written}}

    with pytest.raises(MissingValueError) as raised:
        prepare(an_offer(body=OFFER_BODY), values).request(person=PERSON, **ADDRESSED)

    assert raised.value.slot == "offer.expiration"


def test_an_offer_that_is_over_is_not_sent() -> None:
    prepared = prepare(an_offer(body=OFFER_BODY), {**OFFER_VALUES, "offer.expiration": UNTIL})
    end = datetime(2026, 12, 31, 12, 30, tzinfo=UTC).timestamp()

    prepared.request(person=PERSON, **ADDRESSED, now=end - 1)
    with pytest.raises(OfferExpiredError) as raised:
        prepared.request(person=PERSON, **ADDRESSED, now=end)

    assert (raised.value.slot, raised.value.reason) == ("offer.expiration", "offer_expired")
    assert prepared.preview(PERSON, now=end).notes == ("The offer is over by then.",)


CARDS = [
    card("Take {{1}} home", samples=["Tea"], buttons=[contents.YES, contents.SHOP]),
    card("No value here", buttons=[contents.NO, contents.SITE]),
]
CARD_VALUES: Json = {
    "body.1": NAME,
    "card.0.media": {"text": "https://a.b/1.jpg"},
    "card.0.body.1": {"text": '"{{ profile.name }}"'},
    "card.0.button.0": {"text": "first"},
    "card.0.button.1": {"text": "{{ profile.cart }}"},
    "card.1.media": {"text": "https://a.b/{{ profile.name }}.jpg"},
}
CARD_COMPONENTS = {
    "components": [
        {
            "type": "carousel",
            "cards": [
                {
                    "card_index": 0,
                    "components": [
                        {
                            "type": "header",
                            "parameters": [
                                {"type": "image", "image": {"link": "https://a.b/1.jpg"}}
                            ],
                        },
                        {"type": "body", "parameters": [{"type": "text", "text": '"Asha"'}]},
                        {
                            "type": "button",
                            "sub_type": "quick_reply",
                            "index": "0",
                            "parameters": [{"type": "payload", "payload": "first"}],
                        },
                        {
                            "type": "button",
                            "sub_type": "url",
                            "index": "1",
                            "parameters": [{"type": "text", "text": "cart%207"}],
                        },
                    ],
                },
                {
                    "card_index": 1,
                    "components": [
                        {
                            "type": "header",
                            "parameters": [
                                {"type": "image", "image": {"link": "https://a.b/Asha.jpg"}}
                            ],
                        },
                        {
                            "type": "button",
                            "sub_type": "quick_reply",
                            "index": "0",
                            "parameters": [{"type": "payload", "payload": "No"}],
                        },
                    ],
                },
            ],
        }
    ]
}


def a_carousel(**fields: Any) -> TemplateVersion:
    return version_of(carousel(*CARDS, body="Hello {{1}}, look here"), Kind.CAROUSEL, **fields)


def test_a_carousel_goes_out_with_all_its_cards() -> None:
    sent: Any = prepare(a_carousel(), CARD_VALUES).request(person=PERSON, **ADDRESSED)

    assert json.loads(sent.components_json) == CARD_COMPONENTS
    assert sent == TextTemplate(
        **ADDRESSED,
        template_id="700001",
        variables=("Asha",),
        components_json=sent.components_json,
        has_parts=True,
    )


def test_a_carousel_goes_out_by_its_text() -> None:
    version = a_carousel(sending_style=SendingStyle.BY_TEXT)
    sent: Any = prepare(version, CARD_VALUES).request(person=PERSON, **ADDRESSED)

    assert json.loads(sent.components_json) == CARD_COMPONENTS
    assert sent == RenderedTemplate(
        **ADDRESSED,
        text="Hello Asha, look here",
        components_json=sent.components_json,
        has_parts=True,
    )


def test_a_carousel_shows_what_goes_out() -> None:
    image = HeaderKind.IMAGE
    yes = ButtonPreview(kind=ButtonKind.QUICK_REPLY, label="Yes", target="first")
    shop = ButtonPreview(kind=ButtonKind.URL, label="Shop", target="https://a.b/cart%207")
    no = ButtonPreview(kind=ButtonKind.QUICK_REPLY, label="No", target="No")
    site = ButtonPreview(kind=ButtonKind.URL, label="Our site", target="https://a.b/")

    assert prepare(a_carousel(), CARD_VALUES).preview(PERSON) == Preview(
        body="Hello Asha, look here",
        cards=(
            CardPreview(
                header=HeaderPreview(kind=image, text="1.jpg", media_url="https://a.b/1.jpg"),
                body='Take "Asha" home',
                buttons=(yes, shop),
            ),
            CardPreview(
                header=HeaderPreview(kind=image, text="Asha.jpg", media_url="https://a.b/Asha.jpg"),
                body="No value here",
                buttons=(no, site),
            ),
        ),
    )


def test_the_slots_of_a_carousel() -> None:
    slots = slots_of(a_carousel())

    assert [slot.group for slot in slots] == ["", *["Card 1"] * 4, *["Card 2"] * 2]
    assert slots[1].short_label == "Image (public https link or upload)"
    assert [(slot.key, slot.label, slot.max_length) for slot in slots] == [
        ("body.1", "Body {{1}}", 1007),
        ("card.0.media", "Card 1: image (public https link or upload)", 2000),
        ("card.0.body.1", "Card 1: text {{1}}", 150),
        ("card.0.button.0", "Card 1: What comes back for “Yes”", 128),
        (
            "card.0.button.1",
            "Card 1: End of the link of “Shop”, after https://a.b/",
            1988,
        ),
        ("card.1.media", "Card 2: image (public https link or upload)", 2000),
        ("card.1.button.0", "Card 2: What comes back for “No”", 128),
    ]


def test_a_card_without_its_file_keeps_the_whole_message_back() -> None:
    values = {**CARD_VALUES, "card.1.media": {"text": "{{ profile.nothing }}"}}

    with pytest.raises(MissingValueError) as raised:
        prepare(a_carousel(), values).request(person=PERSON, **ADDRESSED)

    assert raised.value.slot == "card.1.media"


@pytest.mark.parametrize(
    ("body", "name"), [("Take {{1}}!", "a" * 155), ("Take {{1}} or {{1}}!", "a" * 76)]
)
def test_too_long_a_text_on_a_card_keeps_the_message_back(body: str, name: str) -> None:
    version = version_of(carousel(card(body), card()), Kind.CAROUSEL)
    media = {"text": "https://a.b/c.jpg"}
    tail = {"text": "x"}
    values = {
        "card.0.media": media,
        "card.0.body.1": NAME,
        "card.0.button.0": tail,
        "card.1.media": media,
        "card.1.button.0": tail,
    }

    with pytest.raises(ValueTooLongError) as raised:
        prepare(version, values).request(person={"profile": {"name": name}}, **ADDRESSED)

    assert raised.value.slot == "card.0.body.1"
