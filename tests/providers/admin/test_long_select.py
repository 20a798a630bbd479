"""A choice among hundreds is written as Django writes a choice."""

import pytest
from django import forms
from django.utils.html import escape, strip_tags

from providers.admin.long_select import LongSelect

CHOICES = [("", "Choose…"), ("Asia/Kolkata", "Asia/Kolkata"), ('"><script>', "<b>Quoted</b>")]


class Zone(forms.Form):
    zone = forms.ChoiceField(choices=lambda: CHOICES, widget=LongSelect, required=False)


@pytest.mark.parametrize("chosen", [value for value, _ in CHOICES])
def test_its_options_are_escaped_and_one_is_chosen(chosen: str) -> None:
    written = str(Zone(initial={"zone": chosen})["zone"])
    assert "<script>" not in written
    assert strip_tags(written).split() == ["Choose…", "Asia/Kolkata", "&lt;b&gt;Quoted&lt;/b&gt;"]
    assert written.count("<option") == len(CHOICES)
    assert written.count(" selected>") == 1
    assert f'value="{escape(chosen)}" selected>' in written


def test_what_is_not_offered_chooses_nothing() -> None:
    assert " selected" not in str(Zone(initial={"zone": "Mars/Olympus"})["zone"])


def test_the_chosen_one_is_read_and_a_stranger_refused() -> None:
    assert Zone({"zone": "Asia/Kolkata"}).is_valid()
    assert not Zone({"zone": "Mars/Olympus"}).is_valid()
