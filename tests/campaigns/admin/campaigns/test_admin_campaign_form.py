"""Writing a campaign's draft."""

import re
from datetime import UTC, datetime, time

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from campaigns.models import Audience, Campaign, CampaignStatus, Slice, Variant
from providers.models import AuditEntry, Project, Provider
from templates_app.admin.picker import MANY
from templates_app.kinds.glance import glance_at
from templates_app.models import Kind, Status, Template
from tests.campaigns.drafts import ADD, LIST, TEXT, page, written
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    ListMemberFactory,
    ProfileFactory,
    ProjectFactory,
    ProviderFactory,
    SegmentFactory,
    TemplateFactory,
    TemplateVersionFactory,
    VariantFactory,
)
from tests.templates_app.contents import IMAGE, card, carousel, content

PARTS = "/campaigns/campaign/parts/"


@pytest.fixture
def shop(project: Project) -> Project:
    """Connected, in India."""
    ProviderFactory.create(project=project)
    return project


def said(response: object) -> list[str]:
    return [str(message) for message in response.context["messages"]]  # type: ignore[attr-defined]


# Before the first one ---------------------------------------------------------------------------


def test_without_gupshup_a_new_campaign_leads_to_the_connection(
    project: Project, marketer: Client
) -> None:
    response = marketer.get(ADD, follow=True)
    assert response.redirect_chain[0] == ("/providers/provider/", 302)
    assert said(response) == [
        "Connect Gupshup first: a campaign goes out through your account there."
    ]


def test_without_an_approved_template_it_leads_to_the_templates(
    shop: Project, marketer: Client
) -> None:
    TemplateFactory.create(project=shop, status=Status.PENDING)
    response = marketer.get(ADD, follow=True)
    assert response.redirect_chain == [("/templates_app/template/", 302)]
    assert said(response) == ["You need an approved template first: it is what a campaign sends."]


# Saving -------------------------------------------------------------------------------------------


def test_a_draft_is_saved_with_its_template_and_values(shop: Project, marketer: Client) -> None:
    template = TemplateFactory.create(project=shop)

    response = marketer.post(
        ADD,
        written(template=template, text__body__1="{{ profile.name }}", fallback__body__1="there"),
    )

    campaign, variant = Campaign.objects.get(), Variant.objects.get()
    assert response["Location"] == page(campaign)
    assert (campaign.project, campaign.name, campaign.status, campaign.audience) == (
        shop,
        "Summer sale",
        CampaignStatus.DRAFT,
        Audience.EVERYBODY,
    )
    assert campaign.created_by is not None
    assert (variant.campaign, variant.version, variant.values) == (
        campaign,
        template.current,
        {"body.1": TEXT},
    )


def test_an_unfinished_draft_is_saved_too(shop: Project, marketer: Client) -> None:
    TemplateFactory.create(project=shop)
    marketer.post(ADD, written(name="Only a name"))
    assert [(c.name, c.variants.count()) for c in Campaign.objects.all()] == [("Only a name", 0)]


def test_what_was_written_stays_on_the_page_with_an_error(shop: Project, marketer: Client) -> None:
    template = TemplateFactory.create(project=shop)

    response = marketer.post(
        ADD, written(name="", template=template, text__body__1="Dear {{ profile.name }}")
    )

    form = response.context["form"]
    assert (form.errors, Campaign.objects.count()) == (
        {"name": ["“Name” is missing. Fill it in."]},
        0,
    )
    assert [row.text.value() for row in form.cards[0].slot_rows] == ["Dear {{ profile.name }}"]


def test_a_set_time_is_meant_in_the_projects_zone(shop: Project, marketer: Client) -> None:
    marketer.post(ADD, written(when="later", starts_at="2026-12-24T10:30"))
    campaign = Campaign.objects.get()
    assert campaign.starts_at == datetime(2026, 12, 24, 5, 0, tzinfo=UTC)
    assert 'value="2026-12-24T10:30"' in marketer.get(page(campaign)).content.decode()


