"""No name that somebody gives hides a sign in it: one rule, at every form and in the API."""

import unicodedata
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaigns.audience.imports.uploading import list_name_of
from campaigns.planning.labelling import LabelError, read_labels
from providers.models import Project
from providers.names.visible_names import hidden_in, see_all_of, seen_of
from providers.views.invitation import NewcomerForm
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    SegmentFactory,
    TemplateFactory,
    UserFactory,
)
from tests.providers.api.keys import client_with_key
from tests.test_form_defaults import forms_of_ours

HIDDEN = "Tea\u202e shop"
BEHIND = "nobody sees, behind “Tea”."
ANYBODYS = {"Profile", "Conversation", "InboundMessage"}  # people call themselves as they like
OF_NAMES = ("name", "nickname", "label", "first_name", "last_name")
# What the fields of forms without a model ask for, where that is a name: who else refuses it.
BY_ITS_ACT = {
    ("ViewForm", "name"),
    ("FillingForm", "name"),
    ("NameForm", "name"),  # properties have a rule of their own
    ("CloneForm", "name"),  # a-z, 0-9 and _
}


@pytest.mark.parametrize(
    "sign",
    ["\u202e", "\u2066", "\u200b", "\u200f", "\ufeff", "\xad", "\x07", "\n", "\u2028", "\u3164",
     "\u2800", "\U000e0041", "\u2060"],
)  # fmt: skip
def test_a_sign_that_nobody_sees_is_found_wherever_it_stands(sign: str) -> None:
    behind = "The name has a sign in it that nobody sees, behind “Tea”. Delete that, or type it"
    assert hidden_in(f"Tea{sign}shop") == f"{behind} anew."
    assert "at its beginning" in hidden_in(f"{sign}Tea shop")
    assert seen_of(f"{sign}Tea{sign} shop{sign}") == "Tea shop"


FLAG = "".join(map(chr, [0x1F3F4, *range(0xE0067, 0xE0069), 0xE007F]))  # a black one and tags


@pytest.mark.parametrize(
    "name",
    [
        "Tea shop",
        "क्\u200dष और ज्\u200cञ",
        "می\u200cخواهم",
        "👩\u200d👧 families",
        f"{FLAG} Scots",
        "❤\ufe0f VIP, 1\ufe0f\u20e3",
        "a\xa0b",
        unicodedata.normalize("NFD", "é"),
        "עברית عربى",
        "x" * 5_000,
    ],
)
def test_words_and_pictures_of_every_script_stay(name: str) -> None:
    assert (hidden_in(name), seen_of(name)) == ("", name)


@pytest.mark.parametrize(
    "name", ["Tea\u200d", "\u200dTea", "Tea \u200c shop", "Tea\u200d\u200dshop"]
)
def test_a_joiner_that_joins_nothing_is_hidden(name: str) -> None:
    assert hidden_in(name)


def test_every_model_knows_which_of_its_fields_are_names() -> None:
    """A new one is a NameField, or what people call themselves."""
    without = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith(("providers.", "campaigns.", "callbacks."))
        for field in model._meta.concrete_fields
        if field.name in OF_NAMES and field.editable
        if model.__name__ not in ANYBODYS and see_all_of not in field.validators
    }
    by_programs = {"Heartbeat", "Tally", "EventKind", "EventKindProperty", "ProfileProperty"}
    assert {one for one in without if one.partition(".")[0] not in by_programs | CODES} == set()


CODES = {"Event", "SignInTry", "Diagnosis", "ApiAnswer"}


def test_every_form_without_a_model_has_the_rule_at_its_names() -> None:
    asked = {
        (form.__name__, name): field
        for form in forms_of_ours(forms.Form)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.CharField) and (name in OF_NAMES or "name" in str(field.label))
    }
    missing = {key for key, field in asked.items() if see_all_of not in field.validators}
    assert missing == BY_ITS_ACT
    assert ("UploadForm", "new_list") in asked


def test_whoever_joins_is_asked_for_a_name_that_is_seen() -> None:
    with pytest.raises(ValidationError, match=BEHIND):
        NewcomerForm.base_fields["full_name"].clean(HIDDEN)


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("providers_project_add", {"name": HIDDEN}),
        ("providers_provider_add", {"nickname": HIDDEN}),
        ("providers_apikey_add", {"name": HIDDEN}),
        ("providers_sendingip_add", {"network": "203.0.113.7", "label": HIDDEN}),
        ("providers_callbacksource_add", {"network": "203.0.113.7", "label": HIDDEN}),
        ("providers_user_add", {"username": "asha", "first_name": HIDDEN}),
        ("campaigns_customlist_add", {"name": HIDDEN}),
        ("campaigns_campaign_add", {"name": HIDDEN}),
        ("campaigns_campaign_add", {"name": "Sale", "labels": HIDDEN}),
        ("campaigns_segment_add", {"name": HIDDEN, "rule": "{}"}),
        ("campaigns_profile_keep_view", {"name": HIDDEN}),
        ("campaigns_profile_into_list", {"name": HIDDEN}),
        ("campaigns_import_add", {"new_list": HIDDEN, "kind": "people"}),
    ],
)
def test_a_form_says_where_the_hidden_sign_is(
    page: str, typed: dict[str, Any], project: Project, operator: Client
) -> None:
    operator.post("/switch-project/", {"project": project.pk})
    TemplateFactory.create(project=project)
    given = {**typed, "_project": project.pk}
    if page == "campaigns_import_add":
        given["file"] = SimpleUploadedFile("people.csv", b"identity\nu-1\n")
    answer = operator.post(reverse(f"admin:{page}"), given)
    assert (answer.status_code, BEHIND in answer.content.decode()) == (200, True)


def test_what_is_there_is_renamed_to_nothing_hidden(project: Project, marketer: Client) -> None:
    custom_list = CustomListFactory.create(project=project, name="VIP")
    segment = SegmentFactory.create(project=project, name="Buyers")
    campaign = CampaignFactory.create(project=project, name="Sale")
    for one in (custom_list, segment, campaign):
        page = reverse(f"admin:campaigns_{one._meta.model_name}_change", args=[one.pk])
        answer = marketer.post(page, {"name": HIDDEN, "_project": project.pk})
        assert (answer.status_code, BEHIND in answer.content.decode()) == (200, True)
        one.refresh_from_db()
        assert one.name in ("VIP", "Buyers", "Sale")


def test_the_api_says_the_same(project: Project) -> None:
    shop = client_with_key(project)
    for kind, more in (("lists", {}), ("segments", {"rule": {"version": 1}})):
        answer = shop.post(f"/api/v1/{kind}", {"name": HIDDEN, **more}, "application/json")
        (wrong,) = answer.json()["errors"]
        assert (answer.status_code, wrong["path"], wrong["detail"]) == (
            422,
            "name",
            hidden_in(HIDDEN),
        )


def test_labels_and_files_hide_nothing() -> None:
    with pytest.raises(LabelError, match=BEHIND):
        read_labels(f"sale, {HIDDEN}")
    assert list_name_of("Tea\u202e_shop\u200b.csv") == "Tea shop"


def test_a_persons_own_name_is_theirs(db: None) -> None:
    person = UserFactory.create(first_name="Asha", last_name="क्\u200dष")
    person.full_clean(exclude=["password"])
