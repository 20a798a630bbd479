"""What is in doubt, settled by a person."""

from collections.abc import Callable

import pytest
from django.test import Client

from campaigns.ledger.tallies import totals
from campaigns.models import (
    CampaignStatus,
    Event,
    EventName,
    Message,
    Outbox,
    OutboxState,
    Run,
    RunStatus,
    State,
)
from campaigns.running.lifecycle import stop
from campaigns.sending.settling import Doubts, SettlingError, are_left, assume_sent, send_again
from providers.models import AuditEntry, Project, User
from providers.watch.actors import SYSTEM, Actor
from tests.campaigns.recount import recount
from tests.campaigns.states import count
from tests.factories import MessageFactory, OutboxFactory, ProviderFactory, RunFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asha(db: None) -> User:
    return UserFactory.create(username="asha")


@pytest.fixture
def run(project: Project) -> Run:
    """Two in doubt, one that is being sent, one that waits."""
    ProviderFactory.create(project=project)
    run = RunFactory.create(
        campaign__project=project,
        campaign__status=CampaignStatus.RUNNING,
        status=RunStatus.SENDING,
    )
    doubt = {"run": run, "state": State.IN_DOUBT, "code": "timed_out", "attempt": 1}
    for state, fields in (
        (OutboxState.IN_DOUBT, doubt),
        (OutboxState.IN_DOUBT, doubt),
        (OutboxState.CLAIMED, {"run": run}),
        (OutboxState.READY, {"run": run}),
    ):
        OutboxFactory.create(message=MessageFactory.create(**fields), state=state, attempt=1)
    count(run)
    return run


def doubts(run: Run) -> Doubts:
    return Doubts(project=run.campaign.project, campaign=run.campaign)


def audited() -> list[tuple[str, str | None, str]]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", "by__username", "note"))


def test_assumed_sent_they_count_as_sent_and_nobody_gets_anything(run: Run, asha: User) -> None:
    settled = assume_sent(doubts(run), by=Actor(asha))

    states = sorted(run.messages.values_list("state", flat=True))
    assert (settled, states) == (2, [State.QUEUED, State.QUEUED, State.SENT, State.SENT])
    assert Outbox.objects.filter(state=OutboxState.IN_DOUBT).count() == 0
    assert Event.objects.filter(name=EventName.SENT).count() == 2
    assert dict(totals([run.pk])) == recount([run.pk])
    assert audited() == [("campaign.assumed_sent", "asha", "2 in doubt")]
    assert AuditEntry.objects.get().target_id == str(run.campaign_id)


def test_sent_again_they_wait_for_another_attempt_still_in_doubt(run: Run, asha: User) -> None:
    settled = send_again(doubts(run), by=Actor(asha))

    again = Outbox.objects.filter(message__state=State.IN_DOUBT)
    assert (settled, list(again.values_list("state", "attempt"))) == (
        2,
        [(OutboxState.READY, 1)] * 2,
    )
    assert dict(totals([run.pk])) == recount([run.pk])
    assert audited() == [("campaign.sent_again", "asha", "2 in doubt")]


def test_one_message_is_settled_alone(run: Run, asha: User) -> None:
    message = Message.objects.filter(state=State.IN_DOUBT).earliest("pk")

    assume_sent(Doubts(project=message.project, messages=[message]), by=Actor(asha))

    assert run.messages.filter(state=State.IN_DOUBT).count() == 1
    assert audited() == [("message.assumed_sent", "asha", "")]
    assert AuditEntry.objects.get().target_id == str(message.pk)


@pytest.mark.parametrize("settle", [assume_sent, send_again])
def test_so_many_are_settled_in_one_go_and_the_rest_by_the_next(
    run: Run, asha: User, settle: Callable[..., int]
) -> None:
    settled = []
    while are_left(run.campaign):
        settled.append(settle(doubts(run), by=Actor(asha), most=1))

    assert settled == [1, 1]
    assert dict(totals([run.pk])) == recount([run.pk])


def test_what_reports_have_settled_meanwhile_is_not_touched(run: Run, asha: User) -> None:
    Message.objects.filter(state=State.IN_DOUBT).update(state=State.DELIVERED)

    with pytest.raises(SettlingError, match="Nothing is in doubt any more"):
        send_again(doubts(run), by=Actor(asha))
    assert (audited(), Outbox.objects.filter(state=OutboxState.READY).count()) == ([], 1)


def test_of_a_stopped_campaign_nothing_is_sent_again(run: Run, asha: User) -> None:
    stop(run.campaign, by=SYSTEM)

    with pytest.raises(SettlingError, match="was stopped"):
        send_again(doubts(run), by=Actor(asha))


@pytest.mark.parametrize("choice", ["assume_sent", "send_again"])
def test_admins_settle_from_the_campaigns_page_and_marketers_do_not(
    run: Run, choice: str, marketer: Client, project_admin: Client
) -> None:
    page = f"/campaigns/campaign/{run.campaign_id}/{choice}/"

    refused = [marketer.get(page).status_code, marketer.post(page).status_code]
    dialog = project_admin.get(page).content.decode()
    after = project_admin.post(page)

    assert (refused, "once more" in dialog or "as sent" in dialog) == ([403, 403], True)
    assert (after.status_code, after["Location"]) == (
        302,
        f"/campaigns/campaign/{run.campaign_id}/change/",
    )
    assert Outbox.objects.filter(state=OutboxState.IN_DOUBT).count() == 0
