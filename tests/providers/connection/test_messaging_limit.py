import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from providers.connection.messaging_limit import limit_words
from providers.models import Project
from tests.factories import ProviderFactory


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("TIER_250", "250 people in 24 hours"),
        ("TIER_2K", "2,000 people in 24 hours"),
        ("tier_100k", "100,000 people in 24 hours"),
        ("TIER_UNLIMITED", "no limit of people"),
        ("TIER_OF_SOME_DAY", "TIER_OF_SOME_DAY"),
        ("", ""),
    ],
)
def test_a_limit_is_told_in_words(told: str, words: str) -> None:
    assert limit_words(told) == words


@pytest.mark.django_db
def test_the_limit_stands_beside_the_number_and_at_home(
    project: Project, marketer: Client, viewer: Client
) -> None:
    provider = ProviderFactory.create(
        project=project, messaging_limit="TIER_10K", messaging_limit_at=timezone.now()
    )
    page = reverse("admin:providers_provider_change", args=[provider.pk])

    for client in (marketer, viewer):
        assert "10,000 people in 24 hours may be written to" in client.get(page).content.decode()
    assert "10,000 people in 24 hours" in viewer.get("/").content.decode()


@pytest.mark.django_db
def test_a_limit_that_nobody_told_is_not_made_up(project: Project, viewer: Client) -> None:
    provider = ProviderFactory.create(project=project)
    page = reverse("admin:providers_provider_change", args=[provider.pk])

    assert "Not told yet" in viewer.get(page).content.decode()
    assert "limit for your number" not in viewer.get("/").content.decode()
