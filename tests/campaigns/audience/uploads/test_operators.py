"""What a program asks of a property without knowing its value."""

from typing import Any

import pytest

from campaigns.audience.uploads import operators
from campaigns.audience.uploads.uploading_profiles import upload
from campaigns.models import Profile, ProfileProperty, PropertyType
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.factories import ProfileFactory
from tests.providers.api.test_repeats import at_once

pytestmark = pytest.mark.django_db


def told(project: Project, *properties: object, **more: bool) -> list[Any]:
    """Of one person, each in a record of its own: an outcome, or what was left out."""
    records = [{"identity": "asha", "properties": each} for each in properties]
    verdicts = upload(project, records, by=SYSTEM, **more)
    return [dict(verdict.left_out) or verdict.outcome.value for verdict in verdicts]


def kept(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = Profile.objects.get(project=project, identity="asha").properties
    return found


def test_lists_grow_and_shrink_and_numbers_are_counted(project: Project) -> None:
    first = {"Cities": {"$add": ["Pune", "Delhi"]}, "Points": {"$incr": 5}, "Tea": {"$set": ["A"]}}
    assert told(project, first) == ["created"]
    assert kept(project) == {"Cities": ["Pune", "Delhi"], "Points": 5, "Tea": ["A"]}
    second = {
        "Cities": {"$remove": ["Pune"]},
        "Points": {"$decr": 1.5},
        "Tea": {"$set": ["B", "C", "B"]},
    }
    assert told(project, second) == ["updated"]
    assert kept(project) == {"Cities": ["Delhi"], "Points": 3.5, "Tea": ["B", "C"]}
    third = {"Cities": {"$remove": ["Delhi"]}, "Points": {"$delete": 1}, "Tea": {"$set": []}}
    assert told(project, third) == ["updated"]
    assert kept(project) == {}
    assert told(project, third) == ["unchanged"]
    types = ProfileProperty.objects.filter(project=project).values_list("name", "type")
    assert dict(types) == {
        "Cities": PropertyType.TEXTS,
        "Points": PropertyType.NUMBER,
        "Tea": PropertyType.TEXTS,
    }
    assert AuditEntry.objects.filter(action="profile.uploaded").count() == 3


def test_what_comes_later_in_a_body_counts_on(project: Project) -> None:
    ProfileFactory.create(project=project, identity="asha", properties={"Points": 10, "Old": "x"})
    ProfileProperty.objects.create(project=project, name="Points", type=PropertyType.NUMBER)
    ProfileProperty.objects.create(project=project, name="Old", type=PropertyType.TEXT)
    up, down = {"Points": {"$incr": 2}}, {"Points": {"$decr": 1}}
    assert told(project, up, down, {"Old": {"$delete": True}}) == ["updated"] * 3
    assert kept(project) == {"Points": 11}
    assert told(project, up, {"Points": 0}, up) == ["updated"] * 3
    assert kept(project) == {"Points": 2}
    assert told(project, {"Points": {"$delete": 1}}, up, up) == ["updated"] * 3
    assert kept(project) == {"Points": 4}


def test_of_too_many_texts_the_oldest_go(project: Project) -> None:
    told(project, {"Seen": {"$add": [f"p-{n}" for n in range(100)]}})
    assert told(project, {"Seen": {"$add": ["p-1", "new", "newer"]}}) == ["updated"]
    assert kept(project)["Seen"] == [f"p-{n}" for n in range(2, 100)] + ["new", "newer"]


def test_a_list_that_became_shorter_is_kept_as_it_is_now(project: Project) -> None:
    told(project, {"Cities": ["Pune", "Delhi"]})
    assert told(project, {"Cities": ["Pune"]}) == ["updated"]
    assert told(project, {"Cities": ["Pune"]}) == ["unchanged"]
    assert kept(project) == {"Cities": ["Pune"]}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"$incr": 0}, operators.NO_NUMBER.format(name="$incr")),
        ({"$incr": True}, operators.NO_NUMBER.format(name="$incr")),
        ({"$decr": "1"}, operators.NO_NUMBER.format(name="$decr")),
        ({"$add": "Pune"}, operators.NO_TEXTS.format(name="$add")),
        ({"$remove": None}, operators.NO_TEXTS.format(name="$remove")),
        ({"$set": [1]}, "Of lists only those of texts are kept."),
        ({"$add": ["x" * 513]}, "It is longer than 512 characters."),
        ({"$delete": 0}, operators.NOT_DELETED),
        ({"$delete": []}, operators.NOT_DELETED),
        ({"$push": ["a"]}, operators.NO_OPERATOR),
        ({"$add": ["a"], "$remove": ["b"]}, operators.NO_OPERATOR),
        ({}, operators.NO_OPERATOR),
    ],
)
def test_what_is_no_operator_is_left_out_by_itself(
    given: object, reason: str, project: Project
) -> None:
    assert told(project, {"Thing": given, "City": "Pune"}) == [{"Thing": reason}]
    assert kept(project) == {"City": "Pune"}


def test_a_property_keeps_its_type(project: Project) -> None:
    told(project, {"City": "Pune", "Tags": ["a"]})
    wrong = {"City": {"$add": ["Delhi"]}, "Tags": {"$incr": 1}, "name": {"$delete": 1}}
    (left_out,) = told(project, wrong)
    assert left_out == {
        "City": "It holds text already.",
        "Tags": "It holds list of texts already.",
        "name": "Everybody has this field. Give it beside the properties, not among them.",
    }
    assert kept(project) == {"City": "Pune", "Tags": ["a"]}


@pytest.mark.django_db(transaction=True)
def test_none_of_many_who_count_at_once_is_lost(project: Project) -> None:
    up = {"Points": {"$incr": 1}, "Cities": {"$add": ["Pune"]}}
    assert told(project, up) == ["created"]
    at_once(8, lambda _which: told(project, up))
    assert kept(project) == {"Points": 9, "Cities": ["Pune"]}
