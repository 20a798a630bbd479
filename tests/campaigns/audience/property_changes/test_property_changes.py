"""A property is renamed, read as another type and deleted, whoever uses it."""

from typing import Any

import pytest

from campaigns.audience.imports import queueing
from campaigns.audience.imports.mapping import ColumnMapping, MappingError, chosen_before, guess
from campaigns.audience.imports.values import ValueType
from campaigns.audience.property_changes import walking
from campaigns.audience.property_changes.ordering import (
    PropertyError,
    delete_property,
    rename_property,
    retype_property,
)
from campaigns.audience.property_changes.walking import carry_out
from campaigns.audience.uploads.uploading_profiles import upload
from campaigns.models import (
    CampaignStatus,
    Import,
    ImportKind,
    ImportStatus,
    Profile,
    ProfileProperty,
    PropertyChange,
)
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.factories import (
    ImportFactory,
    ProfileFactory,
    ProfilePropertyFactory,
    SegmentFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db
IN_PUNE = {"on": "text", "property": "City", "is": "equals", "value": "Pune"}
ORDERED = {"on": "event", "event": "Ordered", "is": "did", "where": [IN_PUNE]}


@pytest.fixture(autouse=True)
def _two_people_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "AT_ONCE", 2)


@pytest.fixture
def city(project: Project) -> ProfileProperty:
    made: ProfileProperty = ProfilePropertyFactory.create(project=project, name="City")
    return made


@pytest.fixture
def people(project: Project) -> list[Profile]:
    ProfileFactory.create(properties={"City": "Agra"})  # of another project
    given: list[dict[str, Any]] = [{"City": "Pune", "Age": 5}, {}, {"City": "Goa"}, {"City": 5}]
    return [
        ProfileFactory.create(project=project, identity=str(number), properties=properties)
        for number, properties in enumerate(given)
    ]


def kept(project: Project) -> list[dict[str, Any]]:
    return list(Profile.objects.of(project).order_by("pk").values_list("properties", flat=True))


def mapping() -> ColumnMapping:
    labels, rows = ["identity", "City"], [["1", "Pune"]]
    return guess(labels, rows, kind=ImportKind.PEOPLE, known={})


def rule(*conditions: dict[str, Any]) -> dict[str, Any]:
    group = {"match": "any", "conditions": list(conditions)}
    return {"version": 1, "match": "all", "conditions": [group]}


def uploaded(project: Project, **more: Any) -> Import:
    made: Import = ImportFactory.create(project=project, kind=ImportKind.PEOPLE, **more)
    return made


def test_a_rename_takes_segments_and_columns_of_imports_along(
    project: Project, city: ProfileProperty, people: list[Profile]
) -> None:
    segment = SegmentFactory.create(project=project, rule=rule(IN_PUNE, ORDERED))
    earlier = uploaded(project, status=ImportStatus.DONE, mapping=mapping().as_json())
    rename_property(city, " Town ", by=SYSTEM)
    assert carry_out() == 1
    assert kept(project) == [{"Town": "Pune", "Age": 5}, {}, {"Town": "Goa"}, {"Town": 5}]
    segment.refresh_from_db()
    assert segment.rule == rule({**IN_PUNE, "property": "Town"}, ORDERED)
    assert chosen_before(project, ImportKind.PEOPLE)["City"].property_name == "Town"
    earlier.refresh_from_db()
    city.refresh_from_db()
    assert (city.name, PropertyChange.objects.exists(), carry_out()) == ("Town", False, 0)
    assert Profile.objects.exclude(project=project).get().properties == {"City": "Agra"}
    assert AuditEntry.objects.values_list("action", flat=True).get() == "property.renamed"


def test_until_everybody_has_the_new_name_everybody_has_the_old_one(
    project: Project, city: ProfileProperty, people: list[Profile]
) -> None:
    """Whatever asks by either finds the same people; and whoever wrote meanwhile loses nothing."""
    rename_property(city, "Town", by=SYSTEM)
    change = PropertyChange.objects.get()
    walking._go_on(change.pk)
    assert kept(project)[:3] == [
        {"City": "Pune", "Town": "Pune", "Age": 5},
        {},
        {"City": "Goa"},
    ]
    # Begun before the order: one of those walked already, and somebody new.
    Profile.objects.filter(pk=people[0].pk).update(properties={"City": "Agra"})
    carry_out()
    assert kept(project) == [{"Town": "Agra"}, {}, {"Town": "Goa"}, {"Town": 5}]
    city.refresh_from_db()
    assert city.name == "Town"


