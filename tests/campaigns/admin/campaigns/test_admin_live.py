"""How a launched campaign goes."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from campaigns.audience import filtering
from campaigns.audience.filtering import Wanted
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import read_rule
from campaigns.models import (
    Campaign,
    CampaignStatus,
    CustomList,
    KeptValues,
    Message,
    OutboxState,
    Run,
    RunStatus,
    State,
)
from campaigns.pace import rate
from campaigns.results.finding import MOST_LOOKED_AT
from campaigns.results.time_to_view import MOST as MOST_VIEWED
from campaigns.results.what_followed import MOST_LEFT, MOST_REPLIES, SHOWN
from providers.gateway.codes import OF_FEW, OF_THE_ACCOUNT
from providers.models import ROUND_TRIP, Diagnosis, Health, IncidentKind, Project
from tests.campaigns.drafts import page, ready
from tests.campaigns.states import NOON, count, fill
from tests.factories import (
    CampaignFactory,
    CustomListFactory,
    IncidentFactory,
    MessageFactory,
    OutboxFactory,
    ProviderFactory,
    RunFactory,
    TallyFactory,
    VariantFactory,
)


@pytest.fixture
def run(project: Project) -> Run:
    """Running, with somebody in every state."""
    ProviderFactory.create(project=project, rate=20)
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    VariantFactory.create(campaign=campaign)
    run = RunFactory.create(campaign=campaign, launched_at=timezone.now())
    fill(run)
    return run


def shown(response: object) -> str:
    return " ".join(response.content.decode().split())  # type: ignore[attr-defined]


def numbers_of(text: str) -> dict[str, int]:
    """Each number of the page that leads somewhere, with where it leads."""
    found = re.findall(r'<a id="n-[^"]*" href="([^"]*)">([\d,]+)</a>', text)
    return {address.replace("&amp;", "&"): int(n.replace(",", "")) for address, n in found}


def test_every_number_leads_to_exactly_the_people_behind_it(run: Run, viewer: Client) -> None:
    numbers = numbers_of(shown(viewer.get(page(run.campaign))))
    listed = {address: viewer.get(address).context["cl"].result_count for address in numbers}
    # The funnel; failed, suppressed and their causes; in doubt; parts of the sums.
    assert len(numbers) == 7 + 1 + 4 + 1 + 3 + 1 + 3
    assert listed == numbers


def test_from_every_number_a_list_of_exactly_its_people_is_made(run: Run, marketer: Client) -> None:
    text = shown(marketer.get(page(run.campaign))).replace("&amp;", "&")
    dialogs = re.findall(r'hx-get="([^"]*/people/[^"]*)"', text)
    assert len(dialogs) == len(numbers_of(text))
    for number, dialog in enumerate(dialogs):
        address, _, query = dialog.partition("?")
        assert "Put them into the list" in shown(marketer.get(dialog))
        marketer.post(address, {**dict(parse_qsl(query)), "name": f"List {number}"})
        messages = reverse("admin:campaigns_message_changelist")
        listed = marketer.get(f"{messages}?campaign={run.campaign_id}&{query}").context["cl"]
        wanted = {message.profile_id for message in listed.result_list}
        members = CustomList.objects.get(name=f"List {number}").members
        assert set(members.values_list("profile_id", flat=True)) == wanted


def test_a_list_of_whom_a_step_lost_goes_into_one_that_is_there(
    run: Run, project: Project, marketer: Client, viewer: Client
) -> None:
    friends = CustomListFactory.create(project=project, name="Friends")
    address = reverse("admin:campaigns_campaign_people", args=[run.campaign_id])
    lost = {"slice": "delivered", "but_not": "read"}
    assert marketer.post(address, lost | {"into": friends.pk}).status_code == 302
    delivered = run.messages.get(state=State.DELIVERED)
    assert [one.profile_id for one in friends.members.all()] == [delivered.profile_id]
    went_on = marketer.post(address, lost | {"into": friends.pk, "then": "campaign"})
    assert went_on["Location"].endswith(f"/add/?audience=some&lists={friends.pk}")
    refused = shown(marketer.post(address, lost | {"name": "Friends"}))
    assert "There is already a list called “Friends”. Choose it or another name." in refused
    assert '<option value="read" selected>' in refused
    assert "Give the new list a name" in shown(marketer.post(address, lost))
    for wrong in ({"slice": "all"}, {"slice": "read", "but_not": "sent"}):
        assert marketer.get(address, wrong).status_code == 404
    assert viewer.get(address, lost).status_code == 403
    assert CustomList.objects.count() == 1


def test_from_a_number_to_a_campaign_that_leaves_its_people_out(
    run: Run, project: Project, marketer: Client
) -> None:
    address = reverse("admin:campaigns_campaign_people", args=[run.campaign_id])
    asked = {"slice": "clicked", "name": "Clickers", "then": "without"}
    goes_on = marketer.post(address, asked)["Location"]
    made = CustomList.objects.get(name="Clickers")
    assert goes_on == f"{reverse('admin:campaigns_campaign_add')}?without_lists={made.pk}"
    form = marketer.get(goes_on).context["adminform"].form
    assert form["without_lists"].value() == str(made.pk)


def test_from_a_number_to_a_segment_that_asks_for_its_people(run: Run, marketer: Client) -> None:
    address = reverse("admin:campaigns_campaign_people", args=[run.campaign_id])
    assert "ask for them in a segment" in shown(marketer.get(address, {"slice": "read"}))
    asked = {"slice": "read", "but_not": "clicked", "then": "segment"}
    goes_on = marketer.post(address, asked)["Location"]
    document = json.loads(dict(parse_qsl(urlsplit(goes_on).query))["rule"])
    rule = read_rule(document, known_of(run.campaign.project))
    wanted = run.messages.filter(state=State.READ, clicked_at=None)
    found = filtering.numbers_of(Wanted(run.campaign.project, rule), most=100)
    assert found == sorted(wanted.values_list("profile", flat=True))
    assert str(run.campaign) in shown(marketer.get(goes_on))
    assert CustomList.objects.count() == 0


@pytest.mark.parametrize(
    "asked", [{"slice": "in_doubt"}, {"slice": "left"}, {"slice": "clicked", "button": "Shop now"}]
)
def test_what_no_segment_asks_for_is_not_offered(
    run: Run, marketer: Client, asked: dict[str, str]
) -> None:
    address = reverse("admin:campaigns_campaign_people", args=[run.campaign_id])
    assert "ask for them in a segment" not in shown(marketer.get(address, asked))
    assert marketer.post(address, asked | {"then": "segment"}).status_code == 404


def test_what_somebody_got_is_shown_with_the_way_to_their_message(run: Run, viewer: Client) -> None:
    Message.objects.update(variant=run.campaign.variants.get())
    viewed = Message.objects.filter(run=run, state=State.READ).order_by("pk")[0]
    KeptValues.objects.create(
        message=viewed, at=viewed.created_at, attempt=1, filled='{"body.1": "Zoë of March"}'
    )
    text = shown(viewer.get(page(run.campaign)))
    way = reverse("admin:campaigns_message_change", args=[viewed.pk])
    assert (f'<a href="{way}">What' in text, "Zoë of March" in text, "As it was" in text) == (
        True,
        True,
        False,
    )


def test_where_nobody_got_it_the_wording_is_shown(project: Project, viewer: Client) -> None:
    run = RunFactory.create(campaign__project=project, campaign__status=CampaignStatus.RUNNING)
    VariantFactory.create(campaign=run.campaign)
    MessageFactory.create(run=run, campaign=run.campaign, state=State.FAILED)
    assert "As it was written" in shown(viewer.get(page(run.campaign)))


def test_a_look_again_brings_the_numbers_alone(run: Run, viewer: Client) -> None:
    text = shown(viewer.get(page(run.campaign, "live"), {"status": "running"}))
    assert ('id="live"' in text, 'id="live-head"' in text, "<html" in text) == (True, False, False)
    assert 'hx-trigger="every 2s"' in text


def test_a_changed_status_brings_its_buttons_along(run: Run, marketer: Client) -> None:
    Campaign.objects.update(status=CampaignStatus.PAUSED, status_reason="Paused by asha.")
    text = shown(marketer.get(page(run.campaign, "live"), {"status": "running"}))
    assert ('id="live-head"' in text, "Resume" in text, "Paused by asha." in text) == (
        True,
        True,
        True,
    )


def test_what_a_campaign_waits_for_is_told_where_one_looks(
    project: Project, viewer: Client
) -> None:
    """Two in doubt hold it for a quarter of an hour."""
    run = RunFactory.create(campaign__project=project, campaign__status=CampaignStatus.RUNNING)
    VariantFactory.create(campaign=run.campaign)
    for minute in (10, 25):
        doubt = MessageFactory.create(run=run, campaign=run.campaign, state=State.IN_DOUBT)
        settled_at = datetime(2026, 12, 1, 14, minute, tzinfo=ZoneInfo(project.time_zone))
        OutboxFactory.create(message=doubt, state=OutboxState.IN_DOUBT, due_at=settled_at)
    count(run)

    text = shown(viewer.get(page(run.campaign)))

    assert (
        'Everybody has had their turn; <a href="#in-doubt">2 in doubt</a> are settled by a report, '
        "or at 14:25" in text
    )


def test_at_rest_it_looks_less_often_but_still_looks(run: Run, viewer: Client) -> None:
    Campaign.objects.update(status=CampaignStatus.COMPLETED)
    assert 'hx-trigger="every 10s"' in shown(viewer.get(page(run.campaign, "live")))


def test_the_speed_comes_from_the_last_look(run: Run, viewer: Client) -> None:
    ago = timezone.now().timestamp() - 5
    text = shown(viewer.get(page(run.campaign, "live"), {"last": f"{ago}:0:"}))
    assert re.search(r"1\.[0-8] a second, at most 20 · less than a minute left", text)


def test_a_rate_that_gupshup_slowed_down_says_so(run: Run, viewer: Client) -> None:
    project = run.campaign.project_id
    rate.take(project, rate=20, urgent=0, bulk=0)
    rate.slow_down(project)
    text = shown(viewer.get(page(run.campaign, "live")))
    assert "(not 20, since Gupshup asked to go slower) · less than a minute left" in text


@pytest.mark.parametrize("last", ["", "x", "1:2", "nan:1:2", "1:2:3:4", "inf:0:", "1:x:"])
def test_a_last_look_that_cant_be_read_is_no_error(last: str, run: Run, viewer: Client) -> None:
    assert viewer.get(page(run.campaign, "live"), {"last": last}).status_code == 200


def test_failures_are_told_with_their_meaning_and_an_example(run: Run, viewer: Client) -> None:
    text = shown(viewer.get(page(run.campaign)))
    example = page(run.campaign, "case") + "?reason=reported&code=BLOCKED_FOR_USER"
    blocked = run.messages.get(code="BLOCKED_FOR_USER")
    assert "The person has blocked your business on WhatsApp" in text
    assert example in text.replace("&amp;", "&")
    assert viewer.get(example)["Location"] == f"/campaigns/message/{blocked.pk}/change/"


@pytest.mark.parametrize(("failed", "about"), [(1, "the person"), (79, "the account")])
def test_advice_about_an_unknown_code_follows_how_many_met_it(
    failed: int, about: str, project: Project, viewer: Client
) -> None:
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.COMPLETED)
    run = RunFactory.create(campaign=campaign, launched_at=timezone.now())
    numbers = {"targeted": 81, "sent": 81 - failed, "failed": failed, "failed:refused:903": failed}
    for name, n in numbers.items():
        TallyFactory.create(run=run, name=name, n=n)
    text = shown(viewer.get(page(campaign)))
    advice = {"the person": OF_FEW, "the account": OF_THE_ACCOUNT}
    assert [name for name, words in advice.items() if escape(words) in text] == [about]


@pytest.mark.parametrize(
    ("health", "minutes", "numbers", "is_said"),
    [
        (Health.FAIL, 0, {"sent": 8}, True),
        (Health.UNKNOWN, 0, {"sent": 8}, False),  # they take a moment
        (Health.UNKNOWN, 5, {"sent": 8}, True),
        (Health.PASS, 5, {"sent": 8}, False),
        (Health.FAIL, 5, {"sent": 8, "delivered": 1}, False),
        (Health.FAIL, 5, {"sent": 8, "failed": 8}, False),  # by report
        (Health.FAIL, 5, {"failed": 8}, False),
    ],
)
def test_where_no_report_comes_back_the_doctors_word_is_on_the_page(
    health: Health,
    minutes: int,
    numbers: dict[str, int],
    is_said: bool,
    project: Project,
    viewer: Client,
) -> None:
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.COMPLETED)
    launched_at = timezone.now() - timedelta(minutes=minutes)
    run = RunFactory.create(campaign=campaign, launched_at=launched_at)
    for name, n in {"targeted": 8, **numbers}.items():
        TallyFactory.create(run=run, name=name, n=n)
    Diagnosis.objects.create(
        project=project, name=ROUND_TRIP, health=health, message="None came.", way_out="Ask."
    )
    text = shown(viewer.get(page(campaign)))
    assert ("None came." in text, "Provider doctor</a></p> </div>" in text) == (is_said, is_said)


def test_an_example_that_a_report_has_settled_says_so(run: Run, viewer: Client) -> None:
    address = page(run.campaign, "case") + "?reason=reported&code=003"
    assert viewer.get(address)["Location"] == page(run.campaign)


@pytest.mark.parametrize(
    ("kind", "leads_there"),
    [
        (IncidentKind.CREDENTIALS, True),
        (IncidentKind.BALANCE, True),
        (IncidentKind.STORM, False),
        (IncidentKind.RUSH, False),
        (IncidentKind.UNMATCHED, False),
    ],
)
def test_only_what_lies_with_the_account_leads_to_the_connection(
    run: Run, marketer: Client, kind: IncidentKind, *, leads_there: bool
) -> None:
    reason = "Somebody has to look at this."
    Campaign.objects.update(status=CampaignStatus.PAUSED, status_reason=reason)
    IncidentFactory.create(project=run.campaign.project, kind=kind)
    text = shown(marketer.get(page(run.campaign)))
    assert (reason in text, "Check WhatsApp Connect" in text) == (True, leads_there)


def test_it_costs_as_many_queries_for_many_messages_as_for_few(
    run: Run, project: Project, marketer: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            marketer.get(page(run.campaign))
            marketer.get(page(run.campaign, "live"))
        return len(captured)

    few = queries()
    MessageFactory.create_batch(10, run=run, state=State.SENT, sent_at=timezone.now())
    RunFactory.create(campaign=run.campaign, number=2)
    count(run)
    assert queries() == few


def test_no_number_reads_the_messages(run: Run, viewer: Client) -> None:
    """The page looks at its first people for an example and for how long they took, at the newest
    who left or wrote, and at none when it looks again."""
    looks = []
    for part in ("change", "live"):
        with CaptureQueriesContext(connection) as captured:
            viewer.get(page(run.campaign, part))
        asked = [query["sql"] for query in captured if "campaigns_message" in query["sql"]]
        looks.append([[int(n) for n in re.findall(r"LIMIT (\d+)", sql)] for sql in asked])
    bounded = [[MOST_VIEWED], [MOST_LEFT], [MOST_REPLIES, SHOWN], [1, MOST_LOOKED_AT], [1]]
    assert (sorted(looks[0]), looks[1]) == (sorted(bounded), [])


# Moves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        (CampaignStatus.SCHEDULED, ["Back to draft", "Stop"]),
        (CampaignStatus.LAUNCHING, ["Pause", "Stop"]),
        (CampaignStatus.RUNNING, ["Pause", "Stop"]),
        (CampaignStatus.PAUSED, ["Resume", "Stop"]),
        (CampaignStatus.COMPLETED, []),
        (CampaignStatus.STOPPED, []),
        (CampaignStatus.FAILED, []),
    ],
)
def test_each_status_has_its_buttons(
    status: CampaignStatus, buttons: list[str], run: Run, marketer: Client
) -> None:
    Campaign.objects.update(status=status, starts_at=timezone.now())
    text = shown(marketer.get(page(run.campaign)))
    found = re.findall(
        r"hx-get=\"[^\"]*/(?:pause|resume|stop|unschedule)/\".*?</span> ([\w ]+)</button>", text
    )
    assert (found, "Clone" in text) == (buttons, True)


def test_a_viewer_has_no_button(run: Run, viewer: Client) -> None:
    text = shown(viewer.get(page(run.campaign)))
    assert ('hx-get="/campaigns/campaign/' in text, "</button>" in text.split('id="live')[1]) == (
        True,  # it looks again
        False,
    )


def test_pause_and_resume_are_posts_from_their_dialogs(run: Run, marketer: Client) -> None:
    statuses = []
    for move in ("pause", "resume"):
        assert '<form method="post"' in shown(marketer.get(page(run.campaign, move)))
        statuses.append(Campaign.objects.get().status)
        response = marketer.post(page(run.campaign, move))
        statuses.append(Campaign.objects.get().status)
        assert response["Location"] == page(run.campaign)
    assert statuses == ["running", "paused", "paused", "running"]


def test_a_second_try_that_would_reach_nobody_is_not_offered(run: Run, marketer: Client) -> None:
    Campaign.objects.update(status=CampaignStatus.COMPLETED)
    text = shown(marketer.get(page(run.campaign, "retry")))
    assert "Nobody failed for a reason that passes by itself" in text
    assert 'type="submit"' not in text


def test_the_stop_dialog_says_how_many_will_not_get_it(run: Run, marketer: Client) -> None:
    text = shown(marketer.get(page(run.campaign, "stop")))
    assert "<strong>1 person</strong> will not get it." in text
    marketer.post(page(run.campaign, "stop"))
    campaign = Campaign.objects.get()
    assert campaign.status == CampaignStatus.STOPPED
    assert campaign.status_reason.startswith("Stopped by person")


@pytest.mark.parametrize("status", [CampaignStatus.SCHEDULED, CampaignStatus.LAUNCHING])
def test_the_stop_dialog_counts_before_anybody_has_got_it(
    project: Project, marketer: Client, status: CampaignStatus
) -> None:
    campaign = ready(project, people=3, status=status)
    if status == CampaignStatus.LAUNCHING:
        RunFactory.create(campaign=campaign, status=RunStatus.LAUNCHING)
    text = shown(marketer.get(page(campaign, "stop")))
    assert "Nobody has got it yet. <strong>3 people</strong> would, and will not." in text


def test_a_move_that_came_too_late_says_what_the_campaign_is_now(
    run: Run, marketer: Client
) -> None:
    Campaign.objects.update(status=CampaignStatus.COMPLETED)
    response = marketer.post(page(run.campaign, "pause"), follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        "This campaign is completed now, so it can't become paused."
    ]


@pytest.mark.parametrize("move", ["pause", "resume", "stop", "delete", "clone", "publish"])
def test_a_viewer_may_not_move_it(move: str, run: Run, viewer: Client) -> None:
    assert viewer.post(page(run.campaign, move)).status_code == 403
    assert list(Campaign.objects.values_list("status", flat=True)) == ["running"]


# Around it ----------------------------------------------------------------------------------------


def test_a_scheduled_campaign_says_when_it_goes_out(project: Project, viewer: Client) -> None:
    christmas = datetime(2026, 12, 24, 5, 0, tzinfo=UTC)
    campaign = CampaignFactory.create(
        project=project, status=CampaignStatus.SCHEDULED, starts_at=christmas
    )
    text = shown(viewer.get(page(campaign)))
    assert "Goes out on Thursday, 24 December 2026 at 10:30." in text
    assert "Nobody has got it yet." in text


def test_a_launching_campaign_counts_so_far(run: Run, viewer: Client) -> None:
    Campaign.objects.update(status=CampaignStatus.LAUNCHING)
    Run.objects.update(status=RunStatus.LAUNCHING)
    assert "9 of 11 people, 2 left out so far" in shown(viewer.get(page(run.campaign)))


def test_a_campaign_over_time_is_a_table_and_a_file_of_the_same_figures(
    run: Run, viewer: Client
) -> None:
    text = shown(viewer.get(page(run.campaign)))
    head = re.findall(r"<tr>.*?</tr>", text[text.index("over-time-table") :])[0]
    assert re.findall(r"<th[^>]*>([^<]*)</th>", head) == [
        *("Quarter of an hour", "Sent", "Delivered", "Viewed", "Clicked", "Replied", "Failed")
    ]
    assert re.findall(r"kc-number\">(\d+)<", text[text.index("<tfoot>") :])[:6] == [
        *("6", "3", "2", "1", "1", "4")
    ]
    file = viewer.get(
        reverse("admin:campaigns_campaign_over_time_file", args=[run.campaign_id]), {"step": "day"}
    )
    assert file.content.decode().splitlines() == [
        f"From ({run.campaign.project.time_zone}),Sent,Delivered,Viewed,Clicked,Replied,Failed",
        "2026-03-01T00:00:00+05:30,6,3,2,1,1,4",
    ]
    assert file["Content-Disposition"].endswith('-day.csv"')


def test_runs_are_a_file_of_their_figures_too(run: Run, viewer: Client) -> None:
    Campaign.objects.filter(pk=run.campaign_id).update(name="=Tea & mugs")
    skipped = "=It was past its cut-off"
    RunFactory.create(campaign=run.campaign, number=2, started_at=NOON, skipped_because=skipped)
    Run.objects.filter(pk=run.pk).update(started_at=NOON)
    address = reverse("admin:campaigns_campaign_runs_file", args=[run.campaign_id])
    assert address in shown(viewer.get(page(run.campaign)))
    file = viewer.get(address)
    assert file["Content-Disposition"] == 'attachment; filename="tea-mugs-runs.csv"'
    zone = run.campaign.project.time_zone
    assert file.content.decode().splitlines() == [
        f"Run,Began ({zone}),Skipped,Targeted,Sent,Delivered,Viewed,Failed,Suppressed,Converted",
        "1,2026-03-01T17:30:00+05:30,,13,6,3,2,4,3,0",
        f"2,2026-03-01T17:30:00+05:30,'{skipped},0,0,0,0,0,0,0",
    ]


def test_the_part_over_time_looks_again_only_while_messages_go_out(
    run: Run, viewer: Client
) -> None:
    part = reverse("admin:campaigns_campaign_over_time", args=[run.campaign_id])
    for asked in ("", "a week", "Day"):
        proposed = shown(viewer.get(part, {"step": asked}))
        assert '<option value="quarter" selected>' in proposed
    assert 'hx-trigger="glance from:body"' in shown(viewer.get(part, {"step": "hour"}))
    Campaign.objects.update(status=CampaignStatus.COMPLETED)
    assert "glance" not in shown(viewer.get(part))
    run.tallies.all().delete()
    assert "Nothing has been sent yet" in shown(viewer.get(part))
