"""A campaign of each template type, by id and by text, against a gateway that knows the templates:
what the phone shows is what the preview showed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from campaigns.models import State
from campaigns.planning.previewing import person_of
from providers.models import Project
from templates_app.models import Kind, SendingStyle, Template
from templates_app.rendering.variants import prepare
from tests.campaigns.sending.test_loop import send
from tests.factories import (
    CampaignFactory,
    ProfileFactory,
    ProviderFactory,
    TemplateFactory,
    VariantFactory,
)
from tests.gateway_simulator import CREDENTIALS, SimulatorClient, running_simulator
from tests.templates_app import contents
from tests.templates_app.contents import Json, card, carousel, content, offer, text_header
from tests.templates_app.phones import as_seen, previewed

pytestmark = pytest.mark.django_db(transaction=True)

NAME = {"text": "{{ profile.name }}", "fallback": "there"}
TAIL = {"text": "{{ profile.cart }}", "fallback": "all"}
ENDS = {"text": "{{ profile.ends }}"}
LINK = {"text": "https://a.b/{{ profile.picture | default: 'any' }}.jpg"}
TYPES: dict[Kind, tuple[Json, Json]] = {
    Kind.BASIC: (
        content(
            "Hello {{1}}, our sale starts today",
            header=text_header("For {{1}} today", "you"),
            footer="Reply STOP",
            buttons=[contents.YES, contents.SHOP],
        ),
        {"header.1": NAME, "body.1": NAME, "button.0": {"text": "yes"}, "button.1": TAIL},
    ),
    Kind.LIMITED_TIME_OFFER: (
        offer(body="Hello {{1}}, take a quarter off today", header=contents.IMAGE),
        {
            "header.media": LINK,
            "body.1": NAME,
            "offer.expiration": ENDS,
            "button.0": {"text": "SAVE25"},
            "button.1": TAIL,
        },
    ),
    Kind.CAROUSEL: (
        carousel(*[card("Take {{1}} home")] * 3, body="Hello {{1}}, look at these"),
        {
            "body.1": NAME,
            **{
                f"card.{number}.{part}": value
                for number in range(3)
                for part, value in (("media", LINK), ("body.1", NAME), ("button.0", TAIL))
            },
        },
    ),
}


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield simulator


@pytest.fixture
def shop(project: Project) -> Project:
    ProviderFactory.create(project=project, rate=500, **CREDENTIALS)
    return project


def template_of(shop: Project, kind: Kind, simulator: SimulatorClient, **fields: Any) -> Template:
    template: Template = TemplateFactory.create(
        project=shop, kind=kind, content=TYPES[kind][0], **fields
    )
    simulator.teach({"id": template.vendor_id, "components": TYPES[kind][0]["components"]})
    return template


def seen_on(simulator: SimulatorClient, phone: str) -> Json:
    (shown,) = simulator.get("/_sim/chat", phone=phone.removeprefix("+"))["messages"]
    return as_seen(shown)


@pytest.mark.parametrize("style", list(SendingStyle))
@pytest.mark.parametrize("kind", list(Kind))
def test_each_type_arrives_as_it_was_previewed(
    kind: Kind, style: SendingStyle, shop: Project, simulator: SimulatorClient
) -> None:
    template = template_of(shop, kind, simulator, sending_style=style)
    variant = VariantFactory.create(
        campaign=CampaignFactory.create(project=shop), template=template, values=TYPES[kind][1]
    )
    soon = {"cart": "cart 7", "picture": "7", "ends": _iso(timezone.now() + timedelta(days=2))}
    people = [
        ProfileFactory.create(project=shop, name=name, properties=soon)
        for name in ("Asha", "Zoë 😀 {{1}} <b>")
    ]

    outcome = send(variant.campaign)

    prepared = prepare(variant.version, variant.values)
    assert outcome == {person.identity: (State.SENT, "", "") for person in people}
    assert [seen_on(simulator, person.phone) for person in people] == [
        previewed(prepared.preview(person_of(person))) for person in people
    ]


def test_people_whose_offer_is_over_or_has_no_end_are_left_out(
    shop: Project, simulator: SimulatorClient
) -> None:
    kind = Kind.LIMITED_TIME_OFFER
    variant = VariantFactory.create(
        campaign=CampaignFactory.create(project=shop),
        template=template_of(shop, kind, simulator),
        values=TYPES[kind][1],
    )
    now = timezone.now()
    for identity, properties in {
        "in time": {"cart": "a", "ends": _iso(now + timedelta(days=1))},
        "over": {"cart": "a", "ends": _iso(now - timedelta(hours=1))},
        "none": {"cart": "a"},
        "too long": {"cart": "a" * 1995, "ends": _iso(now + timedelta(days=1))},
    }.items():
        ProfileFactory.create(project=shop, identity=identity, properties=properties)

    assert send(variant.campaign) == {
        "in time": (State.SENT, "", ""),
        "over": (State.SUPPRESSED, "offer_expired", ""),
        "none": (State.SUPPRESSED, "missing_value", ""),
        "too long": (State.SUPPRESSED, "value_too_long", ""),
    }


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
