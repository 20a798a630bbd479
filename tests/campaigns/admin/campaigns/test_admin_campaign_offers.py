"""The campaign form with limited-time offers and carousels."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import ProfileProperty, PropertyType, Variant
from campaigns.planning.previewing import wording_of
from providers.models import Project
from templates_app.models import Kind, Template
from tests.campaigns.drafts import ADD, written
from tests.factories import (
    CampaignFactory,
    ProfileFactory,
    ProviderFactory,
    TemplateFactory,
    VariantFactory,
)
from tests.templates_app.contents import card, carousel, offer

PARTS = "/campaigns/campaign/parts/"


@pytest.fixture
def shop(project: Project) -> Project:
    """Connected, in India, with a property that is a date and one that is none."""
    ProviderFactory.create(project=project)
    for name, kind in (("ends", PropertyType.DATE), ("city", PropertyType.TEXT)):
        ProfileProperty.objects.create(project=project, name=name, type=kind)
    return project


@pytest.fixture
def an_offer(shop: Project) -> Template:
    made: Template = TemplateFactory.create(
        project=shop, kind=Kind.LIMITED_TIME_OFFER, content=offer()
    )
    return made


def typed(template: Template, **changes: str) -> dict[str, str]:
    values = {
        "text__offer__expiration": "2099-12-31 18:00",
        "text__button__0": "SAVE25",
        "text__button__1": "sale",
    }
    return written(template=template, **{**values, **changes})


def test_the_rows_of_an_offer_have_a_picker_and_date_properties_only(
    an_offer: Template, marketer: Client
) -> None:
    text = marketer.post(f"{PARTS}slots/", typed(an_offer)).content.decode()
    picker, code = text.split("Code to copy", 1)

    assert 'type="datetime-local" data-picks-for="id_text-offer-expiration"' in picker
    assert ("profile.ends" in picker, "profile.city" in picker) == (True, False)
    assert ("datetime-local" in code, "profile.city" in code) == (False, True)
    assert "Asia/Kolkata" in picker


def test_an_offer_is_saved_with_its_end_and_its_code(an_offer: Template, marketer: Client) -> None:
    marketer.post(ADD, typed(an_offer))

    assert Variant.objects.get().values == {
        "offer.expiration": {"text": "2099-12-31 18:00", "fallback": ""},
        "button.0": {"text": "SAVE25", "fallback": ""},
        "button.1": {"text": "sale", "fallback": ""},
    }


def test_the_phone_shows_each_persons_own_end(
    shop: Project, an_offer: Template, marketer: Client
) -> None:
    ProfileFactory.create(project=shop, properties={"ends": "2099-01-02T03:04:00Z"})
    form = typed(an_offer, text__offer__expiration="{{ profile.ends }}")

    preview = marketer.post(f"{PARTS}preview/", form).context["example"].preview

    assert (preview.offer.ends, preview.offer.code, preview.notes) == (
        datetime(2099, 1, 2, 3, 4, tzinfo=UTC),
        "SAVE25",
        (),
    )


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        ("", "When the offer ends: fill this in."),
        ("soon", "When the offer ends: Give a day and time like 2026-12-31 18:00."),
        ("2020-01-01", "When the offer ends: The offer would be over when it goes out."),
    ],
)
def test_an_offer_without_a_usable_end_cannot_be_published(
    ends: str, message: str, an_offer: Template, marketer: Client
) -> None:
    form = typed(an_offer, text__offer__expiration=ends)
    context = marketer.post(f"{PARTS}preview/", form).context

    assert [finding.message for finding in context["states"]["what"].blocking] == [message]


def test_an_offer_that_ends_before_the_campaign_starts_cannot_be_published(
    an_offer: Template, marketer: Client
) -> None:
    now = timezone.now()
    form = typed(an_offer, text__offer__expiration=f"{now + timedelta(days=3):%Y-%m-%d %H:%M}")
    later = {"when": "later", "starts_at": f"{now + timedelta(days=5):%Y-%m-%dT%H:%M}"}

    today = marketer.post(f"{PARTS}preview/", form).context["states"]["what"]
    too_late = marketer.post(f"{PARTS}preview/", {**form, **later}).context["states"]["what"]

    assert [finding.message for finding in today.blocking] == []
    assert [finding.message for finding in too_late.blocking] == [
        "When the offer ends: The offer would be over when it goes out."
    ]


def test_the_rows_of_a_carousel_stand_together_by_card(shop: Project, marketer: Client) -> None:
    template = TemplateFactory.create(
        project=shop,
        kind=Kind.CAROUSEL,
        content=carousel(card("Take {{1}} home", samples=["tea"]), card()),
    )
    asha = ProfileFactory.create(project=shop, name="Asha")
    form = written(
        template=template,
        text__card__0__media="https://a.b/1.jpg",
        text__card__0__body__1="{{ profile.name }}",
        text__card__0__button__0="first",
        text__card__1__media="https://a.b/2.jpg",
        text__card__1__button__0="second",
    )

    rows = marketer.post(f"{PARTS}slots/", form).content.decode()
    example = marketer.post(f"{PARTS}preview/", form).context["example"]

    assert [rows.count(f'<h3 class="kc-slot-group">Card {n}</h3>') for n in (1, 2, 3)] == [1, 1, 0]
    assert example.person == asha
    assert [shown.body for shown in example.preview.cards] == [
        "Take Asha home",
        "Fresh from the hills.",
    ]
    assert example.preview.notes == ()


@pytest.mark.parametrize(
    ("written_end", "ends"),
    [
        ("2099-12-31 18:00", datetime(2099, 12, 31, 12, 30, tzinfo=UTC)),
        ("{{ profile.ends }}", None),
    ],
)
def test_the_wording_shows_an_end_that_is_the_same_for_everybody(
    shop: Project, an_offer: Template, written_end: str, ends: datetime | None
) -> None:
    variant = VariantFactory.create(
        campaign=CampaignFactory.create(project=shop),
        template=an_offer,
        values={"offer.expiration": {"text": written_end}, "button.0": {"text": "SAVE25"}},
    )

    shown = wording_of(variant).offer

    assert shown is not None
    assert (shown.ends, shown.code) == (ends, "SAVE25")


@pytest.mark.parametrize(
    ("typed", "is_wrong"),
    [
        ({"when": "later", "starts_at": "the 45th"}, True),
        ({"when": "later", "starts_at": ""}, False),
        ({"ends_at": "0000-00-00T99:99"}, True),
        ({"quiet_from": "25:00", "quiet_until": "09:00"}, True),
        ({"per_minute": "many"}, True),
    ],
)
def test_a_time_that_cant_be_read_is_not_done(
    shop: Project, marketer: Client, typed: dict[str, str], is_wrong: bool
) -> None:
    state = marketer.post(f"{PARTS}preview/", written(**typed)).context["states"]["when"]
    right = marketer.post(f"{PARTS}preview/", written()).context["states"]["when"]
    assert (state.is_done, state.is_wrong, right.is_done) == (False, is_wrong, True)
