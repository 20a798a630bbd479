"""Whoever reads a list asks what it offers: no look-up of a column that no page shows, no pattern
for PostgreSQL to work at.
"""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.test import Client
from django.urls import reverse

from providers.models import ApiKey, Project, User
from templates_app.models import Template
from tests.console_pages import changelist
from tests.console_rights import Who
from tests.factories import TemplateFactory
from tests.providers.api.keys import key_of
from tests.test_tenants import client_of, rows_of_project

LISTS = pytest.mark.parametrize(
    "page", admin.site._registry.values(), ids=lambda page: page.opts.label
)


def is_led_back(client: Client, page: "ModelAdmin[Any]", asked: dict[str, str]) -> bool:
    """To the list as it stands, by an address that says that there was an error."""
    answer = client.get(changelist(page.model), asked)
    return answer.status_code == 400 or answer.headers.get("Location", "").endswith("?e=1")


@LISTS
def test_no_list_looks_a_column_up_that_it_offers_no_filter_of(
    page: "ModelAdmin[Any]", project: Project
) -> None:
    rows_of_project(project)
    client = client_of(Who.OPERATOR, project)
    shown = client.get(changelist(page.model))
    if "cl" not in (shown.context or {}):
        pytest.skip("no list")
    cl = shown.context["cl"]
    offered = {name for one in cl.filter_specs for name in one.expected_parameters()}
    offered |= {getattr(one, "parameter_name", "") for one in cl.list_filter}  # shown or not
    names = [
        f"{field.attname}{lookup}"
        for field in page.model._meta.concrete_fields
        for lookup in ("", "__regex")
    ]
    answered = [name for name in set(names) - offered if not is_led_back(client, page, {name: "1"})]
    assert (len(names) > len(offered), answered) == (True, [])


def test_a_keys_hash_can_not_be_guessed_letter_by_letter(
    project: Project, project_admin: Client
) -> None:
    key, _text = key_of(project)
    asked = [{"digest__startswith": letter} for letter in "0123456789abcdef"]
    page = admin.site._registry[ApiKey]
    assert all(is_led_back(project_admin, page, each) for each in asked)
    assert key.name in project_admin.get(changelist(ApiKey), {"e": "1"}).content.decode()


def test_a_password_can_not_be_guessed_by_its_hash(project: Project) -> None:
    client, page = client_of(Who.OPERATOR, project), admin.site._registry[User]
    asked = [{"password__startswith": "argon2"}, {"two_factor__key__startswith": "a"}]
    assert all(is_led_back(client, page, each) for each in asked)


def test_the_filters_of_a_list_still_work(project: Project, viewer: Client) -> None:
    TemplateFactory.create(project=project, name="kept", status="approved")
    TemplateFactory.create(project=project, name="dropped", status="draft")
    shown = viewer.get(changelist(Template), {"status__exact": "approved", "q": "e", "o": "1"})
    text = shown.content.decode()
    assert ("kept" in text, "dropped" in text) == (True, False)


@LISTS
def test_no_list_repeats_a_search_or_a_filter_of_any_length(
    page: "ModelAdmin[Any]", project: Project
) -> None:
    client = client_of(Who.OPERATOR, project)
    where = changelist(page.model)
    if "cl" not in (client.get(where).context or {}):
        pytest.skip("no list")
    assert client.get(where, {"q": "x" * 500}).status_code == 200
    for name, words in (("q", "A search has"), ("slice", "A filter has")):
        answer = client.get(where, {name: ["x" * 501, "x"]}, follow=True)
        assert answer.redirect_chain == [(where, 302)]
        assert f"{words} at most 500 characters." in answer.content.decode()


def test_a_rows_page_leads_back_to_the_list_as_it_was(project: Project, viewer: Client) -> None:
    template = TemplateFactory.create(project=project)
    address = reverse("admin:templates_app_template_change", args=[template.pk])
    listed = viewer.get(changelist(Template), {"q": template.name, "o": "1"}).text
    assert f'href="{address}?_changelist_filters=q%3D{template.name}%26o%3D1"' in listed
    assert f'href="{address}"' in viewer.get(changelist(Template)).text
