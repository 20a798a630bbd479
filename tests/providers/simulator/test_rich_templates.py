"""Templates that the simulator was taught: what it then refuses, and what the phone shows."""

import json
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from tests.gateway_simulator import SimulatorClient, running_simulator
from tests.providers.simulator.wire import HSM, PHONE, TEMPLATE, code

Json = dict[str, Any]

URL = {"type": "URL", "text": "Shop", "url": "https://shop.example/{{1}}"}
OFFER = {
    "id": "300",
    "name": "offer",
    "components": [
        {
            "type": "limited_time_offer",
            "limited_time_offer": {"text": "Ends soon", "has_expiration": True},
        },
        {"type": "body", "text": "A quarter off for {{1}}"},
        {"type": "buttons", "buttons": [{"type": "copy_code", "example": "SAVE25"}, URL]},
    ],
}
CARD = {
    "components": [
        {"type": "header", "format": "image"},
        {"type": "body", "text": "Take {{1}} home"},
        {"type": "buttons", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}, URL]},
    ]
}
CAROUSEL = {
    "id": "400",
    "components": [
        {"type": "BODY", "text": "Look, {{name}}"},
        {"type": "CAROUSEL", "cards": [CARD, CARD]},
    ],
}
TOMORROW = int((time.time() + 86_400) * 1000)


@pytest.fixture
def gateway() -> Iterator[SimulatorClient]:
    with running_simulator(reports=False) as simulator:
        simulator.opt_in(PHONE)
        simulator.teach(OFFER, CAROUSEL)
        yield simulator


def button(kind: str, index: int, **parameter: str) -> Json:
    return {
        "type": "button",
        "sub_type": kind,
        "index": str(index),
        "parameters": [{"type": "text", **parameter}],
    }


def an_end(milliseconds: object) -> Json:
    inner = {"expiration_time_ms": milliseconds}
    parameter = {"type": "limited_time_offer", "limited_time_offer": inner}
    return {"type": "limited_time_offer", "parameters": [parameter]}


CODE, TAIL = button("copy_code", 0, coupon_code="SAVE25"), button("url", 1, text="tea")


def send_offer(gateway: SimulatorClient, *components: Json, **changes: str) -> str:
    rich = json.dumps({"components": components})
    values = {"whatsAppTemplateId": "300", "var1": "Asha", "wa_template_json": rich}
    return code(gateway, HSM, TEMPLATE, values, **changes)


def test_an_offer_with_all_its_parts_is_taken_and_stands_on_the_phone(
    gateway: SimulatorClient,
) -> None:
    assert send_offer(gateway, an_end(TOMORROW), CODE, TAIL) == "success"

    (shown,) = gateway.get("/_sim/chat", phone=PHONE)["messages"]
    assert (shown["text"], shown["offer"], shown["cards"]) == (
        "A quarter off for Asha",
        {"title": "Ends soon", "ends_ms": TOMORROW},
        [],
    )
    assert shown["buttons"] == [
        {"text": "Copy offer code", "target": "", "payload": "", "code": "SAVE25"},
        {"text": "Shop", "target": "https://shop.example/tea", "payload": ""},
    ]


@pytest.mark.parametrize(
    "components",
    [
        [CODE, TAIL],
        [an_end(1), CODE, TAIL],
        [an_end(1_209_600_000), CODE, TAIL],
        [an_end(int(time.time())), CODE, TAIL],
        [an_end(str(TOMORROW)), CODE, TAIL],
        [an_end(TOMORROW), TAIL],
        [an_end(TOMORROW), CODE],
        [an_end(TOMORROW), button("copy_code", 0, coupon_code="no code!"), TAIL],
        [an_end(TOMORROW), button("url", 0, text="tea"), TAIL],
        [an_end(TOMORROW), CODE, TAIL, button("url", 2, text="tea")],
    ],
)
def test_an_offer_that_meta_would_refuse_is_refused(
    gateway: SimulatorClient, components: list[Json]
) -> None:
    assert send_offer(gateway, *components) == "101"


@pytest.mark.parametrize("value", ["two\nlines", "a\ttab", "five     blanks", " "])
def test_a_value_that_no_template_takes_is_refused(gateway: SimulatorClient, value: str) -> None:
    assert send_offer(gateway, an_end(TOMORROW), CODE, TAIL, var1=value) == "101"


