"""Chance keeps a part of those who would get a campaign from getting it, always the same ones."""

from collections.abc import Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.audience.lots import lots_below
from campaigns.gates.explaining import explain
from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, Message, Profile, Reason, Run, State
from campaigns.planning.drafting import clone
from campaigns.planning.targeting import forecast
from campaigns.results.message_story import life_of
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.running.opening_runs import SHARES, open_run
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.drafts import ready
from tests.campaigns.planning.test_variants import lot_of
from tests.campaigns.recount import recount
from tests.factories import CustomListFactory, ListMemberFactory, ProfileFactory, VariantFactory

pytestmark = pytest.mark.django_db


def drawn(campaign: Campaign, people: Iterable[Profile]) -> set[int]:
    """As others may compute it."""
    salt, lots = f"control:{campaign.pk}", lots_below(campaign.control_percent or 0)
    return {p.pk for p in people if lot_of(salt=salt, key=p.match_key or p.pk) < lots}


def launched(campaign: Campaign) -> Run:
    run = open_run(campaign)
    launch(run.pk)
    assert dict(totals([run.pk])) == recount([run.pk])
    return run


def with_reason(run: Run, reason: str) -> set[int]:
    rows = run.messages.filter(reason=reason)
    return {pk for pk in rows.values_list("profile", flat=True) if pk is not None}


@pytest.mark.parametrize("chunk", [7, 100_000])
def test_whom_chance_draws_gets_nothing_however_it_is_launched(
    project: Project, chunk: int, chunks_of: ChunksOf
) -> None:
    chunks_of(chunk, first=1)
    campaign = ready(project, people=60, control_percent=30)
    expected = drawn(campaign, Profile.objects.all())
    reach = forecast(campaign)
    run = launched(campaign)
    assert 0 < len(expected) < 60
    assert with_reason(run, Reason.CONTROL_GROUP) == expected
    assert reach.dropped == {Reason.CONTROL_GROUP: len(expected)}
    assert run.messages.filter(state=State.QUEUED).count() == reach.to_send == 60 - len(expected)
    copy = clone(campaign, by=SYSTEM)
    assert drawn(copy, Profile.objects.all()) != expected


def test_a_list_that_is_launched_has_the_same_group_as_everybody(project: Project) -> None:
    everybody = CustomListFactory.create(project=project)
    campaign = ready(project, people=40, control_percent=25, to=[everybody])
    for profile in Profile.objects.all():
        ListMemberFactory.create(custom_list=everybody, profile=profile)
    expected = drawn(campaign, Profile.objects.all())
    assert with_reason(launched(campaign), Reason.CONTROL_GROUP) == expected


def test_only_who_would_get_it_is_drawn_and_a_phone_once(project: Project) -> None:
    campaign = ready(project, people=30, control_percent=50)
    one, other = sorted(drawn(campaign, Profile.objects.all()))[:2]
    Profile.objects.filter(pk=one).update(subscribed=False)
    twin = Profile.objects.get(pk=other)
    second = ProfileFactory.create(project=project, phone=twin.phone, match_key=twin.match_key)
    reach, run = forecast(campaign), launched(campaign)
    assert with_reason(run, Reason.NOT_SUBSCRIBED) == {one}
    assert with_reason(run, Reason.DUPLICATE_PHONE) == {second.pk}
    assert other in with_reason(run, Reason.CONTROL_GROUP)
    counted = {reason: len(with_reason(run, reason)) for reason in reach.dropped}
    assert counted == reach.dropped


def test_the_group_has_no_favourite_among_variants(project: Project) -> None:
    campaign = ready(project, people=80, control_percent=50)
    VariantFactory.create(campaign=campaign, version=campaign.variants.get().version, position=1)
    held = launched(campaign).messages.filter(reason=Reason.CONTROL_GROUP)
    assert len(set(held.values_list("variant", flat=True))) == 2


def test_a_person_learns_that_chance_held_their_message_back(project: Project) -> None:
    campaign = ready(project, people=20, control_percent=50)
    held = launched(campaign).messages.filter(reason=Reason.CONTROL_GROUP)[0]
    assert explain(held.reason, "").meaning == "In the control group"
    assert [moment.title for moment in life_of(held)] == ["Not queued", "Suppressed"]


@pytest.mark.parametrize("percent", [None, 0])
def test_without_a_group_nobody_is_drawn_and_a_launch_asks_no_more(
    project: Project, percent: int | None
) -> None:
    campaign = ready(project, people=5, control_percent=percent)
    publish(campaign, by=SYSTEM)
    run = campaign.runs.get()
    assert run.as_of is not None  # nobody has to be written down beforehand
    with CaptureQueriesContext(connection) as asked:
        launch(run.pk)
    chunks = [one["sql"] for one in asked if "INSERT INTO campaigns_message" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (VERBOSE) {chunks[0]}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert ("md5" in chunks[0], "md5" in plan, len(chunks)) == (True, False, SHARES)
    assert Message.objects.filter(state=State.QUEUED).count() == 5
