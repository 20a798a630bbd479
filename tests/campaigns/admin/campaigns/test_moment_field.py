"""Times that somebody types for a campaign."""

import pytest
from django import forms
from django.utils import timezone

from campaigns.admin.campaigns.moment_field import MomentField


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "2026-03-29T02:30",
            "02:30 does not exist that day: the clocks go forward. Choose 01:30 or 03:30.",
        ),
        (
            "2026-10-25T02:30",
            "02:30 comes twice that day: the clocks go back. Choose 01:30 or 03:30.",
        ),
    ],
)
def test_a_time_at_which_the_clocks_change_is_asked_about(typed: str, said: str) -> None:
    with timezone.override("Europe/Berlin"), pytest.raises(forms.ValidationError) as problem:
        MomentField().clean(typed)
    assert problem.value.messages == [said]


@pytest.mark.parametrize("typed", ["2026-10-25T01:30", "2026-03-29T03:30"])
def test_the_times_beside_it_are_taken(typed: str) -> None:
    with timezone.override("Europe/Berlin"):
        taken = MomentField().clean(typed)
    assert taken is not None
    assert taken.isoformat().startswith(typed)
