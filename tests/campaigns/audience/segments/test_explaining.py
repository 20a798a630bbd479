"""Which segments somebody is in, as the database says it, and as the rules say it in Python."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.audience.segments import explaining
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.explaining import person_of, segments_of
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import read_rule
from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import Profile, ProfileProperty, PropertyType
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.factories import ProfileFactory, SegmentFactory

pytestmark = pytest.mark.django_db

A_MONTH = {"last": 30, "unit": "days"}
OVER_100 = {"on": "number", "property": "Amount", "is": "more", "value": 100}
ORDERED: list[dict[str, Any]] = [
    {"is": "did"},
    {"is": "did_not", "when": A_MONTH},
    {"is": "at_least", "times": 2, "where": [OVER_100]},
    {"is": "at_most", "times": 1},
    {"is": "exactly", "times": 0, "when": A_MONTH},
    {"is": "first", "when": A_MONTH},
    {"is": "sum", "property": "Amount", "that": {"is": "at_most", "value": 300}},
    {"is": "average", "property": "Amount", "that": {"is": "more", "value": 100}},
]
OTHERS: list[dict[str, Any]] = [
    {"on": "text", "property": "City", "is": "equals", "value": "pune"},
    {"on": "reachability", "is": "sendable"},
    {"on": "campaign", "what": "clicked", "is": "did_not"},
    {"on": "conversation", "what": "wrote", "is": "so"},
]


@pytest.fixture
def people(project: Project) -> list[Profile]:
    """Who ordered often, once long ago, and never."""
    ProfileProperty.objects.create(project=project, name="City", type=PropertyType.TEXT)
    cities = {"often": "Pune", "once": "Goa", "never": "Pune"}
    made = [
        ProfileFactory.create(project=project, identity=name, properties={"City": city})
        for name, city in cities.items()
    ]
    ago = {"often": (1, 5, 90), "once": (60,)}
    records = [
        {
            "identity": name,
            "name": "Ordered",
            "at": (timezone.now() - timedelta(days=days)).isoformat(),
            "properties": {"Amount": 100 + days},
        }
        for name, all_days in ago.items()
        for days in all_days
    ]
    upload(project, records, by=SYSTEM)
    return made


def test_somebody_is_in_the_segments_whose_rules_say_so(
    project: Project, people: list[Profile]
) -> None:
    conditions = [{"on": "event", "event": "Ordered", **one} for one in ORDERED] + OTHERS
    for number, condition in enumerate(conditions):
        rule = {"version": 1, "match": "all", "conditions": [condition]}
        SegmentFactory.create(project=project, name=f"{number:02}", rule=rule)
    SegmentFactory.create(
        project=project, name="all", rule={"version": 1, "match": "any", "conditions": []}
    )
    clock, known = clock_of(project), known_of(project)
    rules = {name: read_rule(rule, known) for name, rule in known.segments.values()}
    in_all = []
    for one in people:
        told = {name for name, rule in rules.items() if rule.holds(person_of(one, rule, clock))}
        assert set(segments_of(one, clock).values()) == told
        in_all.append(frozenset(told))
    assert (len(set(in_all)), frozenset.intersection(*in_all)) == (len(people), {"all", "09", "10"})


@pytest.mark.parametrize(
    ("at_once", "asked", "statements", "found"),
    [(200_000, 2_000_000, 1, 5), (1, 2_000_000, 5, 5), (1, 1, 1, 1)],
)
def test_rules_are_asked_a_few_at_a_time_and_not_for_ever(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    at_once: int,
    asked: int,
    statements: int,
    found: int,
) -> None:
    monkeypatch.setattr(explaining, "MOST_AT_ONCE", at_once)
    monkeypatch.setattr(explaining, "MOST_ASKED", asked)
    person, clock = ProfileFactory.create(project=project), clock_of(project)
    rule = {"version": 1, "match": "all", "conditions": [OTHERS[2] | {"is": "did_not"}]}
    for number in range(5):
        SegmentFactory.create(project=project, name=f"{number}", rule=rule)
    with CaptureQueriesContext(connection) as queries:
        assert len(segments_of(person, clock)) == found
    assert sum("SELECT ARRAY[" in query["sql"] for query in queries) == statements
