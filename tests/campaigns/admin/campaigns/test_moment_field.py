"""Times that somebody types for a campaign."""

from datetime import datetime

import pytest
from django import forms
from django.utils import timezone

from campaigns.admin.campaigns.moment_field import MomentField, as_typed

FORWARD = "the clocks go forward"


class TimeForm(forms.Form):
    at = MomentField()


@pytest.mark.parametrize(
    ("typed", "said", "offered"),
    [
        (
            "2026-03-29T02:30",
            f"02:30 does not exist that day: {FORWARD}. Choose 03:00 above, or another time.",
            {"next": ("03:00, the next time that there is", "2026-03-29T01:00:00+00:00")},
        ),
        (
            "2026-10-25T02:30",
            "02:30 comes twice that day: the clocks go back. Choose above which is meant.",
            {
                "first": (
                    "The first 02:30, before the clocks go back",
                    "2026-10-25T00:30:00+00:00",
                ),
                "second": ("The second 02:30, an hour or so later", "2026-10-25T01:30:00+00:00"),
            },
        ),
    ],
)
def test_where_the_clocks_change_what_can_be_meant_is_offered_and_taken(
    typed: str, said: str, offered: dict[str, tuple[str, str]]
) -> None:
    with timezone.override("Europe/Berlin"):
        asked = TimeForm({"at": typed})
        assert asked.errors == {"at": [said]}
        for reading, (words, at) in offered.items():
            assert f'value="{reading}" > {words}' in str(asked["at"])
            form = TimeForm({"at": typed, "at_reading": reading})
            assert form.is_valid()
            assert form.cleaned_data["at"].isoformat() == at


@pytest.mark.parametrize("saved", ["2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00"])
def test_a_saved_moment_that_comes_twice_is_shown_with_the_one_it_is(saved: str) -> None:
    with timezone.override("Europe/Berlin"):
        typed, _, reading = as_typed(datetime.fromisoformat(saved)).partition("|")
        form = TimeForm({"at": typed, "at_reading": reading})
        assert form.is_valid()
    assert form.cleaned_data["at"].isoformat() == saved


@pytest.mark.parametrize("typed", ["2026-10-25T01:30", "2026-03-29T03:30", "2026-10-25T03:00"])
def test_the_times_beside_it_are_taken(typed: str) -> None:
    with timezone.override("Europe/Berlin"):
        taken = MomentField().clean(typed)
    assert taken is not None
    assert taken.isoformat().startswith(typed)
