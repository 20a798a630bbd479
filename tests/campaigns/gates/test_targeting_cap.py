"""So many people get a campaign at the most; which ones, chance says, always the same."""

import pytest

from campaigns.models import Campaign, Profile, Reason, State
from campaigns.planning.targeting import forecast
from campaigns.running.gathering import gather
from campaigns.running.launching import launch
from campaigns.running.opening_runs import open_run
from providers.models import Project
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.drafts import ready
from tests.campaigns.gates.test_control_group import drawn, launched, with_reason
from tests.campaigns.planning.test_variants import lot_of
from tests.factories import ProfileFactory

pytestmark = pytest.mark.django_db


def taken(campaign: Campaign, among: set[int]) -> set[int]:
    """As others may compute it."""
    people = Profile.objects.filter(pk__in=among)
    by_lot = sorted(
        (lot_of(salt=f"cap:{campaign.pk}", key=p.match_key or p.pk), p.pk) for p in people
    )
    return {pk for _, pk in by_lot[: campaign.most_people]}


@pytest.mark.parametrize(
    ("control", "most", "expected"),
    [(None, 100, 100), (None, 120, 120), (None, 121, 120), (50, 100, None), (0, 100, 100)],
)
@pytest.mark.parametrize("chunk", [50, 100_000])
def test_chance_chooses_among_those_who_would_get_it(
    project: Project,
    control: int | None,
    most: int,
    expected: int | None,
    chunk: int,
    chunks_of: ChunksOf,
) -> None:
    chunks_of(chunk, first=1)
    campaign = ready(project, people=120, control_percent=control, most_people=most)
    first = Profile.objects.earliest("pk")
    twin = ProfileFactory.create(project=project, phone=first.phone, match_key=first.match_key)
    others = set(Profile.objects.values_list("pk", flat=True)) - {twin.pk}
    free = others - drawn(campaign, Profile.objects.filter(pk__in=others))
    reach, run = forecast(campaign), launched(campaign)
    queued = set(run.messages.filter(state=State.QUEUED).values_list("profile", flat=True))
    assert queued == taken(campaign, free)
    assert len(queued) == reach.to_send == (len(free) if expected is None else expected)
    assert with_reason(run, Reason.CONTROL_GROUP) == others - free
    assert with_reason(run, Reason.CAP_REACHED) == free - queued
    assert with_reason(run, Reason.DUPLICATE_PHONE) == {twin.pk}


def test_whoever_agrees_after_places_were_given_gets_none(
    project: Project, chunks_of: ChunksOf
) -> None:
    chunks_of(1, first=1)
    campaign = ready(project, people=102, most_people=100)
    late = Profile.objects.latest("pk")
    Profile.objects.filter(pk=late.pk).update(subscribed=False)
    run = open_run(campaign)
    gather(run.pk)
    Profile.objects.filter(pk=late.pk).update(subscribed=True)
    launch(run.pk)
    assert run.messages.filter(state=State.QUEUED).count() == 100
    assert with_reason(run, Reason.NOT_SUBSCRIBED) == {late.pk}
