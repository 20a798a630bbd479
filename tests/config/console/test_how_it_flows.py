"""What of a project is under way, and what comes next, as Home says it."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from callbacks.inspecting import lately
from callbacks.models import AccountNews, ReceiptState
from campaigns.models import CampaignKind, CampaignStatus, Lane, OwnTime, RunStatus
from campaigns.results import backlog
from campaigns.results.coming import coming_until
from config.console.how_it_flows import FLAGGED, NUMBER, how_it_flows
from providers.models import Project
from templates_app.models import Status
from tests.factories import (
    CampaignFactory,
    OutboxFactory,
    ProviderFactory,
    ReceiptFactory,
    RunFactory,
    TallyFactory,
    TemplateFactory,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def said(project: Project) -> dict[str, tuple[str, bool]]:
    return {fact.label: (fact.words, fact.is_bad) for fact in how_it_flows(project, now=NOW)}


def news(project: Project, event: str, number: int) -> None:
    AccountNews.objects.create(
        project=project, receipt_number=number, field=NUMBER, event=event, received_at=NOW
    )


def test_where_nothing_happens_it_says_so(project: Project) -> None:
    ReceiptFactory.create(project=project, received_at=NOW - timedelta(minutes=11))
    ReceiptFactory.create(received_at=NOW)  # of another project
    assert said(project) == {
        "Waits to be sent": ("nothing", False),
        "Callbacks": ("none in the last 10 minutes", False),
    }


def test_what_waits_to_be_sent_is_of_this_project_and_of_runs_under_way(project: Project) -> None:
    for status in (RunStatus.SENDING, RunStatus.FINISHED):
        run = RunFactory.create(campaign__project=project, status=status)
        TallyFactory.create(run=run, name="queued", n=1_204)
    TallyFactory.create(run=RunFactory.create(), name="queued", n=9)
    for lane, count in ((Lane.URGENT, 1), (Lane.DIRECT, 3)):
        for _ in range(count):
            OutboxFactory.create(message__run__campaign__project=project, lane=lane)
    OutboxFactory.create(lane=Lane.URGENT)
    waits = said(project)["Waits to be sent"][0]
    assert waits == "1,204 of campaigns, 3 of programs, 1 replies and tests"


@pytest.mark.parametrize(
    ("count", "words"),
    [(5, "less than one a minute"), (10, "about 1 a minute"), (24, "about 2 a minute")],
)
def test_callbacks_are_counted_by_the_minute(project: Project, count: int, words: str) -> None:
    for _ in range(count):
        ReceiptFactory.create(
            project=project,
            received_at=NOW - timedelta(minutes=5),
            due_at=NOW - timedelta(minutes=5),
            state=ReceiptState.APPLIED,
        )
    assert said(project)["Callbacks"] == (words, False)


def test_of_very_many_the_newest_tell_how_many_it_are(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lately, "ENOUGH", 4)
    monkeypatch.setattr(lately, "_NEWEST", lately._NEWEST.replace("2000", "4"))
    for seconds in (2, 4, 6, 8, 300):
        ReceiptFactory.create(
            project=project,
            received_at=NOW - timedelta(seconds=310 - seconds),
            state=ReceiptState.APPLIED,
        )
    found = lately.callbacks_lately(project.pk, now=NOW)
    assert round(found.per_minute, 2) == round(4 / (308 - 2) * 60, 2)


def test_callbacks_that_nobody_reads_are_told(project: Project) -> None:
    at = NOW - timedelta(minutes=7)
    ReceiptFactory.create(project=project, received_at=at, due_at=at)
    words = "less than one a minute; the oldest has waited for about 7 minutes to be read"
    assert said(project)["Callbacks"] == (words, True)


def test_how_meta_rates_number_and_templates_is_told_where_it_is_bad(project: Project) -> None:
    for quality, status in (
        ("red", Status.APPROVED),
        ("red", Status.PAUSED),
        ("green", Status.APPROVED),
    ):
        TemplateFactory.create(project=project, quality=quality, status=status)
    TemplateFactory.create(quality="red", status=Status.APPROVED)
    news(project, "FLAGGED", 2)
    found = said(project)
    assert found["Your number"] == (FLAGGED, True)
    low = "1 approved template is rated low by Meta, who pauses those next"
    assert found["Templates"] == (low, True)
    news(project, "UNFLAGGED", 3)
    assert "Your number" not in said(project)


def test_what_comes_next_is_by_set_times_and_by_dates(project: Project) -> None:
    later, soon = (
        CampaignFactory.create(project=project, status=CampaignStatus.SCHEDULED, **due)
        for due in (
            {"starts_at": NOW + timedelta(days=3)},
            {"starts_at": NOW - timedelta(days=9), "next_due_at": NOW + timedelta(days=1)},
        )
    )
    CampaignFactory.create(project=project, status=CampaignStatus.SCHEDULED, starts_at=None)
    CampaignFactory.create(project=project, starts_at=NOW + timedelta(days=1))  # a draft
    CampaignFactory.create(status=CampaignStatus.SCHEDULED, starts_at=NOW)
    far = {"starts_at": NOW + timedelta(days=8)}
    CampaignFactory.create(project=project, status=CampaignStatus.SCHEDULED, **far)
    assert list(coming_until(project, NOW + timedelta(days=7))) == [soon, later]


def test_a_time_of_each_persons_own_is_told_as_it_is_meant(
    project: Project, viewer: Client
) -> None:
    ProviderFactory.create(project=project)
    day = (NOW + timedelta(days=2)).date()
    CampaignFactory.create(
        project=project,
        kind=CampaignKind.RECURRING,
        status=CampaignStatus.SCHEDULED,
        own_time=OwnTime.NEXT_DAY,
        next_due_at=datetime.combine(day, time(10), tzinfo=ZoneInfo("Etc/GMT-14")),
    )
    said_there = f"{day:%a}, {day.day} {day:%b %Y}, 10:00, wherever each person is"
    assert said_there in viewer.get("/").content.decode()


def test_home_shows_it_once_gupshup_is_connected(project: Project, viewer: Client) -> None:
    assert "Sending and callbacks" not in viewer.get("/").content.decode()
    ProviderFactory.create(project=project)
    CampaignFactory.create(
        project=project,
        name="Diwali",
        status=CampaignStatus.SCHEDULED,
        starts_at=NOW + timedelta(days=1),
    )
    page = viewer.get("/").content.decode()
    assert [words in page for words in ("Sending and callbacks", "Coming in the next 7 days")] == [
        True,
        True,
    ]
    assert "Diwali" in page


def test_more_than_are_counted_is_said() -> None:
    most = backlog.MOST_OF_A_PROJECT
    assert backlog.Waiting(0, most, 0).words == "10,000 or more of programs"
