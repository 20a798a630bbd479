"""Each person's load, beside the project's caps."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from campaigns.admin.campaigns import load_part
from campaigns.audience.segments.estimating import EstimateRefused
from campaigns.models import Campaign, Message, Profile, State
from campaigns.results.load import Load, loads_of
from providers.models import Project
from templates_app.models import Category
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    ProfileFactory,
    RunFactory,
    TemplateFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db

LOAD = "/campaigns/campaign/calendar/load/"


@pytest.fixture
def capped(project: Project) -> Project:
    project.most_per_day, project.most_per_week = 1, 3
    project.save()
    return project


def sent(project: Project, person: object, *days_ago: float, **fields: object) -> None:
    """By a campaign of its own each."""
    category = fields.pop("category", Category.MARKETING)
    for days in days_ago:
        template = TemplateFactory.create(project=project, category=category)
        campaign: Campaign = CampaignFactory.create(project=project)
        variant = VariantFactory.create(campaign=campaign, version=template.current)
        message: Message = MessageFactory.create(
            run=RunFactory.create(campaign=campaign),
            variant=variant,
            profile=person,
            **{"state": State.SENT, **fields},
        )
        at = timezone.now() - timedelta(days=days)
        Message.objects.filter(pk=message.pk).update(sent_at=at)


def test_people_are_counted_as_the_caps_count_them(capped: Project) -> None:
    busy, some, rested = ProfileFactory.create_batch(3, project=capped)
    sent(capped, busy, 0.5, 2, 6, 6.5)
    sent(capped, some, 3)
    sent(capped, some, 0.2, category=Category.UTILITY)
    sent(capped, rested, 8)
    sent(capped, rested, 0.1, state=State.FAILED)

    assert loads_of(capped) == [
        Load(days=1, cap=1, people=1, full=1, most=1),
        Load(days=7, cap=3, people=2, full=1, most=4),
    ]


def test_a_persons_page_says_how_many_they_had_beside_each_cap(
    capped: Project, viewer: Client
) -> None:
    busy, rested, without = ProfileFactory.create_batch(3, project=capped)
    Profile.objects.filter(pk=without.pk).update(phone="", match_key=None)
    sent(capped, busy, 0.5, 2, 8)
    sent(capped, rested, 9)
    said = [
        viewer.get(f"/campaigns/profile/{one.pk}/change/").text for one in (busy, rested, without)
    ]
    words = ("1 of 1 in 24 hours · 2 of 3 in 7 days", "0 of 1 in 24 hours · 0 of 3 in 7 days")
    found = [[each in text for each in (*words, "None: they have no phone")] for text in said]
    assert found == [[True, False, False], [False, True, False], [False, False, True]]
    Project.objects.update(most_per_day=None, most_per_week=None)
    assert (
        "Marketing messages they had"
        not in viewer.get(f"/campaigns/profile/{busy.pk}/change/").text
    )


def test_a_project_without_messages_has_no_load(capped: Project) -> None:
    assert loads_of(capped) == [
        Load(days=1, cap=1, people=0, full=0, most=0),
        Load(days=7, cap=3, people=0, full=0, most=0),
    ]


def test_it_is_asked_for_only_where_caps_are_on(project: Project, viewer: Client) -> None:
    assert LOAD not in viewer.get("/campaigns/campaign/calendar/").text
    project.most_per_week = 2
    project.save()
    sent(project, ProfileFactory.create(project=project), 1, 2)
    assert LOAD in viewer.get("/campaigns/campaign/calendar/").text
    text = " ".join(viewer.get(LOAD).text.split())
    assert "In the last 7 days <strong>1</strong> person had marketing messages, 2 at most." in text
    assert "<strong>1</strong> of them had 2 or more" in text


def test_what_takes_too_long_is_said(
    capped: Project, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(project: Project) -> list[Load]:
        raise EstimateRefused("Counting takes longer than 8 seconds.")

    monkeypatch.setattr(load_part, "loads_of", refused)
    assert "Counting takes longer than 8 seconds." in viewer.get(LOAD).text


def test_what_took_long_to_count_is_kept_for_some_minutes(
    capped: Project, viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_part, "QUICK", 0)
    one, other = ProfileFactory.create_batch(2, project=capped)
    sent(capped, one, 0.5)
    assert "Counted at" not in viewer.get(LOAD).text
    sent(capped, other, 0.5)
    text = viewer.get(LOAD).text
    assert "Counted at" in text
    assert "<strong>1</strong> person had marketing messages" in text
    Project.objects.update(most_per_day=2)
    assert "<strong>2</strong> people had marketing messages" in viewer.get(LOAD).text


def test_nothing_is_counted_without_a_cap(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert loads_of(project) == []