def test_end_quiet_hours_and_speed_are_saved_and_can_be_taken_back(
    shop: Project, marketer: Client
) -> None:
    limits = {
        "ends_at": "2099-12-24T18:00",
        "quiet_from": "21:00",
        "quiet_until": "09:00",
        "quiet_action": "discard",
        "per_minute": "600",
    }
    marketer.post(ADD, written(**limits))
    campaign = Campaign.objects.get()
    saved = Campaign.objects.values_list(*limits).get()
    assert saved == (
        datetime(2099, 12, 24, 12, 30, tzinfo=UTC),
        time(21),
        time(9),
        "discard",
        600,
    )

    marketer.post(page(campaign), written())

    assert Campaign.objects.values_list(*limits).get() == (None, None, None, "delay", None)


WHOLE = "“{}” has to be a whole number, like 20."
GROUP = "A control group is from 1 to 50 in a hundred. Leave it empty for none."
CAP = (
    "A cap is at least 100 people. To reach fewer, send to a list of them; leave it empty for no"
    " limit."
)


@pytest.mark.parametrize(
    ("control", "cap", "saved"),
    [("50", "100", (50, 100)), ("0", "", (None, None)), ("", "2000000000", (None, 2_000_000_000))],
)
def test_control_group_and_cap_are_saved_and_can_be_taken_back(
    shop: Project, marketer: Client, control: str, cap: str, saved: tuple[int | None, int | None]
) -> None:
    marketer.post(ADD, written(control_percent=control, most_people=cap))
    campaign = Campaign.objects.get()
    assert (campaign.control_percent, campaign.most_people) == saved
    marketer.post(page(campaign), written())
    campaign.refresh_from_db()
    assert (campaign.control_percent, campaign.most_people) == (None, None)


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        ("control_percent", "51", GROUP),
        ("control_percent", "100", GROUP),
        ("control_percent", "-1", GROUP),
        ("control_percent", "2.5", WHOLE.format("Control group, in percent")),
        ("most_people", "99", CAP),
        ("most_people", "0", CAP),
        ("most_people", "some", WHOLE.format("People, at most")),
    ],
)
def test_a_group_or_cap_that_makes_no_sense_is_said_beside_the_field(
    shop: Project, marketer: Client, field: str, typed: str, error: str
) -> None:
    response = marketer.post(ADD, written(**{field: typed}))
    form = response.context["form"]
    assert (form.errors, form.holds_back) == ({field: [error]}, True)
    assert not Campaign.objects.exists()


def test_a_set_time_without_a_time_is_an_error(shop: Project, marketer: Client) -> None:
    response = marketer.post(ADD, written(when="later"))
    assert response.context["form"].errors == {
        "starts_at": ["Choose the day and time, or let it go out at once."]
    }


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_time_at_the_end_of_the_calendar_is_not_taken(
    shop: Project, marketer: Client, moment: str
) -> None:
    """Python could not read it back, and the whole list of campaigns would break."""
    response = marketer.post(ADD, written(when="later", starts_at=moment, ends_at=moment))
    problem = ["Choose a year from 2000 to 2100."]
    assert response.context["form"].errors == {"starts_at": problem, "ends_at": problem}
    assert not Campaign.objects.exists()


def test_going_back_to_now_forgets_the_time(shop: Project, marketer: Client) -> None:
    campaign = CampaignFactory.create(project=shop, starts_at=datetime(2026, 12, 24, tzinfo=UTC))
    marketer.post(page(campaign), written(when="now", starts_at="2026-12-24T10:30"))
    campaign.refresh_from_db()
    assert campaign.starts_at is None


def test_a_time_that_nobody_sees_keeps_nothing_from_being_saved(
    shop: Project, marketer: Client
) -> None:
    marketer.post(ADD, written(when="now", starts_at="9999-12-31T23:59"))
    assert Campaign.objects.get().starts_at is None


