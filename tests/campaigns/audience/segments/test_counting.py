"""Projects take turns where many segments wait to be counted."""

from functools import partial
from typing import Any

import pytest
from django.db import connection

from campaigns.audience.segments import counting
from campaigns.audience.segments.counting import count_what_is_due
from campaigns.audience.segments.estimating import count_people
from campaigns.models import Segment, SegmentSize
from providers.models import Project
from tests.factories import (
    ProfileFactory,
    ProfilePropertyFactory,
    ProjectFactory,
    SegmentFactory,
)

pytestmark = pytest.mark.django_db
# So many calls, each of which counts one: that of two projects never the second begins, is once in
# a million million times.
CALLS = 40
CITY = {"on": "text", "property": "City", "is": "one_of"}
# More than a millisecond's work, on any machine.
CITIES = ["Pune", *(f"{number}{'x' * 400}" for number in range(999))]
SLOW: dict[str, Any] = {
    "version": 1,
    "match": "all",
    "conditions": [{**CITY, "values": CITIES}],
}


def test_a_new_segment_does_not_wait_behind_all_of_another_projects(project: Project) -> None:
    for number in range(60):
        SegmentFactory.create(project=project, name=f"Mine {number}")
    new = SegmentFactory.create(project=ProjectFactory.create())
    calls = 0
    while not new.sizes.exists() and calls < CALLS:
        # Whoever saves theirs anew each time comes no earlier by that.
        Segment.objects.filter(project=project).update(counted_at=None)
        count_what_is_due(seconds=0)
        calls += 1
    assert new.sizes.exists()


def test_of_each_project_one_is_counted_before_any_has_its_second(project: Project) -> None:
    for theirs in (project, ProjectFactory.create(), ProjectFactory.create()):
        for name in "ABC":
            SegmentFactory.create(project=theirs, name=name)
    count_what_is_due()
    counted = list(Segment.objects.order_by("counted_at").values_list("project", flat=True))
    laps = [len(set(counted[start : start + 3])) for start in range(0, 9, 3)]
    assert laps == [3, 3, 3]


def test_those_that_were_never_counted_come_first(project: Project) -> None:
    old = SegmentFactory.create(project=project, name="Old")
    count_what_is_due()
    Segment.objects.update(counted_at="2026-03-01T00:00:00Z")
    new = SegmentFactory.create(project=project, name="New")
    count_what_is_due(seconds=0)
    assert (new.sizes.count(), Segment.objects.get(pk=old.pk).counted_at.month) == (1, 3)


def test_what_takes_too_long_is_left_for_a_day(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ProfilePropertyFactory.create(project=project, name="City")
    ProfileFactory.create_batch(50, project=project, properties={"City": "x"})
    slow = SegmentFactory.create(project=project, name="Slow", rule=SLOW)
    monkeypatch.setattr(counting, "count_people", partial(count_people, patience=1))
    for _ in range(2):
        count_what_is_due()
    told = f"Segment {slow.pk} was not counted: segment.estimate"
    assert (SegmentSize.objects.count(), caplog.text.count(told)) == (0, 1)


def test_what_fails_keeps_no_other_one_waiting(
    project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    odd = SegmentFactory.create(project=project)
    others = [SegmentFactory.create(project=ProjectFactory.create()) for _ in range(3)]

    def counted(theirs: Project, rule: Any, clock: Any) -> int:
        if theirs == project:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return count_people(theirs, rule, clock)

    monkeypatch.setattr(counting, "count_people", counted)
    for _ in range(2):
        count_what_is_due()
    assert {size.segment for size in SegmentSize.objects.all()} == set(others)
    assert caplog.text.count(f"This failed: counting segment {odd.pk}") == 1
