"""The acts on a property's page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.audience.property_changes.walking import carry_out
from campaigns.models import Profile, ProfileProperty
from providers.models import Project
from tests.factories import ProfileFactory, ProfilePropertyFactory, SegmentFactory

pytestmark = pytest.mark.django_db
LIST = reverse("admin:campaigns_profileproperty_changelist")


@pytest.fixture
def age(project: Project) -> ProfileProperty:
    for value in ("5", "old"):
        ProfileFactory.create(project=project, properties={"Age": value})
    made: ProfileProperty = ProfilePropertyFactory.create(project=project, name="Age")
    return made


def at(name: str, known: ProfileProperty) -> str:
    return reverse(f"admin:campaigns_profileproperty_{name}", args=[known.pk])


def kept() -> list[dict[str, Any]]:
    return list(Profile.objects.order_by("pk").values_list("properties", flat=True))


def words_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_it_is_renamed_from_its_page(marketer: Client, age: ProfileProperty) -> None:
    faulty = marketer.post(at("rename", age), {"name": "name"})
    assert "is a field that everybody has" in words_of(faulty)
    marketer.post(at("rename", age), {"name": "Years"})
    assert "Renamed, under way: “Age” → “Years”" in words_of(marketer.get(LIST))
    page = marketer.get(at("change", age))
    assert "It is being changed just now" in words_of(page)
    carry_out()
    assert kept() == [{"Years": "5"}, {"Years": "old"}]
    assert "under way" not in words_of(marketer.get(LIST))


def test_the_type_is_changed_after_a_look_at_what_fits(
    marketer: Client, age: ProfileProperty
) -> None:
    asked = marketer.post(at("retype", age), {"read_as": "number"})
    said = "<strong>1</strong> would keep their value and <strong>1</strong> would lose it"
    assert said in words_of(asked)
    carry_out()
    assert kept() == [{"Age": "5"}, {"Age": "old"}]
    # Another type than was looked at is looked at first.
    assert "As yes or no" in words_of(
        marketer.post(at("retype", age), {"read_as": "boolean", "looked": "number"})
    )
    marketer.post(at("retype", age), {"read_as": "number", "looked": "number"})
    carry_out()
    assert kept() == [{"Age": 5}, {}]


def test_who_uses_it_stands_in_the_dialog_and_deleting_waits(
    marketer: Client, project: Project, age: ProfileProperty
) -> None:
    over = {"on": "text", "property": "Age", "is": "set"}
    rule = {"version": 1, "match": "all", "conditions": [over]}
    segment = SegmentFactory.create(project=project, name="Aged", rule=rule)
    assert "the segment “Aged”" in words_of(marketer.get(at("remove", age)))
    assert "The segment “Aged” uses “Age”" in words_of(marketer.post(at("remove", age)))
    segment.delete()
    assert "2 people have it." in words_of(marketer.get(at("remove", age)))
    marketer.post(at("remove", age))
    carry_out()
    assert (kept(), ProfileProperty.objects.exists()) == ([{}, {}], False)


def test_who_may_only_look_sees_no_acts(
    viewer: Client, marketer: Client, age: ProfileProperty
) -> None:
    assert "Change the type" in words_of(marketer.get(at("change", age)))
    assert "Change the type" not in words_of(viewer.get(at("change", age)))
