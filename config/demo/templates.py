"""The demo's templates, one of each type, and what a campaign fills into them."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from providers.models import Project
from templates_app.models import Category, Kind, Status, Template, TemplateVersion

Json = Mapping[str, object]

# The campaign's own; the smoke test finds its messages by it.
TREATS_ID = "4711000000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    name: str
    kind: Kind
    vendor_id: str
    components: list[Json]
    values: Mapping[str, Mapping[str, str]]


def _body(text: str, *samples: str) -> Json:
    return {"type": "BODY", "text": text, "example": {"body_text": [[*samples]]}}


def _link(text: str, url: str, sample: str) -> Json:
    return {"type": "URL", "text": text, "url": url, "example": [url.replace("{{1}}", sample)]}


def _picture(name: str) -> Json:
    link = f"https://chai.example.com/pictures/{name}.jpg"
    return {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [link]}}


def _card(name: str, text: str) -> Json:
    menu = _link("See the tea", "https://chai.example.com/teas/{{1}}", name)
    return {
        "components": [_picture(name), _body(text, "Asha"), {"type": "BUTTONS", "buttons": [menu]}]
    }


NAME = {"text": "{{ profile.name }}", "fallback": "there"}
CITY = {"text": "{{ profile.City | downcase }}", "fallback": "all"}
STOP: Json = {"type": "QUICK_REPLY", "text": "Stop promotions"}

TREATS = Shown(
    name="monsoon_treats",
    kind=Kind.BASIC,
    vendor_id=TREATS_ID,
    components=[
        {"type": "HEADER", "format": "TEXT", "text": "Monsoon treats are here"},
        _body(
            "Hello {{1}}, this week every masala chai at our {{2}} shop comes with a free "
            "*nankhatai*.\n\nYou have {{3}} points waiting for you. See you soon!",
            "Asha",
            "Pune",
            "120",
        ),
        {"type": "FOOTER", "text": "Chai & Co., Pune"},
        {
            "type": "BUTTONS",
            "buttons": [
                STOP,
                _link("See the menu", "https://chai.example.com/menu/{{1}}", "pune"),
            ],
        },
    ],
    values={
        "body.1": NAME,
        "body.2": {"text": "{{ profile.City }}", "fallback": "nearest"},
        "body.3": {"text": "{{ profile.Points }}", "fallback": "some"},
        "button.1": CITY,
    },
)
OFFER = Shown(
    name="festival_offer",
    kind=Kind.LIMITED_TIME_OFFER,
    vendor_id="4711000000000002",
    components=[
        _picture("festival"),
        {
            "type": "LIMITED_TIME_OFFER",
            "limited_time_offer": {"text": "Festival offer", "has_expiration": True},
        },
        _body("Hello {{1}}, a quarter off *every tea* in our shops while this lasts.", "Asha"),
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "COPY_CODE", "example": "CHAI25"},
                _link("Shop now", "https://chai.example.com/offer/{{1}}", "pune"),
                STOP,
            ],
        },
    ],
    values={
        "header.media": {"text": "https://chai.example.com/pictures/festival.jpg"},
        "body.1": NAME,
        "offer.expiration": {"text": "2099-12-31 23:59"},
        "button.0": {"text": "CHAI25"},
        "button.1": CITY,
    },
)
TEAS = {
    "assam": "Strong and malty, {{1}}: for the first cup of the day.",
    "darjeeling": "Light and flowery, {{1}}: for the afternoon.",
    "nilgiri": "Fresh and fruity, {{1}}: over ice with a slice of lemon.",
}
CAROUSEL = Shown(
    name="teas_of_the_week",
    kind=Kind.CAROUSEL,
    vendor_id="4711000000000003",
    components=[
        _body("Hello {{1}}, three teas that we chose this week:", "Asha"),
        {"type": "CAROUSEL", "cards": [_card(name, text) for name, text in TEAS.items()]},
    ],
    values={
        "body.1": NAME,
        **{
            f"card.{number}.{part}": value
            for number, tea in enumerate(TEAS)
            for part, value in (
                ("media", {"text": f"https://chai.example.com/pictures/{tea}.jpg"}),
                ("body.1", NAME),
                ("button.0", {"text": tea}),
            )
        },
    },
)
SHOWN = (TREATS, OFFER, CAROUSEL)


def make_templates(project: Project) -> dict[str, Template]:
    """By name."""
    return {shown.name: _made(project, shown) for shown in SHOWN}


@transaction.atomic
def _made(project: Project, shown: Shown) -> Template:
    template, made = Template.objects.get_or_create(
        project=project,
        name=shown.name,
        language="en",
        defaults={
            "kind": shown.kind,
            "category": Category.MARKETING,
            "status": Status.APPROVED,
            "vendor_id": shown.vendor_id,
        },
    )
    if made:
        template.current = TemplateVersion.objects.create(
            template=template, number=1, content={"components": shown.components}
        )
        template.save(update_fields=["current"])
    return template
