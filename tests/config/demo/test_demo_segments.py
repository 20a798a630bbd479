"""The demo's events and segments show something."""

import csv
import io
import json

import pytest
from django.utils import timezone

from campaigns.audience.segments.counting import count_segment
from campaigns.models import Profile, ProfileProperty, PropertyType, Run, Trigger
from campaigns.running.entering_segments import EVERY, compare_due
from config.demo import standing
from config.demo.doings import CART, carts_after, carts_before, often, orders_of, send, tastings_of
from config.demo.people import SHOWN, csv_of
from config.demo.segments import BIRTHDAY, REGULARS, make_segments
from config.demo.templates import TREATS, make_templates
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.factories import CampaignFactory, ProviderFactory

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
    birthdays = sizes.pop(BIRTHDAY)
    assert birthdays <= 2  # on most days somebody's
    assert {name for name, size in sizes.items() if not 3 < size < 400} == OF_MESSAGES


@pytest.mark.usefixtures("_people")
def test_some_campaigns_go_out_by_themselves(project: Project) -> None:
    """Who leaves a cart waits; who orders for the second time is welcomed."""
    ProviderFactory.create(project=project, rate=80)
    template, now = make_templates(project)[TREATS.name], timezone.now()
    for records in (orders_of(SHOWN, now=now), carts_before(SHOWN, now=now)):
        send(project, records, by=SYSTEM)
    make_segments(project, by=SYSTEM)
    once = CampaignFactory.create(project=project)
    birthday = standing.publish_birthday(project, template, by=SYSTEM)
    cart = standing.publish_cart(project, template, by=SYSTEM)
    welcome = standing.publish_welcome(project, template, by=SYSTEM)
    standing.publish_reminder(once, template, by=SYSTEM)
    carts = carts_after(SHOWN, now=timezone.now())
    send(project, carts, by=SYSTEM)
    Run.objects.filter(compared_at__isnull=False).update(compared_at=now - EVERY)
    compare_due()

    assert birthday.next_due_at is not None
    left = [one for one in carts if one["name"] == CART]
    assert Trigger.objects.filter(campaign=cart).count() == len(left)
    assert 0 < Trigger.objects.filter(campaign=welcome).count() < SHOWN.total / 10