@pytest.mark.parametrize(
    ("typed", "reading", "saved"),
    [
        ("2027-10-31T02:30", "first", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("2027-10-31T02:30", "second", datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
        ("2027-03-28T02:30", "next", datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
    ],
)
def test_which_moment_is_meant_stays_chosen_after_another_error_of_the_form(
    shop: Project, marketer: Client, typed: str, reading: str, saved: datetime
) -> None:
    Project.objects.filter(pk=shop.pk).update(time_zone="Europe/Berlin")
    later = {"when": "later", "starts_at": typed}
    asked = marketer.post(ADD, written(**later))
    assert list(asked.context["form"].errors) == ["starts_at"]
    assert f'name="starts_at_reading" value="{reading}" >' in asked.text

    nameless = marketer.post(ADD, written(**later, starts_at_reading=reading, name=""))
    assert list(nameless.context["form"].errors) == ["name"]
    assert f'name="starts_at_reading" value="{reading}" checked>' in nameless.text

    marketer.post(ADD, written(**later, starts_at_reading=reading))
    assert Campaign.objects.get().starts_at == saved


def test_review_and_publish_saves_first(shop: Project, marketer: Client) -> None:
    response = marketer.post(ADD, written(_publish="1"))
    assert response["Location"] == page(Campaign.objects.get(), "publish")


def test_saving_again_pins_the_templates_wording_of_now(shop: Project, marketer: Client) -> None:
    campaign = CampaignFactory.create(project=shop)
    variant = VariantFactory.create(campaign=campaign)
    template = variant.version.template
    template.current = TemplateVersionFactory.create(template=template)
    template.save()
    before = marketer.get(page(campaign)).context["states"]["what"].blocking

    marketer.post(page(campaign), written(template=template, text__body__1="Asha"))

    variant.refresh_from_db()
    assert [finding.message for finding in before] == [
        (
            f"The wording of the template “{template}” was changed after this campaign was saved. "
            "Look at the preview and save the campaign again."
        )
    ]
    assert (variant.version, variant.values) == (
        template.current,
        {"body.1": {"text": "Asha", "fallback": ""}},
    )


def test_a_list_or_template_of_another_project_cant_be_chosen(
    shop: Project, marketer: Client
) -> None:
    theirs = ProjectFactory.create()
    response = marketer.post(
        ADD,
        written(
            template=TemplateFactory.create(project=theirs),
            audience="some",
            lists=[CustomListFactory.create(project=theirs).pk],
        ),
    )
    assert sorted(response.context["form"].errors) == ["lists", "template"]


# What is missing ----------------------------------------------------------------------------------


def test_each_section_says_what_is_missing(shop: Project, marketer: Client) -> None:
    campaign = CampaignFactory.create(project=shop, audience=Audience.SOME)
    states = marketer.get(page(campaign)).context["states"]
    assert {
        name: [finding.message for finding in state.blocking] for name, state in states.items()
    } == {
        "start": [],
        "who": ["Choose the segments and lists to send to."],
        "what": ["Choose a template."],
        "when": [],
    }


NOTHING_FOLDED = {
    "without": "nobody",
    "held_back": "none",
    "limits": "none",
    "doubt": "not sent again",
}


def test_a_fold_says_what_it_holds_before_anybody_opens_it(shop: Project, marketer: Client) -> None:
    segment, custom_list = (
        SegmentFactory.create(project=shop),
        CustomListFactory.create(project=shop),
    )
    form = written(
        without_segments=[segment.pk],
        without_lists=[custom_list.pk],
        control_percent="10",
        most_people="1500",
        ends_at="2099-12-24T18:00",
        cut_off_hours="1",
        quiet_from="21:00",
        quiet_until="09:00",
        quiet_action="discard",
        per_minute="6000",
        ignores_caps="on",
        resend_in_doubt="on",
    )
    folds = {
        "without": "1 segment, 1 list",
        "held_back": "10 % held back, 1,500 people at most",
        "limits": "ends 24 December 2099, 18:00, cut off after 1 hour, quiet 21:00 to 09:00, and "
        "dropped then, 6,000 a minute, caps not asked",
        "doubt": "sent once more",
    }
    typed = marketer.post(f"{PARTS}preview/", form)
    marketer.post(ADD, form)
    saved = marketer.get(page(Campaign.objects.get()))
    assert (typed.context["folds"], saved.context["folds"]) == (folds, folds)
    assert '<span id="fold-doubt" hx-swap-oob="true">sent once more</span>' in typed.text
    assert "End, cut-off, quiet hours, speed and caps: <span" in saved.text
    TemplateFactory.create(project=shop)
    assert marketer.get(ADD).context["folds"] == NOTHING_FOLDED


def test_what_cant_be_read_is_in_no_folds_title(shop: Project, marketer: Client) -> None:
    form = written(
        without_lists=["999999", "x"], most_people="99", per_minute="many", quiet_from="25:00"
    )
    folds = marketer.post(f"{PARTS}preview/", form).context["folds"]
    assert folds == NOTHING_FOLDED | {"without": "2 lists"}


def test_the_form_names_the_account_that_it_goes_out_from(
    project: Project, marketer: Client
) -> None:
    TemplateFactory.create(project=project)
    campaign = CampaignFactory.create(project=project)
    assert "No Gupshup account is connected" in marketer.get(page(campaign)).text
    provider = ProviderFactory.create(project=project, nickname="The shop")
    said = (
        f"It goes out from <strong>{provider.number}</strong>, by your Gupshup account “The shop”."
    )
    assert said in marketer.get(page(campaign)).text


def test_a_past_start_and_an_audience_that_nobody_chose_are_not_done(
    shop: Project, marketer: Client
) -> None:
    TemplateFactory.create(project=shop)
    assert marketer.get(ADD).context["form"]["audience"].value() in ("", None)
    campaign = CampaignFactory.create(
        project=shop, audience=Audience.NOT_CHOSEN, starts_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    states = marketer.get(page(campaign)).context["states"]
    assert {name: states[name].is_done for name in ("who", "when")} == {"who": False, "when": False}


@pytest.mark.parametrize(
    ("link", "looks", "pill"),
    [("", "kc-todo", "To do"), ("http://a.b/c.jpg", "kc-wrong", "To mend")],
)
def test_what_is_wrong_looks_otherwise_than_what_is_missing(
    shop: Project, marketer: Client, link: str, looks: str, pill: str
) -> None:
    template = TemplateFactory.create(project=shop, content=content(header=IMAGE))
    form = written(template=template, text__header__media=link)

    shown = marketer.post(f"{PARTS}preview/", form).content.decode()

    assert [word for word in ("kc-todo", "kc-wrong") if word in shown] == [looks]
    assert f">{pill}</span>" in shown


def test_a_template_that_was_paused_since_is_still_shown_and_named(
    shop: Project, marketer: Client
) -> None:
    campaign = CampaignFactory.create(project=shop)
    template = TemplateFactory.create(project=shop, status=Status.PAUSED)
    VariantFactory.create(campaign=campaign, template=template)
    response = marketer.get(page(campaign))
    assert response.context["form"]["template"].value() == template.pk
    assert [f.message for f in response.context["states"]["what"].blocking] == [
        f"The template “{template}” is paused; only an approved one can be sent."
    ]


# Parts that change while somebody writes ----------------------------------------------------------


def test_choosing_a_template_brings_its_rows(shop: Project, marketer: Client) -> None:
    template = TemplateFactory.create(project=shop)
    response = marketer.post(f"{PARTS}slots/", written(template=template, text__body__1="Asha"))
    text = response.content.decode()
    assert ("Body {{1}}" in text, 'value="Asha"' in text) == (True, True)
    assert response["HX-Trigger-After-Swap"] == "slots-changed"


def test_the_phone_shows_a_real_persons_values(shop: Project, marketer: Client) -> None:
    template = TemplateFactory.create(project=shop)
    ProfileFactory.create(project=shop, name="Unsubscribed", subscribed=None)
    asha = ProfileFactory.create(project=shop, name="Asha")
    meera = ProfileFactory.create(project=shop, name="Meera")
    form = written(template=template, text__body__1="{{ profile.name }}")

    first = marketer.post(f"{PARTS}preview/", form)
    following = marketer.post(f"{PARTS}preview/", form | {"step": "next", "example": asha.pk})
    last = marketer.post(f"{PARTS}preview/", form | {"step": "next", "example": meera.pk})
    back = marketer.post(f"{PARTS}preview/", form | {"step": "previous", "example": meera.pk})

    seen = [response.context["example"] for response in (first, following, last, back)]
    assert [(example.person, example.preview.body) for example in seen] == [
        (asha, "Hello Asha, our summer sale starts today."),
        (meera, "Hello Meera, our summer sale starts today."),
        (meera, "Hello Meera, our summer sale starts today."),
        (asha, "Hello Asha, our summer sale starts today."),
    ]


def test_the_phone_shows_people_of_the_chosen_list_alone(shop: Project, marketer: Client) -> None:
    ProfileFactory.create(project=shop)
    member = ListMemberFactory.create(custom_list__project=shop)
    form = written(
        template=TemplateFactory.create(project=shop),
        audience="some",
        lists=[member.custom_list_id],
    )
    example = marketer.post(f"{PARTS}preview/", form).context["example"]
    assert example.person == member.profile


def test_a_text_that_cant_be_read_is_told_beside_its_field(shop: Project, marketer: Client) -> None:
    form = written(template=TemplateFactory.create(project=shop), text__body__1="{{ profile.name")
    context = marketer.post(f"{PARTS}preview/", form).context
    ((_card, ((_row, findings),)),) = context["cards"]
    assert [finding.blocks for finding in findings] == [True]
    assert (context["example"].preview, context["example"].problem != "") == (None, True)


def test_an_unknown_property_and_a_missing_fallback_are_warned_of(
    shop: Project, marketer: Client
) -> None:
    form = written(
        template=TemplateFactory.create(project=shop), text__body__1="{{ profile.citty }}"
    )
    ((_card, ((_row, findings),)),) = marketer.post(f"{PARTS}preview/", form).context["cards"]
    no_fallback = (
        "Body {{1}}: People without this property will not get the message. Add a fallback to "
        "reach them."
    )
    assert [(finding.message, finding.blocks) for finding in findings] == [
        ("Body {{1}}: No profile has a property “citty” yet.", False),
        (no_fallback, False),
    ]


def test_the_reach_says_who_drops_for_which_reason(shop: Project, marketer: Client) -> None:
    ProfileFactory.create_batch(3, project=shop)
    ProfileFactory.create(project=shop, subscribed=False)
    ProfileFactory.create(project=shop, phone="", match_key=None)
    text = marketer.post(f"{PARTS}reach/", written()).content.decode()
    assert "<strong>3</strong> people would get it now, of 5 in this audience." in text
    assert "<span>1</span> Not subscribed (MSG-whatsapp)" in text
    assert "<span>1</span> No phone number" in text


def test_trial_mode_beside_the_reach_leads_to_its_end(shop: Project, marketer: Client) -> None:
    Provider.objects.filter(project=shop).update(trial_ended_at=None)
    ProfileFactory.create(project=shop)
    text = marketer.post(f"{PARTS}reach/", written()).content.decode()
    assert f'<span>1</span> <a href="{reverse("admin:doctor")}">Trial mode' in text


@pytest.mark.parametrize("audience", ["", "some"])
def test_where_nobody_is_chosen_yet_no_number_is_told(
    audience: str, shop: Project, marketer: Client
) -> None:
    ProfileFactory.create(project=shop)
    text = marketer.post(f"{PARTS}reach/", written(audience=audience)).content.decode()
    assert ("Choose who gets it" in text, "would get it now" in text) == (True, False)


@pytest.mark.parametrize("part", ["slots", "preview", "reach"])
def test_the_parts_are_for_who_may_write(part: str, shop: Project, viewer: Client) -> None:
    assert viewer.post(f"{PARTS}{part}/", written()).status_code == 403


# No draft any more --------------------------------------------------------------------------------


def test_a_published_campaign_cant_be_written_any_more(shop: Project, marketer: Client) -> None:
    campaign = CampaignFactory.create(project=shop, name="Sent", status=CampaignStatus.RUNNING)
    response = marketer.post(page(campaign), written(name="Changed"), follow=True)
    campaign.refresh_from_db()
    assert campaign.name == "Sent"
    assert said(response) == [
        (
            "This campaign has been published, so it can't be changed any more. What you wrote was "
            "not saved. Clone the campaign to send a changed one."
        )
    ]


def test_a_clone_is_a_draft_that_says_the_same(shop: Project, marketer: Client) -> None:
    audience = CustomListFactory.create(project=shop)
    earlier = CampaignFactory.create(project=shop, status=CampaignStatus.COMPLETED)
    campaign = CampaignFactory.create(
        project=shop,
        name="Diwali",
        status=CampaignStatus.COMPLETED,
        to=[audience],
        without=[(earlier, Slice.FAILED)],
        starts_at=datetime(2026, 11, 8, tzinfo=UTC),
    )
    variant = VariantFactory.create(campaign=campaign)

    response = marketer.post(page(campaign, "clone"))

    copy = Campaign.objects.latest("pk")
    assert response["Location"] == page(copy)
    assert AuditEntry.objects.get(action="campaign.cloned").details == "Copy of: Diwali"
    assert (copy.name, copy.status, copy.audience, copy.starts_at) == (
        "Copy of Diwali",
        CampaignStatus.DRAFT,
        Audience.SOME,
        None,
    )
    assert [part.names for part in copy.all_parts] == [part.names for part in campaign.all_parts]
    assert len(copy.all_parts) == 2
    assert list(copy.variants.values_list("version", "values")) == [
        (variant.version_id, variant.values)
    ]


def test_a_clone_takes_a_post(shop: Project, marketer: Client) -> None:
    campaign = CampaignFactory.create(project=shop)
    assert marketer.get(page(campaign, "clone")).status_code == 405
    assert Campaign.objects.count() == 1


def test_a_draft_is_deleted_from_its_dialog(shop: Project, marketer: Client) -> None:
    campaign = CampaignFactory.create(project=shop)
    VariantFactory.create(campaign=campaign)
    asked = marketer.get(page(campaign, "delete"))
    assert ("Delete this draft?" in asked.content.decode(), Campaign.objects.count()) == (True, 1)

    response = marketer.post(page(campaign, "delete"))

    assert (response["Location"], Campaign.objects.count(), Variant.objects.count()) == (LIST, 0, 0)


def test_a_draft_that_a_segment_names_cant_be_deleted(shop: Project, marketer: Client) -> None:
    campaign = CampaignFactory.create(project=shop)
    never = {"on": "campaign", "what": "clicked", "is": "did_not", "campaign": campaign.pk}
    rule = {"version": 1, "match": "all", "conditions": [never]}
    SegmentFactory.create(project=shop, name="Quiet", rule=rule)

    answer = marketer.post(page(campaign, "delete"), follow=True).content.decode()

    assert "used by the segment “Quiet”" in answer
    assert Campaign.objects.filter(pk=campaign.pk).exists()


def test_what_was_published_cant_be_deleted(shop: Project, marketer: Client) -> None:
    campaign = CampaignFactory.create(project=shop, status=CampaignStatus.RUNNING)
    marketer.post(page(campaign, "delete"))
    assert Campaign.objects.filter(pk=campaign.pk).exists()


def test_a_viewer_sees_a_draft_without_a_form(shop: Project, viewer: Client) -> None:
    campaign = CampaignFactory.create(project=shop)
    VariantFactory.create(campaign=campaign)
    text = viewer.get(page(campaign)).content.decode()
    assert "This is a draft: nothing has been sent." in text
    assert [word for word in ("Save draft", "Review and publish", "Clone") if word in text] == []


# Its picture ------------------------------------------------------------------------------------


def pictured(project: Project, link: str) -> Template:
    header = {**IMAGE, "example": {"header_handle": [link]}}
    template: Template = TemplateFactory.create(project=project, content=content(header=header))
    return template


def test_a_template_brings_its_own_picture_until_somebody_chooses_another(
    shop: Project, marketer: Client
) -> None:
    tea, rice = pictured(shop, "https://a.b/tea.jpg"), pictured(shop, "https://a.b/rice.jpg")

    def shown(template: Template, **typed: str) -> tuple[str, str]:
        """The link in the field, and the one that was offered for it."""
        response = marketer.post(f"{PARTS}slots/", written(template=template, **typed))
        (row,) = response.context["form"].cards[0].slot_rows
        assert f'name="offered-header-media" value="{row.own_file}"' in response.text
        return row.text.value(), row.own_file

    first = shown(tea)
    untouched = {"text__header__media": first[0], "offered__header__media": first[1]}
    own = {"text__header__media": "https://a.b/mine.jpg", "offered__header__media": first[1]}
    emptied = {"text__header__media": "", "offered__header__media": first[1]}

    assert first == ("https://a.b/tea.jpg",) * 2
    assert shown(rice, **untouched) == ("https://a.b/rice.jpg",) * 2
    assert shown(rice, **own) == ("https://a.b/mine.jpg", "https://a.b/rice.jpg")
    assert shown(rice, **emptied) == ("", "https://a.b/rice.jpg")


def test_templates_are_chosen_by_picture_language_and_text(
    shop: Project, marketer: Client, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://shop.example"
    tea = pictured(shop, "https://shop.example/media/tea.png")
    TemplateFactory.create(project=shop, name="<b>rice</b>", language="pt_BR")

    def picker(response: object) -> str:
        text = " ".join(response.text.split())  # type: ignore[attr-defined]
        return text.partition("data-picker")[2].partition("</details>")[0]

    empty, _, options = picker(marketer.get(ADD)).partition("</summary>")
    assert "<strong>No template yet</strong>" in empty
    assert options.count("<label") == 3
    assert '<img src="/media/tea.png" alt="" loading="lazy">' in options
    assert f"<bdi>{glance_at(tea).text}</bdi>" in options
    assert "<strong>&lt;b&gt;rice&lt;/b&gt;</strong> <small>Portuguese (Brazil)</small>" in options
    assert "Find by name or text" not in options

    marketer.post(ADD, written(template=tea))
    chosen, _, options = picker(marketer.get(page(Campaign.objects.get()))).partition("</summary>")
    assert "/media/tea.png" in chosen
    assert re.search(f'value="{tea.pk}" id="id_template_[12]" checked>', options)


def test_many_templates_have_a_field_to_find_one(shop: Project, marketer: Client) -> None:
    TemplateFactory.create_batch(MANY, project=shop)
    assert "Find by name or text" in marketer.get(ADD).text


@pytest.mark.parametrize(
    "link",
    [
        "4::aW1hZ2U=",
        "http://127.0.0.1:8000/media/a.png",
        "https://scontent.whatsapp.net/v/t61?oe=1",
    ],
)
def test_a_sample_that_can_not_be_sent_is_no_default(
    shop: Project, marketer: Client, link: str
) -> None:
    form = written(template=pictured(shop, link))
    (row,) = marketer.post(f"{PARTS}slots/", form).context["form"].cards[0].slot_rows
    assert (row.text.value(), row.own_file) == ("", "")


def test_the_offered_picture_is_saved_and_a_saved_one_stays(
    shop: Project, marketer: Client
) -> None:
    marketer.post(ADD, written(template=pictured(shop, "https://a.b/tea.jpg")))
    variant = Variant.objects.get()
    offered = variant.values
    variant.values = {}
    variant.save()

    (row,) = marketer.get(page(variant.campaign)).context["form"].cards[0].slot_rows

    assert offered == {"header.media": {"text": "https://a.b/tea.jpg", "fallback": ""}}
    assert (row.text.value(), row.own_file) == ("", "https://a.b/tea.jpg")


def test_where_no_upload_can_be_fetched_the_page_says_so_once(
    shop: Project, marketer: Client, settings: Settings
) -> None:
    template = TemplateFactory.create(
        project=shop, kind=Kind.CAROUSEL, content=carousel(card(), card())
    )

    def counted() -> tuple[int, int, int]:
        html = marketer.post(f"{PARTS}slots/", written(template=template)).text
        words = "Gupshup can&#x27;t fetch files from this installation"
        return html.count("data-upload"), html.count("data-check-link"), html.count(words)

    refused = counted()
    settings.PUBLIC_BASE_URL = "https://kabootar.example.com"
    assert (refused, counted()) == ((0, 2, 1), (2, 2, 0))
