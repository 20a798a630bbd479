"""The WhatsApp Connect page."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from threading import Barrier
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from providers.admin.gupshup.form import TYPE_IT_AGAIN
from providers.admin.picker import VENDORS
from providers.connection.callback_urls import callback_urls, current_key
from providers.models import AuditEntry, CallbackKey, OptInBy, Project, Provider, Role, SendingIP
from tests.conftest import client_in
from tests.factories import ProjectFactory, ProviderFactory

CONNECT = "/providers/provider/"
ADD = "/providers/provider/add/"
FORM: dict[str, Any] = {
    "nickname": "Main account",
    "hsm_user_id": " 2000 123456 ",
    "hsm_password": "one-way-secret",
    "two_way_user_id": "2000123457",
    "two_way_password": "two-way-secret",
    "number": "+91 90000-00001",
    "auto_reply_text": "",
    "rate": "20",
    "opt_in_by": OptInBy.KABOOTAR,
}


def page_of(provider: Provider) -> str:
    return reverse("admin:providers_provider_change", args=[provider.pk])


def errors_of(client: Client, **changes: Any) -> dict[str, list[str]]:
    """Without the wish for passwords that were typed already."""
    form = client.post(ADD, {**FORM, **changes}).context["adminform"].form
    return {name: said for name, said in form.errors.items() if [*said] != [TYPE_IT_AGAIN]}


@pytest.fixture
def provider(project: Project) -> Provider:
    connected: Provider = ProviderFactory.create(project=project)
    return connected


def test_the_menu_leads_to_the_choice_of_a_provider_until_one_is_connected(
    project: Project, marketer: Client
) -> None:
    assert "+ Providers" in marketer.get(CONNECT).content.decode()
    provider = ProviderFactory.create(project=project)
    assert marketer.get(CONNECT)["Location"] == page_of(provider)


def test_a_marketer_connects_gupshup(project: Project, marketer: Client) -> None:
    response = marketer.post(ADD, FORM)
    provider = Provider.objects.get()
    saved = {name: getattr(provider, name) for name in FORM}
    assert saved == {**FORM, "hsm_user_id": "2000123456", "number": "+919000000001", "rate": 20}
    assert (provider.project, response["Location"]) == (project, page_of(provider))


def test_credentials_are_encrypted_in_the_row(project: Project, marketer: Client) -> None:
    marketer.post(ADD, FORM)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hsm_user_id, hsm_password, two_way_user_id, two_way_password "
            "FROM providers_provider"
        )
        (row,) = cursor.fetchall()
    plain = {"2000123456", "one-way-secret", "2000123457", "two-way-secret"}
    assert [value for value in row if value in plain] == []


def test_the_unsaved_form_shows_both_callback_urls(project: Project, marketer: Client) -> None:
    page = marketer.get(ADD).content.decode()
    urls = callback_urls(project)
    key = f"{project.account_id}.{current_key(project).secret}"
    assert urls.inbound == f"http://127.0.0.1:8000/gupshup/response?a={key}"
    assert urls.status == f"http://127.0.0.1:8000/gupshup/status?a={key}"
    shown = re.findall(r'kb-url-input"[^>]*>(http[^<]+)</textarea>', page)
    assert shown == [urls.inbound, urls.status]
    assert CallbackKey.objects.count() == 1


@pytest.mark.parametrize(
    ("base", "is_warned"),
    [
        ("http://127.0.0.1:8000", True),
        ("https://kabootar.internal", True),
        ("http://shop.example", False),
        ("https://shop.example", False),
    ],
)
def test_an_address_that_gupshup_cannot_reach_is_said_to_be_one(
    base: str, is_warned: bool, project: Project, marketer: Client, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = base
    assert ("Gupshup can't reach this address" in marketer.get(ADD).content.decode()) == is_warned


def test_posted_callback_urls_are_ignored(project: Project, marketer: Client) -> None:
    before = callback_urls(project)
    marketer.post(ADD, {**FORM, "inbound_url": "https://example.com/", "status_url": "x"})
    assert (Provider.objects.count(), callback_urls(project)) == (1, before)


def test_an_empty_password_keeps_the_stored_one(provider: Provider, marketer: Client) -> None:
    typed = {**FORM, "hsm_password": "", "two_way_password": "new one"}
    marketer.post(page_of(provider), {**typed, "two_way_user_id": provider.two_way_user_id})
    provider.refresh_from_db()
    stored = provider.hsm_password, provider.two_way_password
    assert stored == ("one-way-secret", "new one")


def test_a_password_is_never_sent_back(provider: Provider, marketer: Client) -> None:
    form = {**FORM, "hsm_password": "typed-just-now", "number": "wrong"}
    pages = [marketer.get(page_of(provider)), marketer.post(page_of(provider), form)]
    words = ("one-way-secret", "two-way-secret", "typed-just-now")
    shown = [word for page in pages for word in words if word in page.content.decode()]
    assert ([page.status_code for page in pages], shown) == ([200, 200], [])
    errors = pages[1].context["adminform"].form.errors
    assert errors["hsm_password"] == errors["two_way_password"] == [TYPE_IT_AGAIN]


def test_a_new_connection_needs_its_passwords(project: Project, marketer: Client) -> None:
    assert errors_of(marketer, hsm_password="", two_way_password=" ") == {
        "hsm_password": ["“HSM account password” is missing. Fill it in."],
        "two_way_password": ["“Two-way account password” is missing. Fill it in."],
    }


@pytest.mark.parametrize("account_id", ["shop@example.com", "2000-123", "२०००१"])
def test_an_account_id_has_digits_only(account_id: str, project: Project, marketer: Client) -> None:
    assert errors_of(marketer, hsm_user_id=account_id) == {
        "hsm_user_id": [
            (
                "An account ID has digits only, like 2000123456. An e-mail address or the name "
                "of the account is something else."
            )
        ]
    }


@pytest.mark.parametrize("number", ["90000 00001", "090000-00001", "9000000001"])
def test_a_number_of_the_projects_own_country_needs_no_code(
    number: str, project: Project, marketer: Client
) -> None:
    marketer.post(ADD, {**FORM, "number": number})
    assert Provider.objects.get().number == "+919000000001"


@pytest.mark.parametrize("number", ["1000000001", "shop"])
def test_a_number_is_international_or_a_shortcode(
    number: str, project: Project, marketer: Client
) -> None:
    assert errors_of(marketer, number=number) == {
        "number": [
            (
                "Write the number with + and the country code, like +919000000001. "
                "A shortcode has 3 to 8 digits."
            )
        ]
    }


@pytest.mark.parametrize("number", ["123456789", "12"])
def test_a_shortcode_has_three_to_eight_digits(
    number: str, project: Project, marketer: Client
) -> None:
    (problem,) = errors_of(marketer, number=number)["number"]
    assert problem.startswith(f"A shortcode has 3 to 8 digits, this one has {len(number)}.")


@pytest.mark.parametrize("number", ["+91 90000 OOOO1", "+91900000000x", "90a"])
def test_letters_in_a_number_are_refused(number: str, project: Project, marketer: Client) -> None:
    assert list(errors_of(marketer, number=number)) == ["number"]
    assert not Provider.objects.exists()


def test_spaces_around_credentials_are_dropped(project: Project, marketer: Client) -> None:
    marketer.post(ADD, {**FORM, "hsm_password": "  one way \t", "two_way_user_id": "\u00a02000 1 "})
    provider = Provider.objects.get()
    assert (provider.hsm_password, provider.two_way_user_id) == ("one way", "20001")


def test_an_unknown_provider_leads_back_to_the_picker(project: Project, marketer: Client) -> None:
    assert marketer.get(f"{ADD}?kind=pigeon")["Location"] == CONNECT


def test_the_picker_offers_every_registered_provider(project: Project, marketer: Client) -> None:
    page = marketer.get(CONNECT).content.decode()
    links = re.findall(r'href="([^"]*\?kind=[^"]*)"', page)
    assert links == [f"{ADD}?kind={kind}" for kind in VENDORS]
    assert [marketer.get(link).status_code for link in links] == [200] * len(links)


def test_with_a_provider_the_button_for_another_is_disabled_and_says_why(
    provider: Provider, marketer: Client
) -> None:
    page = marketer.get(page_of(provider)).content.decode()
    assert re.search(r'<button[^>]* disabled aria-describedby="one-provider">\+ Providers', page)
    assert "One provider per project, and Gupshup is connected" in page


def test_a_number_that_no_country_has_is_refused(project: Project, marketer: Client) -> None:
    assert list(errors_of(marketer, number="+91 90000")) == ["number"]


def test_a_shortcode_is_taken_as_it_is(project: Project, marketer: Client) -> None:
    marketer.post(ADD, {**FORM, "number": "56161"})
    assert Provider.objects.get().number == "56161"


def test_an_auto_reply_needs_its_message(project: Project, marketer: Client) -> None:
    assert errors_of(marketer, auto_reply_enabled="on", auto_reply_text="  ") == {
        "auto_reply_text": ["Write the message that people get, or switch the auto-reply off."]
    }


def test_the_message_of_an_auto_reply_that_is_switched_off_is_kept(
    provider: Provider, marketer: Client
) -> None:
    marketer.post(page_of(provider), {**FORM, "auto_reply_text": "Hello!"})
    provider.refresh_from_db()
    assert (provider.auto_reply_enabled, provider.auto_reply_text) == (False, "Hello!")


@pytest.mark.parametrize(("rate", "problem"), [("0", "1"), ("5001", "5000")])
def test_the_rate_has_limits(rate: str, problem: str, project: Project, marketer: Client) -> None:
    (text,) = errors_of(marketer, rate=rate)["rate"]
    assert problem in text


def test_who_comes_second_is_told_and_loses_nothing(provider: Provider, marketer: Client) -> None:
    response = marketer.post(ADD, {**FORM, "nickname": "Second"})
    form = response.context["adminform"].form
    assert form.non_field_errors() == [
        "This project already has a provider, and there can be only one: somebody was quicker."
    ]
    assert 'value="Second"' in response.content.decode()
    assert list(Provider.objects.values_list("nickname", flat=True)) == ["Main account"]


def test_a_form_that_is_opened_too_late_leads_to_what_is_there(
    provider: Provider, marketer: Client
) -> None:
    response = marketer.get(ADD)
    said = [str(message) for message in get_messages(response.wsgi_request)]
    assert (response["Location"], said) == (
        page_of(provider),
        ["This project is connected already: this is its account."],
    )


def test_only_new_credentials_or_a_new_number_count_as_a_change_of_them(
    provider: Provider, marketer: Client
) -> None:
    before = timezone.now() - timedelta(days=1)
    Provider.objects.update(credentials_changed_at=before)
    same = {
        **FORM,
        "hsm_user_id": provider.hsm_user_id,
        "two_way_user_id": provider.two_way_user_id,
        "hsm_password": "",
        "two_way_password": "",
    }
    marketer.post(page_of(provider), {**same, "rate": "80"})
    provider.refresh_from_db()
    assert (provider.credentials_changed_at, provider.rate) == (before, 80)
    marketer.post(page_of(provider), {**same, "hsm_password": "another"})
    provider.refresh_from_db()
    assert provider.credentials_changed_at > before


def test_the_history_says_that_a_password_changed_and_not_to_what(
    provider: Provider, marketer: Client
) -> None:
    marketer.post(page_of(provider), {**FORM, "hsm_password": "another-secret"})
    entry = AuditEntry.objects.get()
    changes = {change["field"]: change for change in entry.changes}
    assert (entry.action, entry.by_id is None) == ("provider.changed", False)
    assert changes["HSM account password"] == {
        "field": "HSM account password",
        "old": None,
        "new": None,
    }
    assert "another-secret" not in str(changes)


def test_a_viewer_sees_the_connection_with_key_and_accounts_masked(
    provider: Provider, viewer: Client
) -> None:
    page = viewer.get(page_of(provider)).content.decode()
    secrets = [provider.hsm_user_id, provider.two_way_user_id, "one-way-secret", "two-way-secret"]
    secrets.append(current_key(provider.project).secret)
    assert [secret for secret in secrets if secret in page] == []
    assert f"response?a={provider.project.account_id[:4]}…•••" in page


def set_up_text(page: str) -> str:
    (text,) = re.findall(r'<textarea id="setup-mail".*?>(.*?)</textarea>', page, re.DOTALL)
    return unescape(text)


def test_the_set_up_text_names_both_addresses(provider: Provider, marketer: Client) -> None:
    page = marketer.get(page_of(provider)).content.decode()
    text = set_up_text(page)
    urls = callback_urls(provider.project)
    assert [url in text for url in (urls.inbound, urls.status)] == [True, True]
    assert "click tracking" in text
    assert "If our accounts are restricted" in text


def test_the_set_up_text_names_the_addresses_to_allow(provider: Provider, marketer: Client) -> None:
    SendingIP.objects.create(project=provider.project, network="203.0.113.7", label="Mumbai")
    SendingIP.objects.create(project=None, network="2001:db8::/64")
    SendingIP.objects.create(project=ProjectFactory.create(), network="198.51.100.1")
    page = marketer.get(page_of(provider)).content.decode()
    text = set_up_text(page)
    lines = text.split("\n")
    assert ["203.0.113.7 (Mumbai)" in lines, "2001:db8::/64" in lines] == [True, True]
    assert "198.51.100.1" not in text


def test_a_label_that_ends_the_set_up_text_stays_in_it(
    provider: Provider, marketer: Client
) -> None:
    label = '</textarea><p x-data x-init="steal()">'
    SendingIP.objects.create(project=provider.project, network="203.0.113.7", label=label)
    page = marketer.get(page_of(provider)).content.decode()
    assert f"203.0.113.7 ({label})" in set_up_text(page).split("\n")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_at_once_one_connects_and_the_other_is_told(project: Project) -> None:
    people = [client_in(project, Role.MARKETER) for _ in range(2)]
    start = Barrier(len(people))

    def connect(client: Client) -> int:
        start.wait()
        try:
            return client.post(ADD, FORM).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        answers = sorted(pool.map(connect, people))
    assert (answers, Provider.objects.count()) == ([200, 302], 1)
