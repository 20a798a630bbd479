"""A second try for those whom a passing trouble kept from getting a campaign."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    OutboxState,
    Reason,
    Run,
    RunStatus,
    State,
)
from campaigns.planning.second_try import Retryable, is_anybody_retryable, retryable
from campaigns.results.finding import without_superseded
from campaigns.results.numbers import results_by_campaign, results_of
from campaigns.running.launching import launch
from campaigns.running.lifecycle import LifecycleError, start_second_try
from campaigns.sending.reconciling import finish_runs
from campaigns.sending.recording import Ending, Result, record
from campaigns.tasks import fold_tallies
from providers.models import AuditEntry, Project
from providers.watch.actors import SYSTEM
from tests.campaigns.drafts import ready
from tests.campaigns.recount import recount, recount_of
from tests.campaigns.states import count
from tests.factories import MessageFactory, PhoneBlockFactory, ProfileFactory, RunFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
FAILED: dict[str, dict[str, Any]] = {
    "tried too often": {"state": State.FAILED, "reason": Reason.RETRIES_EXHAUSTED},
    "phone off": {"state": State.FAILED, "reason": Reason.REPORTED, "code": "001"},
    "capped long ago": {
        "state": State.FAILED,
        "reason": Reason.REPORTED,
        "code": "121",
        "failed_at": NOW - timedelta(hours=25),
    },
    "capped today": {
        "state": State.FAILED,
        "reason": Reason.REPORTED,
        "code": "121",
        "failed_at": NOW - timedelta(hours=23),
    },
    "too many at once": {"state": State.FAILED, "reason": Reason.REPORTED, "code": "131056"},
    "capped by Meta": {
        "state": State.FAILED,
        "reason": Reason.REPORTED,
        "code": "131049",
        "failed_at": NOW - timedelta(hours=25),
    },
    "stopped marketing": {"state": State.FAILED, "reason": Reason.REPORTED, "code": "131050"},
    "not on WhatsApp": {"state": State.FAILED, "reason": Reason.REPORTED, "code": "003"},
    "refused": {"state": State.FAILED, "reason": Reason.REFUSED, "code": "105"},
    "nobody knows": {"state": State.UNKNOWN, "reason": Reason.UNKNOWN},
    "sent": {"state": State.SENT, "sent_at": NOW},
    "opted out since": {"state": State.FAILED, "reason": Reason.RETRIES_EXHAUSTED},
}
SECOND = {
    "tried too often": (State.QUEUED, ""),
    "phone off": (State.QUEUED, ""),
    "capped long ago": (State.QUEUED, ""),
    "too many at once": (State.QUEUED, ""),
    "capped by Meta": (State.QUEUED, ""),
    "opted out since": (State.SUPPRESSED, Reason.NUMBER_BLOCKED),
}


@pytest.fixture
def run(project: Project) -> Run:
    campaign = ready(project, people=0, status=CampaignStatus.COMPLETED)
    for name in FAILED:
        ProfileFactory.create(project=project, identity=name)
    people = list(project.profiles.order_by("pk"))
    run = RunFactory.create(
        campaign=campaign, status=RunStatus.FINISHED, last_profile_id=people[-1].pk
    )
    for person in people:
        MessageFactory.create(
            run=run, profile=person, phone=person.phone, **FAILED[person.identity]
        )
    PhoneBlockFactory.create(project=project, match_key=people[-1].match_key)
    count(run)
    return run


def test_when_the_day_of_all_has_passed_all_are_counted(run: Run, marketer: Client) -> None:
    page = f"/campaigns/campaign/{run.campaign_id}/retry/"
    before = marketer.get(page).content.decode()
    run.messages.filter(failed_at__isnull=False).update(failed_at=NOW - timedelta(hours=25))
    count(run)

    assert retryable(run) == Retryable(7)
    assert "kept out <strong>3</strong>" in before
    assert "7 people have" in marketer.get(page).content.decode()


def test_of_those_at_metas_limit_alone_a_try_starts_when_one_has_waited(run: Run) -> None:
    run.messages.exclude(code="121").delete()
    count(run)
    assert (retryable(run), is_anybody_retryable(run)) == (Retryable(0, capped=2), True)

    run.messages.update(failed_at=NOW - timedelta(hours=23))
    assert not is_anybody_retryable(run)


def test_where_nobody_has_waited_for_a_day_no_try_is_offered(run: Run, marketer: Client) -> None:
    """Nor where others failed for a reason that passes, without saying that waiting helps."""
    page = f"/campaigns/campaign/{run.campaign_id}/retry/"
    run.messages.exclude(state=State.UNKNOWN).update(failed_at=NOW - timedelta(hours=2))
    run.messages.filter(state=State.UNKNOWN).delete()
    count(run)
    both = marketer.get(page).content.decode()
    assert retryable(run) == Retryable(4, capped=3, is_too_early=True)
    assert ("wait until then" in both, ">Try again<" in both) == (True, True)

    run.messages.exclude(code__in=["121", "131049"]).delete()
    count(run)
    alone = " ".join(marketer.get(page).content.decode().split())
    assert retryable(run) == Retryable(0, capped=3, is_too_early=True)
    assert "They can be tried again once a day has passed.</p>" in alone
    assert ">Try again<" not in alone


def second_run(campaign: Campaign) -> dict[str, tuple[int, str]]:
    second = campaign.runs.get(number=2)
    launch(second.pk)
    assert dict(totals([second.pk])) == recount([second.pk])
    rows = second.messages.values_list("profile__identity", "state", "reason")
    return {identity: (state, reason) for identity, state, reason in rows}


def test_it_reaches_exactly_those_who_failed_for_a_reason_that_passes(run: Run) -> None:
    assert retryable(run) == Retryable(4, capped=3)

    start_second_try(run.campaign, by=SYSTEM)

    assert run.campaign.status == CampaignStatus.LAUNCHING
    assert second_run(run.campaign) == SECOND
    run.campaign.refresh_from_db()
    assert run.campaign.status == CampaignStatus.RUNNING


def test_who_was_in_doubt_to_the_end_is_tried_where_the_campaign_says_so(run: Run) -> None:
    Campaign.objects.update(resend_in_doubt=True)
    run.campaign.refresh_from_db()

    start_second_try(run.campaign, by=SYSTEM)

    assert second_run(run.campaign) == SECOND | {"nobody knows": (State.QUEUED, "")}


def test_a_campaign_is_tried_again_once(run: Run) -> None:
    start_second_try(run.campaign, by=SYSTEM)
    with pytest.raises(LifecycleError, match="launching already"):
        start_second_try(run.campaign, by=SYSTEM)
    second = run.campaign.runs.get(number=2)
    launch(second.pk)
    record_all_sent(second)
    finish_runs()

    with pytest.raises(LifecycleError, match="second try already"):
        start_second_try(run.campaign, by=SYSTEM)
    assert Campaign.objects.get().status == CampaignStatus.COMPLETED


def test_without_anybody_to_try_nothing_starts(run: Run) -> None:
    run.messages.update(state=State.DELIVERED)
    count(run)

    with pytest.raises(LifecycleError, match="nobody for whom"):
        start_second_try(run.campaign, by=SYSTEM)
    assert (Campaign.objects.get().status, Run.objects.count()) == (CampaignStatus.COMPLETED, 1)


def test_it_starts_from_the_campaigns_page_after_saying_how_many(
    run: Run, marketer: Client
) -> None:
    page = f"/campaigns/campaign/{run.campaign_id}/"

    asked = [
        text in marketer.get(f"{page}{part}/").content.decode()
        for part, text in (("change", "Try failed ones again"), ("retry", "4 people have"))
    ]
    after = marketer.post(f"{page}retry/")

    assert (asked, after.status_code) == ([True, True], 302)
    assert list(AuditEntry.objects.values_list("action", flat=True)) == ["campaign.retried"]
    assert set(second_run(run.campaign)) == set(SECOND)


def test_once_it_was_tried_again_no_retry_is_promised_any_more(run: Run, marketer: Client) -> None:
    page = f"/campaigns/campaign/{run.campaign_id}/change/"
    promise = "with “Try failed ones again”"

    before = promise in marketer.get(page).content.decode()
    start_second_try(run.campaign, by=SYSTEM)
    second_run(run.campaign)
    after = marketer.get(page).content.decode()

    assert (before, promise in after) == (True, False)
    assert "A new one can still reach these people" in after


def numbers_of(response: Any) -> tuple[dict[str, int], list[dict[str, int]]]:
    """Of the campaign, and of each of its runs."""
    shown = response.context
    own = [dict(results.of_a_run) for _, results in shown["by_run"]]
    return {stage.slice.name: stage.count for stage in shown["results"].funnel} | {
        "failed": shown["results"].failed_total,
        "suppressed": shown["results"].suppressed_total,
    }, own


def test_whoever_gets_a_second_try_is_counted_once(run: Run, marketer: Client) -> None:
    start_second_try(run.campaign, by=SYSTEM)
    second_run(run.campaign)
    second = run.campaign.runs.get(number=2)
    got_it = second.messages.get(profile__identity="phone off")
    second.messages.filter(pk=got_it.pk).update(
        state=State.DELIVERED, sent_at=NOW, delivered_at=NOW
    )
    count(second)

    shown = marketer.get(f"/campaigns/campaign/{run.campaign_id}/change/")

    together, by_run = numbers_of(shown)
    none = {"read": 0, "clicked": 0, "replied": 0}
    assert together == none | {
        "targeted": 12,
        "queued": 4,
        "sent": 2,
        "delivered": 1,
        "failed": 5,
        "suppressed": 1,
    }
    assert [(own["targeted"], own["failed"], own["delivered"]) for own in by_run] == [
        (12, 11, 0),
        (6, 0, 1),
    ]
    assert "Everybody is counted once" in shown.content.decode()
    listed = {
        address: marketer.get(address).context["cl"].result_count
        for address in (f"/campaigns/message/?campaign={run.campaign_id}", *links_of(shown))
    }
    assert listed == {f"/campaigns/message/?campaign={run.campaign_id}": 12, **links_of(shown)}


def links_of(shown: Any) -> dict[str, int]:
    """Each number of the page, with the list that it leads to."""
    text = shown.content.decode().replace("&amp;", "&")
    found = re.findall(r'<a (?:id="n-[^"]*" )?href="(/campaigns/message/[^"]*)">([\d,]+)</a>', text)
    return {address: int(number) for address, number in found}


def test_a_late_report_of_the_first_run_moves_nobody_twice(run: Run) -> None:
    """Delivered after all, while the second try is under way: that counts, the first does not."""
    start_second_try(run.campaign, by=SYSTEM)
    second_run(run.campaign)
    late = run.messages.get(profile__identity="phone off")
    run.messages.filter(pk=late.pk).update(state=State.DELIVERED, sent_at=NOW, delivered_at=NOW)
    count(run)

    fold_tallies()

    results = results_by_campaign([run.campaign_id])[run.campaign_id]
    runs = run.campaign.runs.values_list("pk", flat=True)
    assert results.numbers == results_of(runs).numbers
    assert {name: n for name, n in results.numbers.items() if n} == one_row_a_person(run)


def one_row_a_person(run: Run) -> dict[str, int]:
    """The recount of what a list of the campaign's messages shows."""
    shown = without_superseded(Message.objects.all(), run.campaign_id)
    return recount_of(shown)


def record_all_sent(run: Run) -> None:
    """As the sender does: the numbers of a run say when it is over."""
    run.outbox.update(state=OutboxState.CLAIMED, attempt=1)
    claimed = run.outbox.values_list("message", flat=True)
    now = timezone.now()
    record([Result(message_id=pk, attempt=1, ending=Ending.ACCEPTED, at=now) for pk in claimed], [])