def cards() -> list[Json]:
    return [
        {
            "card_index": number,
            "components": [
                {
                    "type": "header",
                    "parameters": [
                        {"type": "image", "image": {"link": f"https://files.example/{number}.jpg"}}
                    ],
                },
                {"type": "body", "parameters": [{"type": "text", "text": f"tea {number}"}]},
                button("quick_reply", 0, payload=f"yes-{number}"),
                button("url", 1, text=f"tea-{number}"),
            ],
        }
        for number in range(2)
    ]


def send_cards(gateway: SimulatorClient, given: object, **changes: str) -> str:
    rich = json.dumps({"components": [{"type": "carousel", "cards": given}]})
    values = {"whatsAppTemplateId": "400", "var1": "Asha", "wa_template_json": rich}
    return code(gateway, HSM, TEMPLATE, values, **changes)


def test_a_carousel_is_taken_and_its_cards_stand_on_the_phone(gateway: SimulatorClient) -> None:
    assert send_cards(gateway, cards()) == "success"

    (shown,) = gateway.get("/_sim/chat", phone=PHONE)["messages"]
    assert (shown["text"], shown["offer"], shown["buttons"]) == ("Look, Asha", None, [])
    assert shown["cards"] == [
        {
            "kind": "image",
            "media": f"https://files.example/{number}.jpg",
            "text": f"Take tea {number} home",
            "buttons": [
                {"text": "Yes", "target": "", "payload": f"yes-{number}"},
                {"text": "Shop", "target": f"https://shop.example/tea-{number}", "payload": ""},
            ],
        }
        for number in range(2)
    ]


def first_header(change: Callable[[Json], object]) -> Callable[[list[Json]], object]:
    return lambda cards: change(cards[0]["components"][0])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cards: cards.pop(),
        lambda cards: cards.append(deepcopy(cards[0]) | {"card_index": 2}),
        lambda cards: cards[1].update(card_index=0),
        lambda cards: cards[1].update(card_index="1"),
        lambda cards: cards[0]["components"].pop(0),
        lambda cards: cards[0]["components"].pop(1),
        lambda cards: cards[0]["components"].pop(3),
        lambda cards: cards[0]["components"][1]["parameters"].append({"text": "more"}),
        lambda cards: cards[0]["components"][1]["parameters"][0].update(text="two\nlines"),
        first_header(lambda header: header["parameters"][0].update(image={"link": "http://a.b/"})),
        first_header(lambda header: header["parameters"][0].update(type="video")),
    ],
)
def test_a_carousel_that_meta_would_refuse_is_refused(
    gateway: SimulatorClient, spoil: Callable[[list[Json]], object]
) -> None:
    given = cards()
    spoil(given)

    assert send_cards(gateway, given) == "101"


@pytest.mark.parametrize(
    "broken", ["{", "[]", "{}", '{"components": 1}', '{"components": [{"type": "carousel"}]}']
)
def test_broken_parts_are_refused(gateway: SimulatorClient, broken: str) -> None:
    values = {"whatsAppTemplateId": "400", "var1": "Asha", "wa_template_json": broken}

    assert code(gateway, HSM, TEMPLATE, values) == "101"


def test_what_is_not_taught_is_refused_only_if_told_so(gateway: SimulatorClient) -> None:
    unknown = code(gateway, HSM, TEMPLATE, whatsAppTemplateId="999")
    gateway.teach(only=False)

    assert (unknown, code(gateway, HSM, TEMPLATE, whatsAppTemplateId="999")) == ("101", "success")
    assert [row["id"] for row in gateway.get("/_sim/templates")] == ["300", "400"]


def test_a_text_is_found_among_the_templates_and_checked_like_one(
    gateway: SimulatorClient,
) -> None:
    by_text = {key: value for key, value in TEMPLATE.items() if key != "whatsAppTemplateId"}
    rich = {"components": [an_end(TOMORROW), CODE, TAIL]}
    late = {"components": [an_end(1), CODE, TAIL]}

    def send(parts: Json) -> str:
        text = {"msg": "A quarter off for Asha", "wa_template_json": json.dumps(parts)}
        return code(gateway, HSM, by_text, text)

    assert (send(rich), send(late), send({"components": []})) == ("success", "101", "101")


@pytest.mark.parametrize("described", [{}, {"components": []}])
def test_a_template_without_an_id_is_not_learnt(gateway: SimulatorClient, described: Json) -> None:
    with pytest.raises(ValueError, match="a template needs an id"):
        gateway.teach(described)
