"""Writing a campaign with several variants: one card each."""

from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, CampaignStatus, Variant, VariantsBy
from providers.models import Project
from templates_app.models import Template
from tests.campaigns.drafts import ADD, page, written
from tests.factories import (
    ProfileFactory,
    ProfilePropertyFactory,
    ProviderFactory,
    TemplateFactory,
    VariantFactory,
)

PARTS = "/campaigns/campaign/parts/"


@pytest.fixture
def shop(project: Project) -> Project:
    ProviderFactory.create(project=project)
    return project


@pytest.fixture
def english(shop: Project) -> Template:
    template: Template = TemplateFactory.create(project=shop, name="sale", language="en")
    return template


@pytest.fixture
def hindi(shop: Project) -> Template:
    template: Template = TemplateFactory.create(project=shop, name="sale", language="hi")
    return template


def two(first: Template, second: Template | None, by: str = "split", **more: Any) -> dict[str, Any]:
    """What the form posts of two cards."""
    second_one = {"v1-template": second.pk if second else "", "v1-text-body-1": "Meera"}
    form = written(template=first, text__body__1="Asha", variants_by=by, variant_count="2")
    return form | second_one | more


def kept() -> list[tuple[Any, ...]]:
    rows = Variant.objects.order_by("position").select_related("version__template")
    return [
        (row.letter, row.version.template, row.values["body.1"]["text"], row.share, row.fits)
        for row in rows
    ]


def test_two_variants_are_saved_and_stand_on_the_page_again(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    marketer.post(ADD, two(english, hindi, **{"share": "30", "v1-share": "70"}))

    campaign = Campaign.objects.get()
    assert (campaign.variants_by, kept()) == (
        VariantsBy.SPLIT,
        [("A", english, "Asha", 30, ""), ("B", hindi, "Meera", 70, "")],
    )
    cards = marketer.get(page(campaign)).context["form"].cards
    assert [(c.template.value(), c.share.value(), len(c.slot_rows)) for c in cards] == [
        (english.pk, 30, 1),
        (hindi.pk, 70, 1),
    ]


def test_going_back_to_one_message_keeps_the_first(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    marketer.post(ADD, two(english, hindi, by="language"))
    campaign = Campaign.objects.get()
    marketer.post(page(campaign), two(english, hindi, by="one"))
    campaign.refresh_from_db()
    assert (campaign.variants_by, kept()) == ("one", [("A", english, "Asha", None, "")])


def test_a_card_without_a_template_is_missed(
    shop: Project, marketer: Client, english: Template
) -> None:
    marketer.post(ADD, two(english, None, by="language"))
    states = marketer.get(page(Campaign.objects.get())).context["states"]
    assert [found.message for found in states["what"].blocking] == [
        "Add a second variant, or send one message to everybody."
    ]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ("69", "The shares add up to 99 %, not 100 %: give 1 more."),
        ("71", "The shares add up to 101 %, not 100 %: take 1 away."),
        ("", "Give variant B its share, in percent."),
    ],
)
def test_shares_that_dont_add_up_keep_it_from_going_out(
    shop: Project, marketer: Client, english: Template, hindi: Template, second: str, said: str
) -> None:
    marketer.post(ADD, two(english, hindi, **{"share": "30", "v1-share": second}))
    campaign = Campaign.objects.get()
    problems = marketer.get(page(campaign, "publish")).context["problems"]
    assert said in [found.message for found in problems]


@pytest.mark.parametrize("share", ["0", "100", "-1", "9" * 30])
def test_a_share_that_is_none_is_told_beside_its_field(
    shop: Project, marketer: Client, english: Template, hindi: Template, share: str
) -> None:
    response = marketer.post(ADD, two(english, hindi, **{"share": "50", "v1-share": share}))
    assert response.context["form"].errors == {
        "v1-share": ["A share is from 1 to 99 in a hundred."]
    }
    assert not Campaign.objects.exists()


def test_somebody_elses_template_is_no_variant(
    shop: Project, marketer: Client, english: Template
) -> None:
    theirs = TemplateFactory.create()
    response = marketer.post(ADD, two(english, theirs))
    assert sorted(response.context["form"].errors) == ["v1-template"]