def test_changes_leave_room_for_other_tasks(
    project: Project, city: ProfileProperty, people: list[Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    rename_property(city, "Town", by=SYSTEM)
    hints: list[str] = []
    monkeypatch.setattr(walking, "wake_property_changer", lambda: hints.append("more"))
    moments = iter([0.0, 1.0, 99.0])
    monkeypatch.setattr(walking, "monotonic", lambda: next(moments))
    assert (carry_out(seconds=20), hints) == (0, ["more"])
    assert [sorted(each) for each in kept(project)[2:]] == [["City"], ["City"]]


def test_meanwhile_nobody_else_writes_it(
    project: Project, city: ProfileProperty, people: list[Profile]
) -> None:
    waiting = uploaded(project, status=ImportStatus.UPLOADED)
    rename_property(city, "Town", by=SYSTEM)
    city.refresh_from_db()
    with pytest.raises(PropertyError) as refused:
        delete_property(city, by=SYSTEM)
    assert refused.value.code == "property.busy"
    with pytest.raises(MappingError, match="just now"):
        queueing.start(waiting, mapping(), default_country="IN", new_subscribed=None, by=SYSTEM)
    record = {"identity": "2", "properties": {"City": "Agra", "Town": "Agra", "Zip": "1"}}
    (verdict,) = upload(project, [record], by=SYSTEM)
    assert set(verdict.left_out) == {"City", "Town"}
    carry_out()
    assert kept(project)[2] == {"Town": "Goa", "Zip": "1"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("City", "called so already"),
        ("", "letters, digits and blanks"),
        ("a{b}", "“a b” would do"),
        ("Phone", "a field that everybody has"),
        ("AGE", "There is a property “AGE” already"),
    ],
)
def test_a_name_that_cant_be_is_refused(
    project: Project, city: ProfileProperty, name: str, words: str
) -> None:
    ProfilePropertyFactory.create(project=project, name="Age")
    with pytest.raises(PropertyError, match=words):
        rename_property(city, name, by=SYSTEM)
    assert not PropertyChange.objects.exists()


def test_its_case_can_be_changed(project: Project, city: ProfileProperty) -> None:
    ProfileFactory.create(project=project, properties={"City": "Pune"})
    rename_property(city, "CITY", by=SYSTEM)
    carry_out()
    assert kept(project) == [{"CITY": "Pune"}]


def test_whoever_uses_it_is_named_and_it_stays(
    project: Project, city: ProfileProperty, people: list[Profile]
) -> None:
    segment = SegmentFactory.create(project=project, name="Pune", rule=rule(IN_PUNE))
    for act in (delete_property, lambda one, by: retype_property(one, ValueType.NUMBER, by=by)):
        with pytest.raises(PropertyError, match="The segment “Pune” uses “City”"):
            act(city, by=SYSTEM)
    segment.delete()
    variant = VariantFactory.create(
        campaign__project=project,
        campaign__name="Spring",
        campaign__status=CampaignStatus.SCHEDULED,
        values={"body.1": {"text": "Hello {{ profile.City }}", "fallback": ""}},
    )
    with pytest.raises(PropertyError, match="The campaign “Spring” uses “City”"):
        rename_property(city, "Town", by=SYSTEM)
    variant.delete()
    importing = uploaded(project, status=ImportStatus.RUNNING, mapping=mapping().as_json())
    for act in (delete_property, lambda one, by: rename_property(one, "Town", by=by)):
        with pytest.raises(PropertyError, match="An import that is not done uses “City”"):
            act(city, by=SYSTEM)
    importing.delete()
    delete_property(city, by=SYSTEM)
    assert not ProfileProperty.objects.exists()
    assert carry_out() == 1
    assert kept(project) == [{"Age": 5}, {}, {}, {}]
    with pytest.raises(PropertyError) as refused:
        delete_property(city, by=SYSTEM)
    assert refused.value.code == "property.gone"


def test_a_deleted_one_can_come_again_once_its_values_are_gone(
    project: Project, city: ProfileProperty, people: list[Profile]
) -> None:
    delete_property(city, by=SYSTEM)
    record = {"identity": "1", "properties": {"City": "Agra"}}
    (verdict,) = upload(project, [record], by=SYSTEM)
    assert set(verdict.left_out) == {"City"}
    carry_out()
    upload(project, [record], by=SYSTEM)
    assert kept(project)[1] == {"City": "Agra"}
    assert ProfileProperty.objects.get().name == "City"


def test_values_are_read_as_another_type_and_what_does_not_fit_goes(
    project: Project, city: ProfileProperty, people: list[Profile]
) -> None:
    retype_property(city, ValueType.NUMBER, by=SYSTEM)
    carry_out()
    assert kept(project) == [{"Age": 5}, {}, {}, {"City": 5}]
    city.refresh_from_db()
    retype_property(city, ValueType.TEXT, by=SYSTEM)
    carry_out()
    assert kept(project)[3] == {"City": "5"}
    entries = AuditEntry.objects.order_by("pk").values_list("changes", flat=True)
    assert entries[0] == [{"field": "Type", "old": "Text", "new": "Number"}]
    with pytest.raises(PropertyError, match="holds text already"):
        retype_property(ProfileProperty.objects.get(), ValueType.TEXT, by=SYSTEM)


def test_a_rename_of_nobody_ends(project: Project, city: ProfileProperty) -> None:
    rename_property(city, "Town", by=SYSTEM)
    assert carry_out() == 1
