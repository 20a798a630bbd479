"""Whatever a rule may name is in memory where rules are written or counted, so there is a bounded
number of it: else one project's program ends the processes that all share."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.audience import lists
from campaigns.audience.lists import ListError, list_called
from campaigns.audience.segments import saving
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.saving import SegmentError, clone_segment, save_segment
from campaigns.models import CustomList, EventKindProperty, PropertyType, Segment
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.factories import (
    CustomListFactory,
    EventKindFactory,
    ProfilePropertyFactory,
    ProjectFactory,
    SegmentFactory,
)
from tests.providers.api.keys import client_with_key

pytestmark = pytest.mark.django_db
RULE: dict[str, Any] = {"version": 1, "match": "all", "conditions": []}


def test_a_project_has_room_for_so_many_segments(
    project: Project, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "MOST", 2)
    SegmentFactory.create_batch(5)  # of others
    first = SegmentFactory.create(project=project)
    save_segment(Segment(project=project, name="Second", rule=RULE), by=SYSTEM)
    with pytest.raises(SegmentError, match="Delete some"):
        save_segment(Segment(project=project, name="Third", rule=RULE), by=SYSTEM)
    with pytest.raises(SegmentError, match="Delete some"):
        clone_segment(first, by=SYSTEM)
    asked = {"name": "Third", "rule": RULE}
    answer = client_with_key(project).post("/api/v1/segments", asked, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "segment.refused")
    first.name = "Renamed"
    save_segment(first, by=SYSTEM)
    copy = reverse("admin:campaigns_segment_clone", args=[first.pk])
    assert "Delete some" in marketer.post(copy, follow=True).content.decode()
    assert Segment.objects.filter(project=project).count() == 2


def test_rules_of_a_project_have_so_many_characters_in_all(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they are read, however well they can be packed."""
    ProfilePropertyFactory.create(project=project, name="City")
    many = [{"on": "text", "property": "City", "is": "equals", "value": "a" * 400}] * 20
    monkeypatch.setattr(saving, "MOST_IN_RULES", 20_000)
    SegmentFactory.create(rule={**RULE, "conditions": many})  # of others
    large = SegmentFactory.create(project=project, rule={**RULE, "conditions": many})
    SegmentFactory.create(project=project, rule={**RULE, "conditions": many[:10]})
    save_segment(Segment(project=project, name="Small", rule=RULE), by=SYSTEM)
    with pytest.raises(SegmentError, match="into a list"):
        save_segment(
            Segment(project=project, name="Large", rule={**RULE, "conditions": many}), by=SYSTEM
        )
    with pytest.raises(SegmentError, match="into a list"):
        clone_segment(large, by=SYSTEM)
    save_segment(large, by=SYSTEM)


def test_a_project_has_room_for_so_many_lists(
    project: Project, marketer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST", 1)
    CustomListFactory.create(project=ProjectFactory.create())
    list_called(project, "First", by=SYSTEM)
    with pytest.raises(ListError, match="Delete some"):
        list_called(project, "Second", by=SYSTEM)
    answer = client_with_key(project).post("/api/v1/lists", {"name": "x"}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "list.too_many")
    add = reverse("admin:campaigns_customlist_add")
    assert "Delete some" in marketer.post(add, {"name": "Second"}, follow=True).content.decode()
    assert CustomList.objects.filter(project=project).count() == 1


def test_many_properties_of_events_are_known_by_two_statements(project: Project) -> None:
    for name in ("Ordered", "Viewed", "Left"):
        kind = EventKindFactory.create(project=project, name=name)
        for kind_of in (PropertyType.TEXT, PropertyType.NUMBER):
            EventKindProperty.objects.create(kind=kind, name=f"{name} it", type=kind_of)
    empty = EventKindFactory.create(project=project, name="Empty")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        known = known_of(project)
    assert sum("eventkind" in query["sql"] for query in asked) == 2
    told = {("Left it", PropertyType.TEXT), ("Left it", PropertyType.NUMBER)}
    assert known.events["Left"].properties == told
    assert (known.events["Empty"].number, known.events["Empty"].properties) == (empty.pk, set())
    assert list(known.events) == sorted(known.events)
