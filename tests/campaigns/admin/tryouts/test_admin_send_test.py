"""Send Test WhatsApp: the page, the panel over the provider's form, and the log of tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from campaigns.models import Message, Outbox, State, TestSend
from providers.models import Project
from tests.factories import ConversationFactory, ProviderFactory, TestSendFactory
from tests.gateway_simulator import (
    CREDENTIALS,
    TWO_WAY_PASSWORD,
    TWO_WAY_USER,
    SimulatorClient,
    running_simulator,
)

PAGE = "/campaigns/testsend/send/"
PANEL = "/campaigns/testsend/panel/"
WINDOW = "/campaigns/testsend/window/"
SUBMIT = "/campaigns/testsend/submit/"
FORM = {"country": "IN", "to": "90000 00001", "text": "Hello", "anyway": "on"}
TYPED = {
    "two_way_user_id": f" {TWO_WAY_USER} ",
    "two_way_password": TWO_WAY_PASSWORD,
    "number": "+91 90000 00009",
}

pytestmark = pytest.mark.django_db


def text_of(client: Client, address: str, data: dict[str, Any]) -> str:
    return " ".join(client.post(address, data).content.decode().split())


@pytest.fixture
def simulator(settings: Settings) -> Iterator[SimulatorClient]:
    settings.GATEWAY_TOTAL_TIMEOUT = 1.0
    with running_simulator(reports=False) as simulator:
        settings.GATEWAY_SEND_URL = simulator.gateway_url
        yield simulator


def test_the_page_shows_how_to_open_the_conversation(project: Project, marketer: Client) -> None:
    ProviderFactory.create(project=project, number="+919000000001")
    page = marketer.get(PAGE).content.decode()
    assert 'value="https://wa.me/919000000001?text=Hi"' in page
    assert 'src="data:image/svg+xml' in page


def test_a_shortcode_has_no_link_but_words(project: Project, marketer: Client) -> None:
    ProviderFactory.create(project=project, number="56161")
    page = marketer.get(PAGE).content.decode()
    assert "search for <strong>56161</strong>" in page
    assert "wa.me" not in page


def test_the_country_of_the_project_is_chosen_already(project: Project, marketer: Client) -> None:
    Project.objects.update(default_country="BR")
    ProviderFactory.create(project=project)
    page = marketer.get(PAGE).content.decode()
    assert page.count(" checked") == 1
    assert 'value="BR" data-shown="🇧🇷 +55" checked' in page


def test_before_a_provider_is_connected_the_page_leads_to_it(
    project: Project, marketer: Client
) -> None:
    page = marketer.get(PAGE).content.decode()
    assert "Connect Gupshup first" in page


def test_over_the_unsaved_form_the_link_is_of_the_typed_number(
    project: Project, marketer: Client
) -> None:
    assert "https://wa.me/919000000009?text=Hi" in text_of(marketer, PANEL, TYPED)
    blanks = text_of(marketer, PANEL, {**TYPED, "number": "90000 00009"})
    assert "https://wa.me/919000000009?text=Hi" in blanks
    assert "can't be used yet. A shortcode has" in text_of(marketer, PANEL, {"number": "123456789"})
    assert "Type your mobile number into the form first" in text_of(marketer, PANEL, {})


def test_the_window_of_the_typed_number_is_shown(project: Project, marketer: Client) -> None:
    number = {"country": "IN", "to": "90000 00001"}
    closed = text_of(marketer, WINDOW, number)
    ConversationFactory.create(project=project, phone="+919000000001")
    assert "No open window to +919000000001 yet" in closed
    assert "The window to +919000000001 is open until" in text_of(marketer, WINDOW, number)


def test_another_projects_window_is_not_shown(project: Project, marketer: Client) -> None:
    ConversationFactory.create(phone="+919000000001")
    shown = text_of(marketer, WINDOW, {"country": "IN", "to": "9000000001"})
    assert "No open window" in shown


@pytest.mark.parametrize("number", ["call me", "12", "9" * 60])
def test_what_is_no_number_is_said_while_typing(
    project: Project, marketer: Client, number: str
) -> None:
    assert "open" not in text_of(marketer, WINDOW, {"country": "IN", "to": number})


def test_outside_the_window_it_asks_before_it_sends(project: Project, marketer: Client) -> None:
    ProviderFactory.create(project=project)
    asked = text_of(marketer, SUBMIT, {**FORM, "anyway": ""})
    assert "has not written to you within the last 24 hours" in asked
    assert not Message.objects.exists()


def test_inside_the_window_it_sends_at_once(project: Project, marketer: Client) -> None:
    ProviderFactory.create(project=project)
    ConversationFactory.create(project=project, phone="+919000000001")
    assert "Sending…" in text_of(marketer, SUBMIT, {**FORM, "anyway": ""})
    test = TestSend.objects.select_related("message", "by").get()
    assert (test.message.phone, test.by is not None) == ("+919000000001", True)
    assert Outbox.objects.filter(message=test.message).exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"to": ""}, "Enter the mobile number"),
        ({"to": "letters"}, "A phone number is made of digits"),
        ({"text": " "}, "Write a message."),
        ({"text": "x" * 4097}, "at most 4,096 characters"),
        ({"country": "XX"}, "Choose again"),
    ],
)
def test_bad_input_is_refused_in_words(
    project: Project, marketer: Client, change: dict[str, str], said: str
) -> None:
    ProviderFactory.create(project=project)
    assert said in text_of(marketer, SUBMIT, {**FORM, **change})
    assert not Message.objects.exists()


def test_line_ends_count_once(project: Project, marketer: Client) -> None:
    ProviderFactory.create(project=project)
    marketer.post(SUBMIT, {**FORM, "text": "a\r\nb"})
    assert Message.objects.get().content == {"text": "a\nb"}


def test_without_a_provider_or_typed_credentials_nothing_is_sent(
    project: Project, marketer: Client
) -> None:
    assert "Connect Gupshup first" in text_of(marketer, SUBMIT, FORM)
    empty = {"two_way_user_id": "", "two_way_password": "", "number": ""}
    assert "Type the user ID and the password" in text_of(marketer, SUBMIT, {**FORM, **empty})
    assert "digits only" in text_of(
        marketer, SUBMIT, {**FORM, **TYPED, "two_way_user_id": "a@example.com"}
    )
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_typed_into_the_form_can_be_tried_before_it_is_saved(
    project: Project, marketer: Client, simulator: SimulatorClient
) -> None:
    shown = text_of(marketer, SUBMIT, {**FORM, **TYPED})
    test = TestSend.objects.get()
    assert "Gupshup took the message" in shown
    assert (test.verdict, test.with_stored_credentials) == ("accepted", False)
    assert TWO_WAY_PASSWORD not in shown


@pytest.mark.django_db(transaction=True)
def test_a_wrong_typed_password_shows_gupshups_answer(
    project: Project, marketer: Client, simulator: SimulatorClient
) -> None:
    shown = text_of(marketer, SUBMIT, {**FORM, **TYPED, "two_way_password": "typed-wrong"})
    assert "Gupshup refused the message" in shown
    assert "Wrong user id or password" in shown
    assert "HTTP 200" in shown
    assert "typed-wrong" not in shown


def test_what_is_typed_but_the_same_as_stored_goes_through_the_engine(
    project: Project, marketer: Client
) -> None:
    ProviderFactory.create(project=project, **CREDENTIALS)
    marketer.post(SUBMIT, {**FORM, **TYPED, "two_way_password": ""})
    assert TestSend.objects.get().with_stored_credentials is True
    assert Outbox.objects.exists()


def test_a_failed_report_turns_the_result_red(project: Project, marketer: Client) -> None:
    test = TestSendFactory.create(project=project)
    Message.objects.update(state=State.FAILED, reason="reported", code="101")
    answer = marketer.get(f"/campaigns/testsend/{test.pk}/result/")
    assert answer.status_code == 286
    assert "it did not arrive" in answer.content.decode()


def test_a_look_that_brings_nothing_new_swaps_nothing(project: Project, marketer: Client) -> None:
    test = TestSendFactory.create(project=project)
    first = marketer.get(f"/campaigns/testsend/{test.pk}/result/")
    seen = {"seen": first.context["seen"]}
    again = marketer.get(f"/campaigns/testsend/{test.pk}/result/", seen)
    assert (first.status_code, again.status_code) == (200, 204)


def test_an_unknown_error_of_several_numbers_in_a_row_hints_at_the_whitelist(
    project: Project, marketer: Client
) -> None:
    unknown = {"verdict": "refused", "code": "313", "answer": "{}"}
    first = TestSendFactory.create(project=project, message__state=State.FAILED, **unknown)
    second = TestSendFactory.create(project=project, message__state=State.FAILED, **unknown)
    pages = [
        marketer.get(f"/campaigns/testsend/{test.pk}/change/").content.decode()
        for test in (first, second)
    ]
    assert ["Often: IP not whitelisted" in page for page in pages] == [False, True]


def test_a_viewer_reads_the_log_and_sends_nothing(project: Project, viewer: Client) -> None:
    test = TestSendFactory.create(project=project)
    ProviderFactory.create(project=project)
    page = viewer.get(f"/campaigns/testsend/{test.pk}/change/")
    refused = [viewer.get(PAGE), viewer.post(SUBMIT, FORM), viewer.post(PANEL)]
    assert page.status_code == 200
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert TestSend.objects.count() == 1


def test_a_page_of_html_is_shown_as_text(project: Project, marketer: Client) -> None:
    test = TestSendFactory.create(
        project=project, verdict="in_doubt", code="unreadable", answer="<h1>Down</h1>"
    )
    page = marketer.get(f"/campaigns/testsend/{test.pk}/change/").content.decode()
    assert "&lt;h1&gt;Down&lt;/h1&gt;" in page
