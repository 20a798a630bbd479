"""A part of a project's people gets no marketing campaign, always the same part."""

from collections.abc import Iterable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.audience.lots import lots_below
from campaigns.gates.explaining import explain
from campaigns.models import Campaign, Message, Profile, Reason, State
from campaigns.planning.targeting import forecast
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.running.publishing import ChangedError, fingerprint, publish_as_seen
from providers.models import Project
from providers.watch.actors import SYSTEM
from templates_app.models import Category, Template
from tests.campaigns.conftest import ChunksOf
from tests.campaigns.drafts import ready, written
from tests.campaigns.gates.test_control_group import drawn as drawn_by_campaign
from tests.campaigns.gates.test_control_group import launched, with_reason
from tests.campaigns.planning.test_variants import lot_of
from tests.factories import CampaignFactory, ProfileFactory, TemplateFactory, VariantFactory

pytestmark = pytest.mark.django_db


def held_back(project: Project, percent: int) -> None:
    Project.objects.filter(pk=project.pk).update(control_percent=percent)
    project.refresh_from_db()


def drawn(project: Project, people: Iterable[Profile], percent: int) -> set[int]:
    """As others may compute it."""
    lots = lots_below(percent)
    return {
        p.pk for p in people if lot_of(salt=f"project:{project.pk}", key=p.match_key or p.pk) < lots
    }


@pytest.mark.parametrize("chunk", [7, 100_000])
def test_the_same_people_are_held_back_from_every_campaign(
    project: Project, chunk: int, chunks_of: ChunksOf
) -> None:
    chunks_of(chunk, first=1)
    held_back(project, 30)
    first = ready(project, people=60)
    second = CampaignFactory.create(project=project, most_people=100)
    VariantFactory.create(campaign=second)
    expected = drawn(project, Profile.objects.all(), 30)
    assert 0 < len(expected) < 60
    for campaign in (first, second):
        reach = forecast(campaign)
        run = launched(campaign)
        assert with_reason(run, Reason.PROJECT_CONTROL_GROUP) == expected
        assert reach.dropped == {Reason.PROJECT_CONTROL_GROUP: len(expected)}
        queued = run.messages.filter(state=State.QUEUED).count()
        assert queued == reach.to_send == 60 - len(expected)


def test_a_larger_share_keeps_whoever_was_in_it(project: Project) -> None:
    ProfileFactory.create_batch(80, project=project)
    people = list(Profile.objects.all())
    assert drawn(project, people, 5) <= drawn(project, people, 6) <= drawn(project, people, 50)


def test_a_campaign_draws_its_own_from_those_who_are_left(project: Project) -> None:
    held_back(project, 50)
    campaign = ready(project, people=60, control_percent=50)
    everybody = Profile.objects.all()
    of_project = drawn(project, everybody, 50)
    of_campaign = drawn_by_campaign(campaign, everybody)
    run = launched(campaign)
    assert with_reason(run, Reason.PROJECT_CONTROL_GROUP) == of_project
    assert with_reason(run, Reason.CONTROL_GROUP) == of_campaign - of_project
    assert 0 < len(of_campaign - of_project) < len(of_campaign)


def test_a_utility_template_reaches_them(project: Project) -> None:
    held_back(project, 50)
    campaign = ready(project, people=20)
    Template.objects.update(category=Category.UTILITY)
    assert forecast(campaign).dropped == {}
    assert launched(campaign).messages.filter(state=State.QUEUED).count() == 20


def test_of_several_variants_only_the_marketing_ones_are_held_back(project: Project) -> None:
    held_back(project, 50)
    campaign = ready(project, people=60)
    useful = TemplateFactory.create(project=project, category=Category.UTILITY)
    VariantFactory.create(campaign=campaign, version=useful.current, position=1)
    expected = drawn(project, Profile.objects.all(), 50)
    reach, run = forecast(campaign), launched(campaign)
    utility = set(run.messages.filter(variant__position=1).values_list("profile", flat=True))
    assert with_reason(run, Reason.PROJECT_CONTROL_GROUP) == expected - utility
    assert expected & utility
    assert reach.dropped == {Reason.PROJECT_CONTROL_GROUP: len(expected - utility)}


def test_the_group_of_another_project_is_another(project: Project) -> None:
    ProfileFactory.create_batch(60, project=project)
    people = list(Profile.objects.all())
    assert drawn(project, people, 50) != drawn(Project(pk=project.pk + 1), people, 50)


def test_two_profiles_of_one_phone_are_one_person(project: Project) -> None:
    held_back(project, 50)
    campaign = ready(project, people=20)
    first = Profile.objects.get(pk=min(drawn(project, Profile.objects.all(), 50)))
    second = ProfileFactory.create(project=project, phone=first.phone, match_key=first.match_key)
    run = launched(campaign)
    assert first.pk in with_reason(run, Reason.PROJECT_CONTROL_GROUP)
    assert with_reason(run, Reason.DUPLICATE_PHONE) == {second.pk}


def test_a_draft_without_a_template_counts_as_marketing_until_its_form_says_otherwise(
    project: Project, marketer: Client
) -> None:
    held_back(project, 50)
    ready(project, people=40)
    expected = len(drawn(project, Profile.objects.all(), 50))
    useful = TemplateFactory.create(project=project, category=Category.UTILITY)
    none_yet, utility = (
        marketer.post("/campaigns/campaign/parts/reach/", written(template=template))
        for template in (None, useful)
    )
    assert none_yet.context["reach"].dropped == {Reason.PROJECT_CONTROL_GROUP: expected}
    assert utility.context["reach"].dropped == {}


def test_whoever_looked_before_the_share_was_changed_looks_again(project: Project) -> None:
    campaign = ready(project, people=5)
    seen = fingerprint(campaign, list(campaign.variants.all()))
    held_back(project, 10)
    with pytest.raises(ChangedError):
        publish_as_seen(campaign.pk, seen=seen, by=SYSTEM)


def test_a_person_learns_why_no_campaign_reaches_them() -> None:
    said = explain(Reason.PROJECT_CONTROL_GROUP, "")
    assert said.meaning == "In the project's control group"
    assert "Utility templates" in said.way_out


@pytest.mark.parametrize("percent", [None, 0])
def test_without_a_group_a_launch_draws_nobody(project: Project, percent: int | None) -> None:
    Project.objects.filter(pk=project.pk).update(control_percent=percent)
    campaign = ready(Project.objects.get(pk=project.pk), people=5)
    publish(campaign, by=SYSTEM)
    with CaptureQueriesContext(connection) as asked:
        launch(campaign.runs.get().pk)
    chunk = next(one["sql"] for one in asked if "INSERT INTO campaigns_message" in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (VERBOSE) {chunk}")
        assert "md5" not in "\n".join(row[0] for row in cursor.fetchall())
    assert Message.objects.filter(state=State.QUEUED).count() == 5


def test_a_campaign_whose_group_is_everybody_left_reaches_who_is_in_neither(
    project: Project,
) -> None:
    held_back(project, 50)
    campaign: Campaign = ready(project, people=30, control_percent=50, most_people=100)
    reach = forecast(campaign)
    assert reach.total == 30
    assert set(reach.dropped) == {Reason.PROJECT_CONTROL_GROUP, Reason.CONTROL_GROUP}
