"""The people that the SQL of a rule finds are those of whom the rule says so in Python.

SEGMENT_EXAMPLES=1000 and --hypothesis-profile=new try more, and other ones.
"""

import os
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.audience.segments.compiling import source_of_rule
from campaigns.audience.segments.facts import people as facts_of
from campaigns.audience.segments.given import Known
from campaigns.audience.segments.reading import read_rule
from campaigns.audience.segments.rules import Group
from campaigns.audience.segments.spans import Clock
from campaigns.ledger.months import OCCURRENCES, make_months
from campaigns.models import Profile, PropertyType
from providers.models import Project
from tests.campaigns.audience.segments import invented
from tests.campaigns.audience.segments.invented import Place
from tests.factories import MessageFactory, ProfileFactory

pytestmark = pytest.mark.django_db
INNER = 7  # the number of a segment that others name


def known(place: Place, inner: Any) -> Known:
    return Known(
        properties={name: PropertyType(kind) for name, kind in invented.PROPERTIES.items()},
        lists={one.pk: one.name for one in place.lists},
        campaigns={one.pk: one.name for one in place.campaigns},
        segments={INNER: ("Inner", inner)},
        events=place.events,
    )


def found(project: Project, rule: Group, clock: Clock) -> set[int]:
    source = source_of_rule(rule, clock)
    with connection.cursor() as cursor:
        cursor.execute(source.sql, {**source.parameters, "project": project.pk})
        return {number for (number,) in cursor.fetchall()}


@pytest.fixture
def _months(db: None) -> None:
    """For events at any of the moments that are invented."""
    for moment in invented.ALL_MOMENTS:
        since, until = moment - max(invented.ALL_AGES), moment - min(invented.ALL_AGES)
        make_months(OCCURRENCES, since=since, until=until)


@pytest.mark.usefixtures("_months")
@settings(
    max_examples=int(os.environ.get("SEGMENT_EXAMPLES", "25")),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_sql_and_python_find_the_same_people(project: Project, data: st.DataObject) -> None:
    with transaction.atomic():
        place = Place.made(project)
        # Somebody of another project, who is never found.
        MessageFactory.create(profile=ProfileFactory.create())
        clock = data.draw(invented.CLOCKS)
        data.draw(invented.people(place, clock.now))
        ids = Profile.objects.of(project).values_list("pk", flat=True)
        facts = facts_of(project, ids, clock)
        inner = data.draw(invented.rules(place, []))
        rules = invented.rules(place, [INNER])
        for document in data.draw(st.lists(rules, min_size=5, max_size=10)):
            rule = read_rule(document, known(place, inner))
            told = {number for number, person in facts.items() if rule.holds(person)}
            assert found(project, rule, clock) == told, document
            assert rule.words() or not rule.members
            assert all(
                member.seen(one) is not None for member in rule.members for one in facts.values()
            )
        transaction.set_rollback(True)
