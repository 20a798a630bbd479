"""The demo's events and segments show something."""

import csv
import io
import json

import pytest
from django.utils import timezone

from campaigns.audience.segments.counting import count_segment
from campaigns.models import Profile, ProfileProperty, PropertyType
from config.demo.doings import often, orders_of, send, tastings_of
from config.demo.people import SHOWN, csv_of
from config.demo.segments import REGULARS, make_segments
from providers.models import Project
from providers.watch.actors import SYSTEM

pytestmark = pytest.mark.django_db
OF_MESSAGES = {"Clicked a campaign", "Viewed, never clicked", "Failed to get a campaign"}


@pytest.fixture
def _people(project: Project) -> None:
    """As the demo's file has them."""
    for name, kind in (
        ("City", PropertyType.TEXT),
        ("VIP", PropertyType.BOOLEAN),
        ("Birthday", PropertyType.DATE),
    ):
        ProfileProperty.objects.create(project=project, name=name, type=kind)
    rows = csv.DictReader(io.StringIO(csv_of(SHOWN).decode("utf-8-sig")))
    Profile.objects.bulk_create(
        Profile(
            project=project,
            identity=row["identity"],
            properties={
                "City": row["City"],
                "VIP": json.loads(row["VIP"].lower() or "false"),
                "Birthday": row["Birthday"],
            },
        )
        for row in rows
        if row["identity"]  # others are refused
    )


@pytest.mark.usefixtures("_people")
def test_each_segment_finds_some_and_not_all(project: Project) -> None:
    now = timezone.now()
    orders = orders_of(SHOWN, now=now)
    for _ in range(2):  # the second time repeats nothing
        send(project, orders, by=SYSTEM)
        send(project, tastings_of(SHOWN, now=now), by=SYSTEM)
        make_segments(project, by=SYSTEM)
    sizes = {segment.name: count_segment(segment) for segment in project.segments.all()}
    assert sizes[REGULARS] == often(orders, least=2)
    assert {name for name, size in sizes.items() if not 3 < size < 400} == OF_MESSAGES
