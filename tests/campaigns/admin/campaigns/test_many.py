"""The list of campaigns: found again, and several of them labelled, archived and stopped."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, CampaignKind, CampaignStatus
from providers.models import Project
from tests.campaigns.drafts import ADD, LIST, page, written
from tests.factories import (
    CampaignFactory,
    ProviderFactory,
    RunFactory,
    TallyFactory,
    TemplateFactory,
    VariantFactory,
)

S = CampaignStatus


def names(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    return sorted(str(campaign) for campaign in answer.context["cl"].result_list)


def post(client: Client, action: str, *campaigns: Campaign, query: str = "", **more: Any) -> Any:
    ticked = [campaign.pk for campaign in campaigns]
    data = {"action": action, "_selected_action": ticked, "index": 0, **more}
    return client.post(f"{LIST}{query}", data)


def shown(response: Any) -> str:
    return " ".join(response.content.decode().split())


def told(response: Any) -> list[str]:
    return [str(message) for message in response.wsgi_request._messages]


def test_campaigns_are_found_by_label_template_and_time(project: Project, viewer: Client) -> None:
    now = timezone.now()
    sale = TemplateFactory.create(project=project, name="sale")
    diwali = CampaignFactory.create(project=project, name="Diwali", labels=["Festival", "Big"])
    VariantFactory.create(campaign=diwali, template=sale)
    VariantFactory.create(campaign=diwali, template=sale, position=1)
    RunFactory.create(campaign=diwali, started_at=now - timedelta(days=3))
    holi = CampaignFactory.create(project=project, name="Holi", labels=["Festival"])
    RunFactory.create(campaign=holi, started_at=now - timedelta(days=20))
    RunFactory.create(campaign=holi, number=2, started_at=now, skipped_because="It was too late.")
    CampaignFactory.create(project=project, name="Soon", status=S.SCHEDULED)
    CampaignFactory.create(
        project=project,
        name="Weekly",
        status=S.RUNNING,
        kind=CampaignKind.RECURRING,
        next_due_at=now + timedelta(days=9),
    )
    CampaignFactory.create(name="Elsewhere", labels=["Festival"])

    assert {
        query: names(viewer, query)
        for query in (
            "label=Festival",
            "label=festival",
            "label=Nobody",
            "template=sale",
            "template=other",
            "time=coming",
            "time=last-7",
            "time=last-30",
            "time=never",
            "time=last-9999999999",
            "q=festival",
            "q=big+diwali",
        )
    } == {
        "label=Festival": ["Diwali", "Holi"],
        "label=festival": [],
        "label=Nobody": [],
        "template=sale": ["Diwali"],
        "template=other": [],
        "time=coming": ["Soon", "Weekly"],
        "time=last-7": ["Diwali"],
        "time=last-30": ["Diwali", "Holi"],
        "time=never": ["Soon", "Weekly"],
        "time=last-9999999999": ["Diwali", "Holi", "Soon", "Weekly"],
        "q=festival": ["Diwali", "Holi"],
        "q=big+diwali": ["Diwali"],
    }
    text = shown(viewer.get(LIST))
    assert '<a class="kb-pill kb-grey" href="?label=Festival">Festival</a>' in text


def test_labels_are_written_in_the_form(project: Project, marketer: Client) -> None:
    ProviderFactory.create(project=project)
    template = TemplateFactory.create(project=project)
    CampaignFactory.create(project=project, labels=["Festival"])

    marketer.post(ADD, written(template=template, labels="festival,  big  sale"))

    draft = Campaign.objects.get(name="Summer sale")
    assert draft.labels == ["Festival", "big sale"]
    text = shown(marketer.get(page(draft)))
    assert 'value="Festival, big sale"' in text
    assert 'data-adds="Festival"' in text

    refused = marketer.post(page(draft), written(template=template, labels="x" * 41))
    assert "is too long: at most 40 characters." in shown(refused)
    assert marketer.post(page(draft), written(template=template, labels="")).status_code == 302
    draft.refresh_from_db()
    assert draft.labels == []


def test_several_are_labelled_after_they_were_named(project: Project, marketer: Client) -> None:
    first = CampaignFactory.create(project=project, name="First")
    second = CampaignFactory.create(project=project, name="Second", labels=["Sale"])

    asked = shown(post(marketer, "label_many", first, second))
    assert [word for word in ("First", "Second", 'data-adds="Sale"') if word not in asked] == []
    nothing = post(marketer, "label_many", first, second, confirmed=1, labels=" , ")
    assert "Type at least one label." in shown(nothing)
    done = post(marketer, "label_many", first, second, confirmed=1, labels="sale, VIP")

    assert told(done) == ["2 campaigns are labelled."]
    assert [names(marketer, "label=Sale"), names(marketer, "label=VIP")] == [
        ["First", "Second"],
        ["First", "Second"],
    ]
    post(marketer, "unlabel_many", first, confirmed=1, labels="Sale, VIP")
    assert names(marketer, "label=VIP") == ["Second"]


def test_what_is_over_goes_to_the_archive_and_comes_back(
    project: Project, marketer: Client
) -> None:
    over = CampaignFactory.create(project=project, name="Over", status=S.COMPLETED)
    going = CampaignFactory.create(project=project, name="Going", status=S.RUNNING)

    asked = shown(post(marketer, "archive_many", over, going))
    assert "1 of those that you ticked stays as it is: can&#x27;t be archived" in asked
    done = post(marketer, "archive_many", over, going, confirmed=1)

    assert told(done) == ["1 campaign is in the archive now."]
    assert [names(marketer, query) for query in ("", "archived=yes", "archived=all")] == [
        ["Going"],
        ["Over"],
        ["Going", "Over"],
    ]
    post(marketer, "bring_back_many", over, query="?archived=yes", confirmed=1)
    assert names(marketer) == ["Going", "Over"]


def test_where_all_are_archived_the_list_says_so(project: Project, viewer: Client) -> None:
    CampaignFactory.create(project=project, status=S.COMPLETED, archived_at=timezone.now())
    text = shown(viewer.get(LIST))
    assert "All of them are in the archive." in text
    assert 'href="?archived=yes"' in text


def test_several_are_stopped_and_it_is_said_before_how_many_get_nothing(
    project: Project, marketer: Client
) -> None:
    going = CampaignFactory.create(project=project, name="Going", status=S.RUNNING)
    run = RunFactory.create(campaign=going)
    TallyFactory.create(run=run, name="targeted", n=1500)
    TallyFactory.create(run=run, name="queued", n=1200)
    soon = CampaignFactory.create(project=project, name="Soon", status=S.SCHEDULED)
    over = CampaignFactory.create(project=project, name="Over", status=S.COMPLETED)

    asked = shown(post(marketer, "stop_many", going, soon, over))
    assert "<strong>1,200 people</strong> who wait now will not get them." in asked
    assert "1 of them waits for a date, and will not go out then." in asked
    assert "1 of those that you ticked stays as it is: not going out" in asked
    done = post(marketer, "stop_many", going, soon, over, confirmed=1)

    assert told(done) == ["2 campaigns are stopped."]
    assert dict(Campaign.objects.values_list("name", "status")) == {
        "Going": S.STOPPED,
        "Soon": S.STOPPED,
        "Over": S.COMPLETED,
    }


def test_all_that_the_list_shows_are_archived_at_once(project: Project, marketer: Client) -> None:
    campaigns = CampaignFactory.create_batch(55, project=project, status=S.COMPLETED)
    done = post(marketer, "archive_many", campaigns[0], select_across=1, confirmed=1)
    assert told(done) == ["55 campaigns are in the archive now."]


def test_who_may_only_look_changes_none(project: Project, viewer: Client) -> None:
    over = CampaignFactory.create(project=project, status=S.COMPLETED)
    for action in ("label_many", "archive_many", "stop_many"):
        post(viewer, action, over, confirmed=1, labels="x")
    over.refresh_from_db()
    assert [over.labels, over.archived_at] == [[], None]


def test_campaigns_of_another_project_are_out_of_reach(project: Project, marketer: Client) -> None:
    theirs = CampaignFactory.create(status=S.COMPLETED)
    post(marketer, "archive_many", theirs, confirmed=1)
    theirs.refresh_from_db()
    assert theirs.archived_at is None
