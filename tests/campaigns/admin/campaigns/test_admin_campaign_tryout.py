"""Sending a test of a campaign as it is filled in, from its form and from the last page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, Message, MessageKind, Profile, TestSend
from providers.models import AuditEntry, Project
from tests.factories import (
    PhoneBlockFactory,
    ProfileFactory,
    ProviderFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db

ASHA, MEERA, TYPED = "+919000000031", "+919000000032", "+919000000033"


def page(name: str, campaign: Campaign) -> str:
    return reverse(f"admin:campaigns_campaign_{name}", args=[campaign.pk])


@pytest.fixture
def campaign(project: Project) -> Campaign:
    ProviderFactory.create(project=project)
    ProfileFactory.create(project=project, identity="c-1", name="Asha", phone=ASHA, subscribed=True)
    ProfileFactory.create(project=project, name="Meera", phone=MEERA, is_test=True)
    values = {"body.1": {"text": "{{ profile.name }}"}}
    variant = VariantFactory.create(campaign__project=project, values=values)
    return variant.campaign  # type: ignore[no-any-return]


def meera() -> int:
    return Profile.objects.get(name="Meera").pk


def texts(results: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """To whom, and with whose name."""
    messages = [result["test"].message for result in results]
    return [(m.phone, m.content["person"]["profile"].get("name", "")) for m in messages]


def test_form_and_last_page_lead_to_it_and_it_shows_a_real_person(
    marketer: Client, campaign: Campaign
) -> None:
    assert 'name="_try"' in marketer.get(page("change", campaign)).text
    assert page("try", campaign) in marketer.get(page("publish", campaign)).text

    shown = marketer.get(page("try", campaign))

    assert "Hello Asha, our summer sale starts today." in shown.text
    assert 'name="values_of" class="kt-input" value="c-1"' in shown.text
    assert [profile.name for profile in shown.context["profiles"]] == ["Meera"]


def test_a_test_goes_to_the_team_with_a_real_persons_values_and_stays_beside_it(
    marketer: Client, campaign: Campaign
) -> None:
    sent = marketer.post(
        page("try_send", campaign), {"profile": meera(), "to": TYPED, "values_of": ASHA}
    )

    assert texts(sent.context["results"]) == [(MEERA, "Asha"), (TYPED, "Asha")]
    assert "Sending" in sent.text
    assert {message.kind for message in Message.objects.all()} == {MessageKind.TEST}
    entries = AuditEntry.objects.filter(action="test.sent").exclude(by=None)
    assert entries.count() == TestSend.objects.count() == 2
    again = marketer.get(page("try", campaign))
    assert [phone for phone, _ in texts(again.context["results"])] == [TYPED, MEERA]


def test_a_test_profile_gets_its_own_values_where_nobody_is_named(
    marketer: Client, campaign: Campaign
) -> None:
    sent = marketer.post(page("try_send", campaign), {"profile": meera(), "values_of": " "})

    assert texts(sent.context["results"]) == [(MEERA, "Meera")]


def test_the_preview_follows_whoever_is_named(marketer: Client, campaign: Campaign) -> None:
    shown, unknown = (
        marketer.post(page("try_preview", campaign), {"values_of": named}).text
        for named in ("9000000032", "nobody")
    )

    assert "Hello Meera," in shown
    assert "Nobody in this project has the identity or phone “nobody”." in unknown


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "Choose a test profile, or type a number."),
        ({"to": "12"}, "number"),
        ({"to": TYPED, "values_of": "nobody"}, "Nobody in this project"),
        ({"to": TYPED}, f"It can&#x27;t be sent to {TYPED}. Body {{{{1}}}} is empty"),
        ({"to": TYPED}, "is empty for this person. Name somebody who has it, or give the text a"),
        ({"to": ASHA, "values_of": "c-1"}, "asked to get no messages (STOP)"),
    ],
)
def test_what_cannot_be_sent_says_why_and_nothing_is(
    marketer: Client, campaign: Campaign, data: dict[str, Any], words: str
) -> None:
    PhoneBlockFactory.create(
        project=campaign.project, match_key=int(ASHA.lstrip("+")), blocked=True
    )

    assert words in marketer.post(page("try_send", campaign), data).text
    assert not TestSend.objects.exists()


def test_a_campaign_without_a_template_or_a_connection_says_what_to_do_first(
    marketer: Client, campaign: Campaign
) -> None:
    campaign.variants.all().delete()
    assert "Choose a template first" in marketer.get(page("try", campaign)).text
    answer = marketer.post(page("try_send", campaign), {"to": TYPED})
    assert "Choose a template first" in answer.text
    campaign.project.provider.delete()
    assert "Connect Gupshup first" in marketer.get(page("try", campaign)).text


def test_a_viewer_may_not(viewer: Client, campaign: Campaign) -> None:
    assert viewer.get(page("try", campaign)).status_code == 403
    assert viewer.post(page("try_send", campaign), {"to": TYPED}).status_code == 403
    assert not TestSend.objects.exists()
