from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Message, TestSend
from providers.models import Project
from providers.phones.numbers import read_phone
from templates_app.models import Template
from templates_app.values.media_links import why_no_uploads
from tests.factories import (
    PhoneBlockFactory,
    ProfileFactory,
    ProviderFactory,
    TemplateFactory,
)
from tests.templates_app.contents import IMAGE, SHOP, content

pytestmark = pytest.mark.django_db
PHONE = "+919000000031"


def page(name: str, template: Template) -> str:
    return reverse(f"admin:campaigns_testsend_{name}", args=[template.pk])


@pytest.fixture
def sale(project: Project) -> Template:
    ProviderFactory.create(project=project)
    return TemplateFactory.create(
        project=project,
        name="sale",
        content=content("Hello {{1}}, come today", samples=["Asha"], header=IMAGE, buttons=[SHOP]),
    )


VALUES = {
    "slot-header-media": "https://a.b/c.jpg",
    "slot-body-1": "{{ profile.name | default: 'there' }}",
    "slot-button-0": "sale",
}


def test_the_samples_stand_in_the_form_and_on_the_phone(marketer: Client, sale: Template) -> None:
    shown = marketer.get(page("template", sale))

    assert [(row["name"], row["value"]) for row in shown.context["slots"]] == [
        ("slot-header-media", "https://a.b/c.jpg"),
        ("slot-body-1", "Asha"),
        ("slot-button-0", "sale"),
    ]
    assert shown.context["draft"].preview.body == "Hello Asha, come today"
    assert shown.context["draft"].form["var1"] == "Asha"
    assert "password" not in shown.context["draft"].form


def test_the_request_follows_what_is_typed_for_whom(marketer: Client, sale: Template) -> None:
    meera = ProfileFactory.create(project=sale.project, name="Meera", phone=PHONE, is_test=True)

    drafts = [
        marketer.post(page("template_request", sale), VALUES | more).context["draft"]
        for more in ({"profile": meera.pk}, {"to": "90000 00032"}, {"slot-body-1": "{{"})
    ]

    assert [draft.form.get("var1") for draft in drafts] == ["Meera", "there", None]
    assert drafts[0].form["send_to"] == PHONE.lstrip("+")


def test_what_is_wrong_with_a_value_stands_beside_its_field(
    marketer: Client, sale: Template
) -> None:
    bad = {"slot-header-media": "http://127.0.0.1:8000/media/a.png"}
    told = marketer.post(page("template_request", sale), VALUES | bad)

    beside = {row["name"]: [p.message for p in row["problems"]] for row in told.context["slots"]}
    assert beside == {
        "slot-header-media": [why_no_uploads()],
        "slot-body-1": [],
        "slot-button-0": [],
    }
    assert (
        '<ul class="kc-findings" id="problems-slot-header-media" hx-swap-oob="true">' in told.text
    )


def test_each_chosen_person_and_the_typed_number_get_one(marketer: Client, sale: Template) -> None:
    meera = ProfileFactory.create(project=sale.project, name="Meera", phone=PHONE, is_test=True)
    ProfileFactory.create(project=sale.project, name="Zoya", is_test=True)

    sent = marketer.post(
        page("template_send", sale), VALUES | {"profile": meera.pk, "to": "+919000000032"}
    )

    messages = Message.objects.order_by("pk")
    assert [result["test"].message.phone for result in sent.context["results"]] == [
        PHONE,
        "+919000000032",
    ]
    assert [message.content["version"] for message in messages] == [sale.current_id] * 2  # type: ignore[index]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a test profile, or type a number."),
        ({"to": "12"}, "number"),
        ({"to": PHONE, "slot-body-1": ""}, "fill this in"),
        ({"to": PHONE, "slot-header-media": "ftp://x"}, "https://"),
    ],
)
def test_what_cannot_be_sent_says_why(
    marketer: Client, sale: Template, data: dict[str, Any], words: str
) -> None:
    answer = marketer.post(page("template_send", sale), VALUES | data)

    assert words in answer.text
    assert not TestSend.objects.exists()


def test_if_one_may_not_be_sent_to_nobody_gets_a_test(marketer: Client, sale: Template) -> None:
    """Else whoever sees the refusal sends again, and the others get it twice."""
    meera = ProfileFactory.create(project=sale.project, phone=PHONE, is_test=True)
    left = read_phone("+919000000032", default_country="IN")
    PhoneBlockFactory.create(project=sale.project, match_key=left.match_key, blocked=True)

    answer = marketer.post(
        page("template_send", sale), VALUES | {"profile": meera.pk, "to": left.e164}
    )

    assert "asked to get no messages" in answer.text
    assert (TestSend.objects.count(), Message.objects.count()) == (0, 0)


def test_the_template_shows_its_last_test(marketer: Client, viewer: Client, sale: Template) -> None:
    before = marketer.get(page("template_last", sale)).text.strip()
    marketer.post(page("template_send", sale), VALUES | {"to": PHONE})

    test = TestSend.objects.get()
    assert before == ""
    assert reverse("admin:campaigns_testsend_change", args=[test.pk]) in (
        viewer.get(page("template_last", sale)).text
    )
    assert (
        page("template", sale)
        in marketer.get(reverse("admin:templates_app_template_changelist")).text
    )


def test_without_a_provider_the_page_leads_to_it(marketer: Client, project: Project) -> None:
    template = TemplateFactory.create(project=project)
    assert "Connect Gupshup first" in marketer.get(page("template", template)).text


def test_nobody_tests_another_projects_template_and_viewers_none(
    marketer: Client, viewer: Client, sale: Template
) -> None:
    theirs = TemplateFactory.create()
    codes = [
        marketer.get(page("template", theirs)).status_code,
        marketer.post(page("template_send", theirs)).status_code,
        viewer.get(page("template", sale)).status_code,
        viewer.post(page("template_send", sale)).status_code,
    ]
    assert codes == [404, 404, 403, 403]
