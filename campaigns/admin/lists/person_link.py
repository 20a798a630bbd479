"""Who it is about, in lists and on pages."""

from django.urls import reverse
from django.utils.html import format_html

from campaigns.models import Profile


def person_link(profile: Profile | None) -> str:
    """The profile's page, by its name; a number that nobody had has no page."""
    if profile is None:
        return "Nobody in the project"
    page = reverse("admin:campaigns_profile_change", args=[profile.pk])
    return format_html('<a href="{}">{}</a>', page, profile)