def test_a_property_of_ones_own_decides(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    ProfilePropertyFactory.create(project=shop, name="City", type="text")
    ProfilePropertyFactory.create(project=shop, name="Born", type="date")
    by_city = {"by_property": "City", "v1-fits": "Pune\nThane"}
    marketer.post(ADD, two(english, hindi, by="property", **by_city))
    campaign = Campaign.objects.get()
    form = marketer.get(page(campaign)).context["form"]
    assert (campaign.by_property, campaign.variants.get(position=1).fits) == (
        "City",
        "Pune\nThane",
    )
    assert form.fields["by_property"].choices == [("", "Choose a property"), ("City", "City")]
    refused = marketer.post(ADD, two(english, hindi, by="property", by_property="Born"))
    assert sorted(refused.context["form"].errors) == ["by_property"]


# Cards that come and go ---------------------------------------------------------------------------


def cards(marketer: Client, form: dict[str, Any]) -> list[tuple[Any, ...]]:
    response = marketer.post(f"{PARTS}slots/", form)
    return [
        (card.letter, card.template.value(), [row.text.value() for row in card.slot_rows])
        for card in response.context["form"].cards
    ]


def test_another_variant_begins_as_a_copy_of_the_first(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    first, second = str(english.pk), str(hindi.pk)
    found = cards(marketer, two(english, hindi, share="40", another_variant="1"))
    assert found == [
        ("A", first, ["Asha"]),
        ("B", second, ["Meera"]),
        ("C", first, ["Asha"]),
    ]


def test_choosing_several_brings_a_second_card(
    shop: Project, marketer: Client, english: Template
) -> None:
    one = written(template=english, text__body__1="Asha", variant_count="1")
    assert cards(marketer, one) == [("A", str(english.pk), ["Asha"])]
    assert cards(marketer, one | {"variants_by": "language"}) == [
        ("A", str(english.pk), ["Asha"]),
        ("B", str(english.pk), ["Asha"]),
    ]


@pytest.mark.parametrize(("gone", "left"), [("0", "BC"), ("1", "AC"), ("2", "AB")])
def test_a_variant_taken_away_lets_the_others_move_up(
    shop: Project, marketer: Client, english: Template, hindi: Template, gone: str, left: str
) -> None:
    tamil = TemplateFactory.create(project=shop, name="sale", language="ta")
    third = {"v2-template": tamil.pk, "v2-text-body-1": "Ravi", "variant_count": "3"}
    all_three = {
        "A": (str(english.pk), ["Asha"]),
        "B": (str(hindi.pk), ["Meera"]),
        "C": (str(tamil.pk), ["Ravi"]),
    }
    found = cards(marketer, two(english, hindi, **third, without_variant=gone))
    assert found == [(letter, *all_three[was]) for letter, was in zip("AB", left, strict=True)]


@pytest.mark.parametrize("count", ["0", "-3", "many", "99", "9" * 40])
def test_an_odd_number_of_cards_is_two_to_ten(
    shop: Project, marketer: Client, english: Template, count: str
) -> None:
    form = two(english, english, variant_count=count, another_variant="1")
    assert 2 <= len(cards(marketer, form)) <= 10


def test_the_phone_shows_the_variant_that_is_asked_for(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    ProfileFactory.create(project=shop)
    form = two(english, hindi)
    shown = [
        marketer.post(f"{PARTS}preview/", form | {"shown_variant": asked}).context["example"]
        for asked in ("", "0", "1", "7", "x")
    ]
    assert [example.variant.letter for example in shown] == ["A", "A", "B", "A", "A"]
    assert shown[2].preview.body == "Hello Meera, our summer sale starts today."


def test_how_many_get_which_stands_beside_the_audience(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    ProfileFactory.create_batch(2, project=shop, language="en")
    response = marketer.post(f"{PARTS}reach/", two(english, hindi, by="language"))
    text = " ".join(response.content.decode().split())
    assert [(row.variant.letter, row.people) for row in response.context["variant_rows"]] == [
        ("A", 2),
        ("B", 0),
    ]
    assert "Nobody gets it." in text


def test_a_problem_stands_beside_the_field_of_its_variant(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    form = two(english, hindi) | {"v1-text-body-1": "{{ profile.name"}
    context = marketer.post(f"{PARTS}preview/", form).context
    found = [[len(findings) for _row, findings in rows] for _card, rows in context["cards"]]
    assert found == [[0], [1]]


# Before it goes out -------------------------------------------------------------------------------


def ready(shop: Project, english: Template, hindi: Template) -> Campaign:
    first = VariantFactory.create(campaign__project=shop, template=english)
    campaign: Campaign = first.campaign
    VariantFactory.create(campaign=campaign, template=hindi, position=1)
    campaign.variants_by = VariantsBy.LANGUAGE
    campaign.save()
    ProfileFactory.create(project=shop, language="hi", name="Meera")
    return campaign


def test_the_last_page_says_who_gets_which(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    campaign = ready(shop, english, hindi)
    reach = " ".join(marketer.get(page(campaign, "publish/reach")).content.decode().split())
    shown = marketer.get(page(campaign, "publish"))
    examples = shown.context["examples"]
    assert "one of 2 variants" in reach
    assert "for people whose language is English, and everybody else" in reach
    assert reach.count("Nobody gets it.") == 1  # Meera is the only one, and speaks Hindi
    assert [(each.variant.letter, each.person.name) for each in examples] == [
        ("A", "Meera"),
        ("B", "Meera"),
    ]
    assert [
        shown.text.count(f">{each.variant.letter} · {each.variant.version.template}</h3>")
        for each in examples
    ] == [1, 1]
    assert shown.text.count("With the values of <strong>Meera</strong>") == 1
    seen = marketer.get(page(campaign, "publish/reach")).context["seen"]
    marketer.post(page(campaign, "publish"), {"seen": seen})
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.LAUNCHING
    live = " ".join(marketer.get(page(campaign)).content.decode().split())
    assert "for people whose language is Hindi" in live


def test_each_variant_can_be_tried_out(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    campaign = ready(shop, english, hindi)
    asked = marketer.get(f"{page(campaign, 'try')}?shown_variant=1").context
    preview = marketer.post(page(campaign, "try/preview"), {"shown_variant": "1"}).context
    assert (asked["variant"].letter, preview["variant"].letter) == ("B", "B")


# An A/B test --------------------------------------------------------------------------------------

TEST = {"test_percent": "20", "decides_after": "4", "decides_by": "clicked", "decision": "ask"}


def test_a_test_is_saved_with_its_rule(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    marketer.post(ADD, two(english, hindi, by="test", **TEST))
    saved = Campaign.objects.values_list("variants_by", *TEST).get()
    assert saved == ("test", 20, 4, "clicked", "ask")
    assert Variant.objects.count() == 2


def test_a_test_begins_with_a_rule_that_can_be_seen(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    def chosen(**typed: str) -> str:
        form = two(english, hindi, by="test", **typed)
        return str(marketer.post(f"{PARTS}slots/", form).context["form"]["decision"].value())

    assert (chosen(), chosen(decision="ask")) == ("first", "ask")


def test_a_larger_part_is_advised_only_where_there_is_one(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    ProfileFactory.create_batch(10, project=shop)

    def reach(percent: str) -> str:
        form = two(english, hindi, by="test", **TEST | {"test_percent": percent})
        return str(marketer.post(f"{PARTS}reach/", form).content.decode())

    advice, doubt = "Take a larger part for the test.", "a winner can hardly be told from chance."
    part, whole = reach("50"), reach("100")
    assert (doubt in part, advice in part) == (True, True)
    assert (doubt in whole, advice in whole) == (True, False)


NO_TEST = "A test is for 5 to 100 in a hundred: of fewer nobody learns anything."
NO_HOURS = "From 1 to 168 hours."


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("test_percent", "1", NO_TEST),
        ("test_percent", "4", NO_TEST),
        ("test_percent", "101", NO_TEST),
        ("decides_after", "0", NO_HOURS),
        ("decides_after", "169", NO_HOURS),
        ("decides_after", "-1", NO_HOURS),
    ],
)
def test_a_test_that_makes_no_sense_is_told_beside_its_field(
    shop: Project,
    marketer: Client,
    english: Template,
    hindi: Template,
    field: str,
    typed: str,
    error: str,
) -> None:
    response = marketer.post(ADD, two(english, hindi, by="test", **{**TEST, field: typed}))
    assert response.context["form"].errors == {field: [error]}
    assert not Campaign.objects.exists()


def test_a_test_offers_four_cards_at_the_most(
    shop: Project, marketer: Client, english: Template, hindi: Template
) -> None:
    form = two(english, hindi, by="test", variant_count="4", another_variant="1")
    response = marketer.post(f"{PARTS}slots/", form)
    assert [card.letter for card in response.context["form"].cards] == ["A", "B", "C", "D"]
    assert "4 variants are the most." in response.content.decode()
