"""The editor of each type, what it keeps by itself, and what it asks before it saves."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import CampaignStatus
from providers.models import Project, Role, User
from providers.people.unsaved import LONGEST
from templates_app.models import Status, Template, UnsavedEdit
from tests.conftest import client_in
from tests.factories import TemplateFactory, VariantFactory
from tests.templates_app.contents import content

ADD = reverse("admin:templates_app_template_add")
PREVIEW = reverse("admin:templates_app_template_preview")
KEEP = reverse("admin:templates_app_template_keep")
EDGE = "start or end with a placeholder"


def page_of(template: Template) -> str:
    return reverse("admin:templates_app_template_change", args=[template.pk])


def form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "summer_sale",
        "language": "en",
        "category": "MARKETING",
        "status": "draft",
        "vendor_id": "7001",
        "sending_style": "id",
        "body": "Come and see us today.",
    } | changes


def card(key: str, **cells: Any) -> dict[str, Any]:
    given = {"header": "IMAGE", "media": f"https://a.b/{key}.jpg", "body": f"Card {key}"} | cells
    button = {"kind": "URL", "label": "Shop", "value": "https://a.b/", "sample": ""}
    buttons = {f"{key}-button-{name}": value for name, value in button.items()}
    return {f"{key}-{name}": value for name, value in given.items()} | buttons


def stored_card(key: str) -> dict[str, Any]:
    return {
        "components": [
            {
                "type": "HEADER",
                "format": "IMAGE",
                "example": {"header_handle": [f"https://a.b/{key}.jpg"]},
            },
            {"type": "BODY", "text": f"Card {key}"},
            {
                "type": "BUTTONS",
                "buttons": [{"type": "URL", "text": "Shop", "url": "https://a.b/"}],
            },
        ]
    }


CAROUSEL = form(kind="carousel", **card("k1"), **card("k2")) | {"card-key": ["k2", "k1"]}


def test_a_new_template_begins_with_its_type_and_category(marketer: Client) -> None:
    gallery = marketer.get(ADD)
    editor = marketer.get(ADD, {"kind": "carousel", "category": "UTILITY"})

    assert "Limited-time offer" in gallery.text
    assert 'name="kind" value="carousel"' in editor.text
    assert editor.context["adminform"].form["category"].value() == "UTILITY"
    assert editor.context["adminform"].form.fields.keys().isdisjoint({"footer", "header_kind"})


def test_a_new_carousel_is_judged_with_the_two_cards_that_it_shows(marketer: Client) -> None:
    new = marketer.get(ADD, {"kind": "carousel"})
    sent_back = marketer.post(PREVIEW, {"kind": "carousel", "card-key": ["k1", "k2"]})

    assert new.text.count('name="card-key"') == 3  # one more is the pattern of the next
    shown, judged = (
        {(p.code, p.place) for p in page.context["editor"].problems if p.place.startswith("card")}
        for page in (new, sent_back)
    )
    expected = {
        (code, f"card.{number}.{part}")
        for number in (0, 1)
        for code, part in (("HDR_MEDIA_EXAMPLE", "header"), ("CAR_BTN_NONE", "buttons"))
    }
    assert shown == judged == expected


def test_an_offer_is_saved_and_approved_whole(marketer: Client) -> None:
    offer = {
        "kind": "limited_time_offer",
        "offer_text": "Ends tonight",
        "has_expiration": "on",
        "status": "approved",
        "button-kind": ["COPY_CODE", "URL"],
        "button-label": ["", "Shop"],
        "button-value": ["", "https://a.b/"],
        "button-sample": ["SAVE25", ""],
    }

    marketer.post(ADD, form(**offer))

    template = Template.objects.get()
    assert template.current is not None
    assert (template.kind, template.status) == ("limited_time_offer", Status.APPROVED)
    assert template.current.content["components"][:2] == [
        {
            "type": "LIMITED_TIME_OFFER",
            "limited_time_offer": {"text": "Ends tonight", "has_expiration": True},
        },
        {"type": "BODY", "text": "Come and see us today."},
    ]


def test_cards_are_saved_in_the_order_of_the_page_and_come_back_so(marketer: Client) -> None:
    marketer.post(ADD, CAROUSEL | {"status": "approved"})

    template = Template.objects.get()
    assert template.current is not None
    assert template.status == Status.APPROVED
    assert template.current.content == {
        "components": [
            {"type": "BODY", "text": "Come and see us today."},
            {"type": "CAROUSEL", "cards": [stored_card("k2"), stored_card("k1")]},
        ]
    }
    page = marketer.get(page_of(template))
    assert [shown.body for shown in page.context["editor"].preview.cards] == ["Card k2", "Card k1"]
    assert 'name="k1-body"' in page.text
    assert 'value="https://a.b/k2.jpg"' in page.text


def test_a_card_keeps_samples_of_its_own(marketer: Client) -> None:
    samples = {"k1-body": "For {{1}} alone", "sample.k1.1": "Asha"}

    answer = marketer.post(PREVIEW, CAROUSEL | samples)

    assert [shown.body for shown in answer.context["editor"].preview.cards] == [
        "Card k2",
        "For Asha alone",
    ]


def test_a_problem_of_a_card_names_its_place(marketer: Client) -> None:
    answer = marketer.post(PREVIEW, CAROUSEL | {"k1-body": "x" * 161, "k1-button-label": ""})

    told = {(p.code, p.place, p.tone) for p in answer.context["editor"].problems}
    assert {
        ("CAR_BODY_LEN", "card.1.body", "error"),
        ("BTN_TEXT_REQUIRED", "card.1.button.0", "todo"),
    } <= told


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "carousel", "card-key": ["k1", "evil", "k1", "k99999999"]},
        {"kind": "carousel", "card-key": "k1", "k1-header": "NONSENSE", "k1-body": "\x00{{"},
        {"kind": "carousel", "card-key": [f"k{n}" for n in range(200)]},
        {"kind": "limited_time_offer", "offer_text": "\x00" * 99, "has_expiration": "maybe"},
        {"kind": "nonsense", "set_aside": ["VAR_EDGE", "nonsense"]},
    ],
)
def test_the_preview_of_every_type_survives_anything(
    marketer: Client, data: dict[str, Any]
) -> None:
    assert marketer.post(PREVIEW, data).status_code == 200


# Rules set aside ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status"), [(Role.ADMIN, ["approved"]), (Role.MARKETER, [])], ids=str
)
def test_only_an_admin_sets_a_rule_aside(project: Project, role: Role, status: list[str]) -> None:
    client = client_in(project, role)
    edge = {"body": "Your code, {{1}}", "sample.body.1": "17", "set_aside": "VAR_EDGE"}

    answer = client.post(ADD, form(status="approved", **edge))

    assert [*project.templates.values_list("status", flat=True)] == status
    assert (answer.status_code == 200 and EDGE in answer.text) == (not status)


def test_what_was_set_aside_is_shown_as_a_warning_with_its_box(
    project: Project, project_admin: Client
) -> None:
    edge = {"body": "Your code, {{1}}", "sample.body.1": "17", "set_aside": "VAR_EDGE"}
    answer = project_admin.post(PREVIEW, form(**edge))

    (problem,) = [p for p in answer.context["editor"].problems if p.code == "VAR_EDGE"]
    assert (problem.tone, problem.is_settable, problem.is_set_aside) == ("warning", True, True)
    assert 'name="set_aside" value="VAR_EDGE" checked' in answer.text


# Campaigns that stop ------------------------------------------------------------------------------


def test_an_edit_names_the_campaigns_that_stop_and_asks_first(
    marketer: Client, project: Project
) -> None:
    template = TemplateFactory.create(project=project, content=content("Come today."))
    campaign = VariantFactory.create(
        campaign__status=CampaignStatus.SCHEDULED,
        campaign__name="Diwali",
        version=template.current,
    ).campaign
    edit = form(name=template.name, vendor_id=template.vendor_id, status="approved")

    asked = marketer.post(page_of(template), edit)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.SCHEDULED
    assert "Diwali (scheduled)" in asked.text
    mark = asked.context["adminform"].form.stops_mark

    marketer.post(page_of(template), edit | {"stop_campaigns": mark})

    campaign.refresh_from_db()
    template.refresh_from_db()
    assert (campaign.status, template.current.number) == (CampaignStatus.STOPPED, 2)


def test_a_change_that_no_message_shows_asks_nothing(marketer: Client, project: Project) -> None:
    template = TemplateFactory.create(project=project, content=content("Come today."))
    campaign = VariantFactory.create(
        campaign__status=CampaignStatus.RUNNING, version=template.current
    ).campaign
    same = form(name=template.name, vendor_id=template.vendor_id, body="Come today.")

    marketer.post(page_of(template), same | {"status": "approved", "category": "UTILITY"})

    campaign.refresh_from_db()
    template.refresh_from_db()
    assert (campaign.status, template.category) == (CampaignStatus.RUNNING, "UTILITY")


def test_metas_own_spelling_is_not_taken_for_another_wording(
    marketer: Client, project: Project
) -> None:
    spelled = {"components": [{"type": "body", "text": "Come today."}]}
    template = TemplateFactory.create(project=project, content=spelled)

    marketer.post(page_of(template), form(name="renamed", body="Come today."))

    template.refresh_from_db()
    assert (template.name, template.current.number) == ("renamed", 1)


def test_a_field_that_somebody_else_changed_is_not_overwritten(
    marketer: Client, project: Project
) -> None:
    template = TemplateFactory.create(project=project, content=content("Come today."))
    shown = marketer.get(page_of(template)).context["adminform"].form
    mine = form(name=template.name, body="Come today.", seen=shown["seen"].value())
    marketer.post(page_of(template), mine | {"vendor_id": "8001"})

    answer = marketer.post(page_of(template), mine | {"vendor_id": "9001"})

    template.refresh_from_db()
    assert "Somebody else saved this template" in answer.text
    assert template.vendor_id == "8001"


# What the editor keeps by itself ------------------------------------------------------------------


def test_what_is_written_is_kept_and_taken_up_again(marketer: Client, project: Project) -> None:
    marketer.post(KEEP, CAROUSEL | {"body": "Half a sent"})

    opened = marketer.get(ADD, {"kind": "carousel"})
    assert "Go on with it" in opened.text
    assert 'value="summer_sale"' not in opened.text
    continued = marketer.get(ADD, {"kind": "carousel", "continue": "1"})
    assert continued.context["editor"].preview.body == "Half a sent"
    assert continued.context["adminform"].form["name"].value() == "summer_sale"
    assert len(continued.context["editor"].preview.cards) == 2
    assert not Template.objects.exists()


def test_what_was_saved_or_thrown_away_is_not_kept(marketer: Client, project: Project) -> None:
    template = TemplateFactory.create(project=project, content=content("Come today."))
    at = {"template": template.pk}
    marketer.post(KEEP, form(body="Half a sent", **at))
    marketer.post(KEEP, {"forget": "1", **at})
    assert not UnsavedEdit.objects.exists()

    marketer.post(KEEP, form(body="A whole one.", **at))
    marketer.post(page_of(template), form(name=template.name, body="A whole one."))

    assert not UnsavedEdit.objects.exists()


def test_the_editor_says_who_else_is_here(marketer: Client, project: Project) -> None:
    template = TemplateFactory.create(project=project)
    other = client_in(project, Role.MARKETER)
    person = User.objects.get(pk=other.session["_auth_user_id"])
    other.post(KEEP, {"template": template.pk})

    told = marketer.post(KEEP, {"template": template.pk})
    UnsavedEdit.objects.filter(by=person).update(seen_at="2026-01-01T00:00Z")
    later = marketer.post(KEEP, {"template": template.pk})

    assert (f"{person.username}" in told.text, person.username in later.text) == (True, False)


def test_a_form_that_is_too_long_is_not_said_to_be_kept(project: Project, marketer: Client) -> None:
    at = {"template": TemplateFactory.create(project=project).pk}
    told = marketer.post(KEEP, form(body="x" * LONGEST, **at))
    assert "is kept" not in told.text
    assert UnsavedEdit.objects.get().form is None


def test_nothing_is_kept_for_viewers_or_in_other_projects(viewer: Client, marketer: Client) -> None:
    theirs = TemplateFactory.create()

    codes = [viewer.post(KEEP, form()).status_code]
    codes.append(marketer.post(KEEP, form(template=theirs.pk)).status_code)

    assert (codes, UnsavedEdit.objects.count()) == ([403, 404], 0)
