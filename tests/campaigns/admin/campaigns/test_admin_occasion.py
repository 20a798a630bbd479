"""A live campaign, on its pages: writing it, publishing it, and looking how it goes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, CampaignKind, CampaignStatus
from campaigns.planning.drafting import DraftError, save_draft
from campaigns.planning.occasion import (
    NO_DELAY,
    NO_WEEKDAY,
    THE_SAME,
    TOO_LONG,
    TOO_OFTEN,
    Deed,
    Entry,
    Occasion,
)
from campaigns.planning.occasion_document import as_document
from campaigns.planning.preflight import CHOOSE_EVENT
from campaigns.running.lifecycle import pause
from campaigns.running.turning_triggers import turn_due
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.drafts import ADD, LIST, page, written
from tests.campaigns.living import CART, ORDER, ago, did, draft, living
from tests.factories import (
    CampaignFactory,
    EventKindFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    SegmentFactory,
    TemplateFactory,
)

PART, WORDS = "/campaigns/campaign/parts/occasion/", "/campaigns/campaign/parts/occasion-words/"
LIVE: dict[str, Any] = {
    "when": "live",
    "did_event": CART,
    "did_where-0:subject": "number:Amount",
    "did_where-0:is": "more",
    "did_where-0:value": "500",
    "did_where-1:subject": "",
    "delay": "2",
    "delay_unit": "hours",
    "unless_event": ORDER,
    "again": "3",
    "again_unit": "days",
    "on_weekdays": ["1", "2", "3", "4", "5"],
    "since": "09:00",
    "hours_until": "20:00",
}
DOCUMENT = {
    "did": {
        "event": CART,
        "where": [{"on": "number", "property": "Amount", "is": "more", "value": 500}],
    },
    "delay_minutes": 120,
    "unless": {"event": ORDER},
    "again_hours": 72,
    "weekdays": [1, 2, 3, 4, 5],
    "since": "09:00",
    "until": "20:00",
}


@pytest.fixture
def shop(project: Project) -> Project:
    ProviderFactory.create(project=project)
    TemplateFactory.create(project=project)
    cart = EventKindFactory.create(project=project, name=CART)
    cart.properties.create(name="Amount", type="number")
    EventKindFactory.create(project=project, name=ORDER)
    return project


def shown(response: Any) -> str:
    return " ".join(response.content.decode().split())


BECOMES = {"begins": "message", "became": "Notification Viewed", "did_event": ""}
UNLESS = {"unless_event": "Notification Viewed"}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"begins": "segment", "did_event": ""}, "entered"),
        (BECOMES, "became_of"),
        (UNLESS, "unless_of"),
    ],
)
def test_nothing_of_another_project_sets_it_off(
    said: dict[str, Any], field: str, shop: Project, marketer: Client
) -> None:
    kind = SegmentFactory if field == "entered" else CampaignFactory
    ours, theirs = kind.create(project=shop), kind.create(project=ProjectFactory.create())
    before = Campaign.objects.count()

    form = marketer.post(ADD, written(**{**LIVE, **said, field: str(theirs.pk)})).context["form"]

    assert (list(form.errors), Campaign.objects.count()) == ([field], before)
    assert marketer.post(ADD, written(**{**LIVE, **said, field: str(ours.pk)})).status_code == 302


@pytest.mark.parametrize("foreign", ["segment", "campaign"])
def test_what_is_gone_when_it_is_saved_sets_nothing_off(shop: Project, foreign: str) -> None:
    """Deleted since the form looked for it, say."""
    did = {
        "segment": lambda: Entry(SegmentFactory.create().pk),
        "campaign": lambda: Deed("Notification Viewed", (), CampaignFactory.create().pk),
    }[foreign]()
    new = Campaign(project=shop, name="Carts", kind=CampaignKind.LIVE)
    new.occasion = as_document(Occasion(did=did))

    with pytest.raises(DraftError, match="is not there any more"):
        save_draft(new, variants=[], by=SYSTEM)

    assert not Campaign.objects.filter(name="Carts").exists()


def test_what_sets_it_off_is_saved_and_shown_again(shop: Project, marketer: Client) -> None:
    marketer.post(ADD, written(**LIVE))

    campaign = Campaign.objects.get()
    assert (campaign.kind, campaign.occasion) == (CampaignKind.LIVE, DOCUMENT)
    response = marketer.get(page(campaign))
    form = response.context["form"]
    names = ("when", "did_event", "delay", "delay_unit", "unless_event", "again", "again_unit")
    assert {name: form[name].value() for name in names} == {
        "when": "live",
        "did_event": CART,
        "delay": 2,
        "delay_unit": "hours",
        "unless_event": ORDER,
        "again": 3,
        "again_unit": "days",
    }
    assert [row.subject for row in form.did_rows.rows] == ["number:Amount", ""]

    marketer.post(page(campaign), written(**LIVE))
    campaign.refresh_from_db()
    assert campaign.occasion == DOCUMENT


def test_never_again_is_a_choice(shop: Project, marketer: Client) -> None:
    marketer.post(ADD, written(**{**LIVE, "again": "", "again_unit": "never"}))
    campaign = Campaign.objects.get()
    assert "again_hours" not in campaign.occasion
    assert marketer.get(page(campaign)).context["form"]["again_unit"].value() == "never"


def test_at_once_again_nothing_sets_it_off(shop: Project, marketer: Client) -> None:
    marketer.post(ADD, written(**LIVE))
    campaign = Campaign.objects.get()
    marketer.post(page(campaign), written(**{**LIVE, "when": "now"}))
    campaign.refresh_from_db()
    assert (campaign.kind, campaign.occasion) == (CampaignKind.ONCE, None)


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"delay": "91", "delay_unit": "days"}, "delay", TOO_LONG),
        ({"delay": "0"}, "delay", NO_DELAY),
        ({"delay": "1e9"}, "delay", "has to be a whole number"),
        ({"unless_event": CART, "did_where-0:subject": ""}, "unless_event", THE_SAME),
        ({"again": "0"}, "again", TOO_OFTEN),
        ({"again": "366"}, "again", TOO_OFTEN),
        ({"again": ""}, "again", "Say after how long, or choose “never”."),
        ({"on_weekdays": []}, "on_weekdays", NO_WEEKDAY),
        ({"since": ""}, "since", "Hours need a beginning and an end, or neither."),
        ({"hours_until": "09:00"}, "since", "Hours can't end when they begin."),
        ({"did_where-0:value": "many"}, "did_where", "This must be a number."),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    shop: Project, marketer: Client, changes: dict[str, Any], field: str, words: str
) -> None:
    response = marketer.post(ADD, written(**{**LIVE, **changes}))
    assert words in " ".join(response.context["form"].errors[field])
    assert not Campaign.objects.exists()


def test_without_an_event_it_can_be_saved_and_says_what_is_missing(
    shop: Project, marketer: Client
) -> None:
    marketer.post(ADD, written(**{**LIVE, "did_event": ""}))
    campaign = Campaign.objects.get()
    assert (campaign.kind, campaign.occasion) == (CampaignKind.LIVE, None)
    assert CHOOSE_EVENT in shown(marketer.get(page(campaign)))


def test_a_segment_that_people_come_into_is_saved_and_shown_again(
    shop: Project, marketer: Client
) -> None:
    segment = SegmentFactory.create(project=shop, name="VIPs")
    typed = {**LIVE, "begins": "segment", "entered": str(segment.pk)}
    marketer.post(ADD, written(**typed))

    campaign = Campaign.objects.get()
    assert campaign.occasion == {
        "entered": segment.pk,
        **{name: value for name, value in DOCUMENT.items() if name != "did"},
    }
    response = marketer.get(page(campaign))
    form = response.context["form"]
    assert (form["begins"].value(), form["entered"].value()) == ("segment", str(segment.pk))
    words = shown(marketer.post(WORDS, written(**typed)))
    assert "2 hours after somebody has come into the segment “VIPs”" in words


@pytest.mark.parametrize("entered", ["", "0", "x", "1\0", "9" * 400])
def test_without_a_segment_of_ours_nothing_sets_it_off(
    shop: Project, marketer: Client, entered: str
) -> None:
    foreign = SegmentFactory.create()
    for value in (entered, str(foreign.pk)):
        response = marketer.post(ADD, written(**{**LIVE, "begins": "segment", "entered": value}))
        if value:
            assert "entered" in response.context["form"].errors
    assert [one.occasion for one in Campaign.objects.all()] == ([None] if not entered else [])


def test_what_becomes_of_messages_is_saved_and_shown_again(shop: Project, marketer: Client) -> None:
    sale = CampaignFactory.create(project=shop, name="Sale")
    typed = {
        **LIVE,
        "begins": "message",
        "became": "Notification Delivered",
        "became_of": str(sale.pk),
        "did_where-0:subject": "text:Variant",
        "did_where-0:is": "equals",
        "did_where-0:value": "A",
        "unless_event": "Notification Viewed",
        "unless_of": str(sale.pk),
    }
    marketer.post(ADD, written(**typed))

    campaign = Campaign.objects.get(name="Summer sale")
    where = [{"on": "text", "property": "Variant", "is": "equals", "value": "A"}]
    assert campaign.occasion == {
        **DOCUMENT,
        "did": {"event": "Notification Delivered", "where": where, "of": sale.pk},
        "unless": {"event": "Notification Viewed", "of": sale.pk},
    }
    form = marketer.get(page(campaign)).context["form"]
    names = ("begins", "became", "became_of", "unless_event", "unless_of")
    assert {name: form[name].value() for name in names} == {name: typed[name] for name in names}
    assert [row.subject for row in form.did_rows.rows] == ["text:Variant", ""]
    words = shown(marketer.post(WORDS, written(**typed)))
    assert "somebody had a message of “Sale” delivered where Variant is “A”" in words


def test_the_link_of_a_click_has_a_name_for_readers(shop: Project, marketer: Client) -> None:
    typed = {
        **LIVE,
        "begins": "message",
        "became": "Notification Clicked",
        "became_of": str(CampaignFactory.create(project=shop, name="Sale").pk),
        "did_where-0:subject": "text:wzrk_c2a",
        "did_where-0:is": "contains",
        "did_where-0:value": "/cart",
    }
    rows = marketer.post(PART, written(**typed)).content.decode()
    assert '<option value="text:wzrk_c2a" selected>Link</option>' in rows
    words = shown(marketer.post(WORDS, written(**typed)))
    assert "clicked in a message of “Sale” where Link contains “/cart”" in words


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"became_of": "x"}, "became_of"),
        ({"became_of": "9" * 400}, "became_of"),
        ({"became": "Cart left"}, "became"),
        ({"unless_event": "Notification Viewed", "unless_of": "0"}, "unless_of"),
    ],
)
def test_messages_of_nothing_of_ours_are_refused(
    shop: Project, marketer: Client, changes: dict[str, Any], field: str
) -> None:
    sale = CampaignFactory.create(project=shop)
    foreign = CampaignFactory.create()
    began = {"begins": "message", "became": "Notification Viewed", "became_of": str(sale.pk)}
    for more in (changes, {**changes, "became_of": str(foreign.pk)}):
        response = marketer.post(ADD, written(**{**LIVE, **began, **more}))
        assert {field, "became_of"} & response.context["form"].errors.keys()


def test_from_and_until_are_saved_and_said_in_words(shop: Project, marketer: Client) -> None:
    typed = {**LIVE, "starts_at": "2099-01-01T10:00", "ends_at": "2099-01-03T18:00"}
    marketer.post(ADD, written(**typed))
    campaign = Campaign.objects.get()
    words = (
        "From Thursday, 1 January 2099, 10:00 on, until Saturday, 3 January 2099, 18:00, when it no"
        " longer counts"
    )
    assert words in shown(marketer.post(WORDS, written(**typed)))
    assert marketer.get(page(campaign)).context["form"]["starts_at"].value() == "2099-01-01T10:00"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts_at": "2001-01-01T10:00"}, "That time has passed."),
        (
            {"starts_at": "2099-01-03T10:00", "ends_at": "2099-01-01T10:00"},
            "It would end before it starts.",
        ),
    ],
)
def test_what_is_wrong_with_its_span_is_said(
    shop: Project, marketer: Client, changes: dict[str, Any], words: str
) -> None:
    marketer.post(ADD, written(**{**LIVE, **changes}))
    assert words in shown(marketer.get(page(Campaign.objects.get())))


def test_an_event_of_another_project_is_none_of_ours(shop: Project, marketer: Client) -> None:
    EventKindFactory.create(name="Sneezed")
    response = marketer.post(ADD, written(**{**LIVE, "did_event": "Sneezed"}))
    assert "did_event" in response.context["form"].errors


def test_the_event_decides_which_properties_there_are(shop: Project, marketer: Client) -> None:
    assert "Amount" in shown(marketer.post(PART, written(**LIVE)))
    other = {"when": "live", "did_event": ORDER, "did_where-0:subject": "number:Amount"}
    response = marketer.post(PART, written(**other))
    assert (response.status_code, "Amount" in shown(response)) == (200, False)


def test_it_is_said_in_words_while_it_is_written(shop: Project, marketer: Client) -> None:
    assert "2 hours after somebody did “Cart left” where Amount is more than 500" in shown(
        marketer.post(WORDS, written(**LIVE))
    )
    assert "did" not in shown(marketer.post(WORDS, written(**{**LIVE, "did_event": ""})))


def test_a_project_without_events_says_where_they_come_from(
    project: Project, marketer: Client
) -> None:
    ProviderFactory.create(project=project)
    TemplateFactory.create(project=project)
    assert "None has come yet" in shown(marketer.get(ADD))


def test_the_last_page_says_what_sets_it_off(project: Project, marketer: Client) -> None:
    campaign = draft(project, delay=timedelta(hours=2), unless=Deed(ORDER))
    text = shown(marketer.get(page(campaign, "publish/reach")))
    assert "2 hours after somebody did “Cart left”, if they did not do “Order placed”" in text
    assert "looks forward only" in text
    assert "Publish now" in text


def test_its_page_shows_who_waits_and_what_became_of_them(
    project: Project, marketer: Client
) -> None:
    campaign = living(project, delay=timedelta(hours=1))
    early, late = ProfileFactory.create_batch(2, project=project)
    did(early, at=ago(hours=1.5))
    did(late)
    turn_due()

    text = shown(marketer.get(page(campaign)))

    assert "1 person waits" in text
    assert "1 hour after somebody did “Cart left”" in text
    assert "Live · when something happens" in shown(marketer.get(LIST))
    assert "2 people wait" in shown(marketer.get(page(campaign, "stop")))
    assert "waits until the cut-off" in shown(marketer.get(page(campaign, "pause")))


def test_paused_and_resumed_by_its_buttons(project: Project, marketer: Client) -> None:
    campaign = living(project)
    pause(campaign, by=SYSTEM)
    assert "Paused" in shown(marketer.get(page(campaign)))
    marketer.post(page(campaign, "resume"), {"_project": project.pk})
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING
