"""No value breaks out of its slot: neither into another part of the message nor into a page."""

import json
import re
from typing import Any

import pytest
from django.template.loader import render_to_string

from templates_app.kinds.base import Envelope
from templates_app.models import Kind
from templates_app.rendering.variants import Prepared, prepare_wording
from templates_app.values.slots import read_value
from templates_app.wording.reading import read_wording
from tests.templates_app import contents
from tests.templates_app.contents import Json, card, carousel, content, offer, text_header

NAME = {"text": "{{ profile.name }}"}
LINK = {"text": "https://a.b/{{ profile.name | url_encode }}.jpg"}
TYPES: dict[Kind, tuple[Json, Json]] = {
    Kind.BASIC: (
        content(
            "Hello {{1}}, and {{2}} too",
            header=text_header("For {{1}} now", "x"),
            buttons=[contents.YES, contents.SHOP],
        ),
        {"header.1": NAME, "body.1": NAME, "body.2": NAME, "button.0": NAME, "button.1": NAME},
    ),
    Kind.LIMITED_TIME_OFFER: (
        offer(body="Hello {{1}}, and {{2}} too", header=contents.IMAGE),
        {
            "header.media": LINK,
            "body.1": NAME,
            "body.2": NAME,
            "offer.expiration": {"text": "2099-01-01"},
            "button.0": {"text": "SAVE25"},
            "button.1": NAME,
        },
    ),
    Kind.CAROUSEL: (
        carousel(*[card("Hello {{1}}, look", buttons=[contents.YES, contents.SHOP])] * 2),
        {
            f"card.{number}.{part}": value
            for number in range(2)
            for part, value in (
                ("media", LINK),
                ("body.1", NAME),
                ("button.0", NAME),
                ("button.1", NAME),
            )
        },
    ),
}
SLY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '"}]},{"type":"body"}',
    '\\"},{"type":"x',
    "{{2}} {{1}} {{ profile.phone }}",
    "{% if true %}x{% endif %}",
    "{{ forloop }}",
    "*_~```<b>```~_*",
    "&lt;script&gt;",
    "</div></div>",
    "javascript:alert(1)//",
]


def prepared(kind: Kind) -> Prepared:
    given, values = TYPES[kind]
    return prepare_wording(
        read_wording(given),
        kind=kind,
        envelope=Envelope(language="en", template_id="1"),
        values={key: read_value(raw) for key, raw in values.items()},
    )


def shape(value: Any) -> Any:
    """The JSON without its texts: what a value must not change."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("name", SLY)
def test_a_sly_name_stays_a_name(kind: Kind, name: str) -> None:
    ready = prepared(kind)

    def request(name: str) -> Any:
        person = {"profile": {"name": name, "phone": "+919000000077"}}
        return ready.request(person=person, phone="919000000011", msg_id="1-1", extra="x")

    sly, plain = request(name), request("Asha")

    assert set(sly.form()) == set(plain.form())
    assert sly.variables == tuple(name if value == "Asha" else value for value in plain.variables)
    assert shape(json.loads(sly.components_json)) == shape(json.loads(plain.components_json))
    assert "+919000000077" not in str(sly.form())


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("name", SLY)
def test_a_sly_name_stays_text_on_the_phone(kind: Kind, name: str) -> None:
    preview = prepared(kind).preview({"profile": {"name": name}})
    html = render_to_string("templates_app/phone.html", {"preview": preview})
    plain = prepared(kind).preview({"profile": {"name": "Asha"}})

    assert tags(html) == tags(render_to_string("templates_app/phone.html", {"preview": plain}))


MARKS = re.compile(r'<span class="phone-missing">(.*?)</span>|</?(?:strong|em|s|code)>')


def tags(html: str) -> list[str]:
    """The names of all elements but those that show WhatsApp's marks and open placeholders."""
    return re.findall(r"</?[a-z]+", MARKS.sub(r"\1", html))
