"""The properties of a project's people: how many have one, examples, who uses it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from campaigns.audience.property_facts import examples_of, people_with, users_of_property
from campaigns.models import CampaignStatus, ProfileProperty, PropertyType
from providers.models import Project
from tests.factories import (
    CampaignFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    SegmentFactory,
    VariantFactory,
)


def have(project: Project, *values: Any) -> None:
    for value in values:
        ProfileFactory.create(project=project, properties={"City": value})


def test_a_property_is_shown_with_its_people_examples_and_users(
    project: Project, viewer: Client
) -> None:
    city = ProfilePropertyFactory.create(project=project, name="City")
    have(project, "Pune", "Goa", "Pune", None)
    ProfileFactory.create(project=project)
    ProfileFactory.create(properties={"City": "Elsewhere"})
    asks = {"on": "text", "property": "City", "is": "is_set"}
    inside = {"match": "any", "conditions": [asks]}
    whole = {"version": 1, "match": "all", "conditions": [inside]}
    SegmentFactory.create(project=project, name="Has a city", rule=whole)
    SegmentFactory.create(project=project, name="Everybody")
    for name, status, text in (
        ("Diwali", CampaignStatus.SCHEDULED, "{{ profile['City'] | default: 'you' }}"),
        ("Over", CampaignStatus.COMPLETED, "{{ profile.City }}"),
        ("Broken", CampaignStatus.DRAFT, "{{ profile.City"),
    ):
        campaign = CampaignFactory.create(project=project, name=name, status=status)
        VariantFactory.create(campaign=campaign, values={"body.1": {"text": text}})
    assert (people_with(city), examples_of(city), users_of_property(city)) == (
        3,
        ["Pune", "Goa"],
        ["the segment “Has a city”", "the campaign “Diwali”"],
    )
    page = viewer.get(reverse("admin:campaigns_profileproperty_change", args=[city.pk]))
    shown = page.content.decode()
    assert "Pune · Goa" in shown
    people = reverse("admin:campaigns_profileproperty_people", args=[city.pk])
    assert f'hx-get="{people}" hx-trigger="load"' in shown
    assert viewer.get(people).text == "3"
    assert "the segment “Has a city”" in shown
    listed = viewer.get(reverse("admin:campaigns_profileproperty_changelist")).content.decode()
    assert "City" in listed


def test_a_campaign_that_chooses_by_a_property_uses_it_and_is_named_once(project: Project) -> None:
    city = ProfilePropertyFactory.create(project=project, name="City")
    for name, by in (("Cities", "City"), ("Others", "Shop")):
        campaign = CampaignFactory.create(
            project=project, name=name, status=CampaignStatus.SCHEDULED, by_property=by
        )
        for position in range(2):
            VariantFactory.create(campaign=campaign, position=position, values={})
    assert users_of_property(city) == ["the campaign “Cities”"]


def test_examples_of_lists_numbers_and_hostile_texts(project: Project) -> None:
    city: ProfileProperty = ProfilePropertyFactory.create(
        project=project, name="City", type=PropertyType.TEXTS
    )
    have(project, ["new", "VIP"], ["VIP"], 7, True, "x" * 500, {"odd": 1}, [], "")
    assert examples_of(city) == ["VIP", "7", "new", "true", "x" * 80, '{"odd": 1}']
