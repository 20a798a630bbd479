"""Whom an estimate counts is who is launched, whatever people do and reports tell meanwhile."""

import os
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.audience.segments.compiling import source_of_rule
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.knowing import rule_of
from campaigns.ledger.months import OCCURRENCES, make_months
from campaigns.models import (
    Campaign,
    CampaignStatus,
    EventKindProperty,
    Message,
    Occurrence,
    Profile,
    ProfileProperty,
    Segment,
    State,
)
from campaigns.planning.targeting import forecast
from campaigns.running.gathering import gather
from campaigns.running.launching import launch
from campaigns.running.opening_runs import open_run
from providers.models import Project
from tests.campaigns.audience.segments import invented
from tests.campaigns.audience.segments.invented import Place
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.drafts import ready
from tests.factories import ProfileFactory, SegmentFactory

pytestmark = pytest.mark.django_db
# So that no invented moment lies on the edge of a span between the estimate and the launch.
OFF_THE_EDGE = timedelta(seconds=37)


@pytest.fixture
def _months(db: None) -> None:
    now = timezone.now()
    ages = invented.ALL_AGES
    make_months(OCCURRENCES, since=now - max(ages) - OFF_THE_EDGE, until=now)


@pytest.fixture
def _chunks_of_two(chunks_of: ChunksOf) -> None:
    """Most people wait for their rows while things happen."""
    chunks_of(2, first=1)


def know(place: Place) -> None:
    """What `place.events` and `invented.PROPERTIES` say, in rows."""
    ProfileProperty.objects.bulk_create(
        ProfileProperty(project=place.project, name=name, type=kind)
        for name, kind in invented.PROPERTIES.items()
    )
    EventKindProperty.objects.bulk_create(
        EventKindProperty(kind_id=event.number, name=name, type=kind)
        for event in place.events.values()
        for name, kind in event.properties
    )


def found(segment: Segment) -> set[int]:
    project = segment.project
    source = source_of_rule(rule_of(segment), clock_of(project))
    with connection.cursor() as cursor:
        cursor.execute(source.sql, {**source.parameters, "project": project.pk})
        return {number for (number,) in cursor.fetchall()}


def everything_happens(place: Place) -> None:
    """To everybody: events, reports, a new person, and properties of somebody else."""
    now = timezone.now()
    people = list(Profile.objects.of(place.project))
    Occurrence.objects.bulk_create(
        Occurrence(kind=kind, profile=one, at=now, fingerprint=one.pk * 1_000 + n, properties={})
        for one in people
        for n, kind in enumerate(place.kinds * 3)
    )
    messages = Message.objects.filter(run__in=place.runs)
    messages.update(state=State.READ, sent_at=now, delivered_at=now, read_at=now, clicked_at=now)
    Profile.objects.filter(pk__in=[one.pk for one in people[::2]]).update(
        properties={}, name="Somebody else"
    )
    ProfileFactory.create(project=place.project, properties=people[0].properties)


def launched(campaign: Campaign, place: Place) -> set[int | None]:
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.LAUNCHING)
    campaign.refresh_from_db()
    run = open_run(campaign)
    gather(run.pk)
    everything_happens(place)
    launch(run.pk)
    return set(Message.objects.filter(run=run).values_list("profile", flat=True))


@pytest.mark.usefixtures("_months", "_chunks_of_two")
@settings(
    max_examples=int(os.environ.get("SEGMENT_EXAMPLES", "40")),
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_the_estimate_is_who_is_launched(project: Project, data: st.DataObject) -> None:
    with transaction.atomic():
        place = Place.made(project)
        know(place)
        data.draw(invented.people(place, timezone.now() - OFF_THE_EDGE))
        rule = data.draw(invented.rules(place, []))
        segment = SegmentFactory.create(project=project, rule=rule)
        campaign = ready(project, people=0, to=[segment])

        estimated, reach = found(segment), forecast(campaign)
        assert (launched(campaign, place), reach.total) == (estimated, len(estimated)), rule
        transaction.set_rollback(True)
