"""No form answers with a sentence of Django's: each names its field, and says what to do."""

import re
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.console.site import SwitchForm
from providers.models import Project
from providers.views.plain_errors import SENTENCES, PlainErrors, PlainForm
from tests.test_form_defaults import forms_of_ours

WITHOUT_A_PAGE = {SwitchForm}
STOCK = re.compile(r"This field|Ensure |Enter a |Select a valid|Enter a whole|is not one of")


def test_every_form_of_ours_has_the_sentences() -> None:
    every = {*forms_of_ours(forms.BaseForm)}
    assert [each for each in every - WITHOUT_A_PAGE if not issubclass(each, PlainErrors)] == []
    assert len(every) > 20


class Everything(PlainForm):
    name = forms.CharField(max_length=3, min_length=2)
    share = forms.IntegerField(label="Share, in %", min_value=1, max_value=50)
    weight = forms.FloatField()
    price = forms.DecimalField()
    day = forms.DateField()
    hour = forms.TimeField()
    moment = forms.DateTimeField()
    email = forms.EmailField(label="E-mail")
    link = forms.URLField(assume_scheme="https")
    agreed = forms.BooleanField()
    role = forms.ChoiceField(label="Role (100 %)", choices=[("a", "A")])
    roles = forms.MultipleChoiceField(choices=[("a", "A")])
    file = forms.FileField()
    own = forms.CharField(error_messages={"required": "Write something nice."})
    nameless = forms.CharField(label="")


def told(typed: dict[str, Any], files: dict[str, Any] | None = None) -> dict[str, list[str]]:
    return {name: list(words) for name, words in Everything(typed, files).errors.items()}


def test_what_is_missing_is_named_with_the_way_out() -> None:
    assert told({}) == {
        "name": ["“Name” is missing. Fill it in."],
        "share": ["“Share, in %” is missing. Fill it in."],
        "weight": ["“Weight” is missing. Fill it in."],
        "price": ["“Price” is missing. Fill it in."],
        "day": ["“Day” is missing. Fill it in."],
        "hour": ["“Hour” is missing. Fill it in."],
        "moment": ["“Moment” is missing. Fill it in."],
        "email": ["“E-mail” is missing. Fill it in."],
        "link": ["“Link” is missing. Fill it in."],
        "agreed": ["Tick “Agreed” to go on."],
        "role": ["“Role (100 %)” is missing. Choose one."],
        "roles": ["“Roles” is missing. Choose at least one."],
        "file": ["“File” is missing. Choose a file."],
        "own": ["Write something nice."],
        "nameless": ["This is missing. Fill it in."],
    }


def test_what_is_wrong_is_named_with_the_way_out() -> None:
    wrong: dict[str, Any] = dict.fromkeys(Everything.base_fields, "x")
    wrong |= {"share": "60", "agreed": "on", "roles": ["b"], "email": "a@", "own": "y"}
    assert told(wrong, {"file": SimpleUploadedFile("empty.csv", b"")}) == {
        "name": ["“Name” is too short: it needs 2 characters or more."],
        "share": ["“Share, in %” has to be 50 or less."],
        "weight": ["“Weight” has to be a number, like 12.5."],
        "price": ["“Price” has to be a number, like 12.5."],
        "day": ["“Day” has to be a day, like 2026-12-31."],
        "hour": ["“Hour” has to be a time, like 21:00."],
        "moment": ["“Moment” has to be a day and time, like 2026-12-31 18:00."],
        "email": ["“E-mail” is no e-mail address. It looks like name@example.com."],
        "link": ["“Link” is no address. It begins with https://."],
        "role": ["“Role (100 %)”: what was chosen is not there (any more). Choose again."],
        "roles": ["“Roles”: what was chosen is not there (any more). Choose again."],
        "file": ["“File” is an empty file. Choose another."],
    }
    assert told({**wrong, "name": "long", "share": "0"})["name"] == [
        "“Name” is too long: 4 characters, and 3 fit."
    ]
    assert told({**wrong, "share": "0"})["share"] == ["“Share, in %” has to be 1 or more."]
    assert told({**wrong, "share": "1.5"})["share"] == [
        "“Share, in %” has to be a whole number, like 20."
    ]


def test_no_sentence_is_like_djangos() -> None:
    every = [words for sentences in SENTENCES.values() for words in sentences.values()]
    assert [words for words in every if STOCK.search(words)] == []


@pytest.mark.parametrize(
    "name",
    [
        "campaigns_customlist_add",
        "campaigns_profile_add",
        "campaigns_import_add",
        "providers_provider_add",
        "providers_membership_add",
        "providers_apikey_add",
        "providers_sendingip_add",
        "providers_user_add",
        "password_change",
    ],
)
def test_an_empty_form_is_answered_in_words(name: str, project: Project, operator: Client) -> None:
    """Through the door, also where the form is made by the page itself or by the theme."""
    response = operator.post(reverse(f"admin:{name}"), {"_project": project.pk})
    context = response.context
    form = context["adminform"].form if "adminform" in context else context["form"]
    words = [word for problems in form.errors.values() for word in problems]
    assert words != []
    assert [word for word in words if STOCK.search(word)] == []
    assert "Please correct" not in response.content.decode()
