"""Claiming: who may go now, and what forbids it at the last moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.gates.trial_mode import WAITS
from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    MessageKind,
    Outbox,
    OutboxState,
    Reason,
    Run,
    State,
    Tally,
)
from campaigns.outbox.enqueueing import enqueue
from campaigns.running.lifecycle import resume
from campaigns.sending.claiming import Claim, claim_bulk, claim_urgent, share_out
from campaigns.sending.finding_due import Running, find_due
from campaigns.sending.reconciling import reconcile
from providers.models import GatewayConsent, Installation, Project, Provider
from providers.watch.actors import SYSTEM
from tests.campaigns.recount import recount
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    OutboxFactory,
    PhoneBlockFactory,
    ProfileFactory,
    ProviderFactory,
    RunFactory,
    TallyFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(project: Project) -> Run:
    ProviderFactory.create(project=project)
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    return RunFactory.create(campaign=campaign)


def queue(run: Run, **profile: object) -> Message:
    message = MessageFactory.create(
        run=run, profile=ProfileFactory.create(project=run.campaign.project, **profile)
    )
    OutboxFactory.create(message=message)
    TallyFactory.create(run=run, name="targeted", n=1)
    TallyFactory.create(run=run, name="queued", n=1)
    return message


def reply(project: Project) -> Message:
    text = "You will not get any more messages."
    phone = "+919000030001"
    kind = MessageKind.CONFIRMATION
    return enqueue(project, kind=kind, phone=phone, match_key=919000030001, text=text)


def claim(*, limit: int = 10) -> list[Claim]:
    return [found for due in find_due() for found in claim_bulk(due, limit=limit)]


def test_a_claim_brings_the_person_and_counts_the_attempt(run: Run) -> None:
    message = queue(run, name="Asha", properties={"city": "Pune"}, email="a@example.com")

    (found,) = claim()

    assert (found.message_id, found.attempt, found.opted_in) == (message.pk, 1, False)
    profile = message.profile
    assert profile is not None
    assert found.person == {
        "profile": {
            "city": "Pune",
            "identity": profile.identity,
            "name": "Asha",
            "phone": profile.phone,
            "email": "a@example.com",
            "language": "",
            "time_zone": "",
        }
    }
    row = Outbox.objects.get()
    assert (row.state, row.attempt) == (OutboxState.CLAIMED, 1)
    assert row.due_at > timezone.now() + timedelta(seconds=30)


def test_what_is_claimed_is_not_claimed_again(run: Run) -> None:
    queue(run)

    assert (len(claim()), claim()) == (1, [])


def test_no_more_than_asked_for_is_claimed(run: Run) -> None:
    for _ in range(5):
        queue(run)

    assert len(claim(limit=2)) == 2
    assert Outbox.objects.filter(state=OutboxState.READY).count() == 3


@pytest.mark.parametrize(
    "status", [CampaignStatus.PAUSED, CampaignStatus.STOPPED, CampaignStatus.LAUNCHING]
)
def test_only_a_running_campaign_is_claimed(run: Run, status: CampaignStatus) -> None:
    queue(run)
    (due,) = find_due()
    run.campaign.status = status
    run.campaign.save()

    assert (claim_bulk(due, limit=10), find_due()) == ([], [])


def test_who_opted_out_since_the_launch_is_suppressed_with_the_reason(run: Run) -> None:
    blocked, unsubscribed, fine = queue(run), queue(run, subscribed=False), queue(run)
    PhoneBlockFactory.create(project=run.campaign.project, match_key=blocked.send_key)

    assert [found.message_id for found in claim()] == [fine.pk]
    rows = Message.objects.order_by("pk").values_list("pk", "state", "reason")
    assert list(rows) == [
        (blocked.pk, State.SUPPRESSED, Reason.NUMBER_BLOCKED),
        (unsubscribed.pk, State.SUPPRESSED, Reason.NOT_SUBSCRIBED),
        (fine.pk, State.QUEUED, ""),
    ]
    assert list(Outbox.objects.values_list("message_id", flat=True)) == [fine.pk]
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_message_that_a_report_has_settled_is_not_sent_again(run: Run) -> None:
    message = queue(run)
    Message.objects.filter(pk=message.pk).update(state=State.DELIVERED)

    assert (claim(), Outbox.objects.count()) == ([], 0)


def test_a_reply_goes_to_a_blocked_number_too(run: Run) -> None:
    project = run.campaign.project
    PhoneBlockFactory.create(project=project, match_key=919000030001)
    message = reply(project)

    (due,) = find_due()
    (found,) = claim_urgent(due, limit=due.urgent)

    assert (due.urgent, found.message_id, found.content) == (
        1,
        message.pk,
        {"text": "You will not get any more messages."},
    )


def test_a_phone_that_gupshup_knows_needs_no_opt_in(run: Run) -> None:
    message = queue(run)
    GatewayConsent.objects.create(
        project=run.campaign.project,
        match_key=message.send_key,
        opted_in=True,
        answered_at=timezone.now(),
    )

    assert [found.opted_in for found in claim()] == [True]


def test_each_running_campaign_gets_its_share(run: Run) -> None:
    small = RunFactory.create(
        campaign__project=run.campaign.project, campaign__status=CampaignStatus.RUNNING
    )
    for _ in range(4):
        queue(run)
    queue(small)

    found = claim(limit=2)

    assert {f.campaign_id for f in found} == {run.campaign_id, small.campaign_id}


def test_a_project_without_a_provider_has_nothing_due(project: Project) -> None:
    run = RunFactory.create(campaign__project=project, campaign__status=CampaignStatus.RUNNING)
    queue(run)

    assert find_due() == []


def test_permits_are_shared_out_to_the_last_one() -> None:
    assert (share_out(7, [9, 9, 9]), share_out(2, [9, 9, 9])) == ([3, 2, 2], [1, 1, 0])


def test_what_a_throttled_campaign_may_not_send_goes_to_the_others() -> None:
    assert (share_out(9, [1, 9, 9]), share_out(9, [0, 2, 3])) == ([1, 4, 4], [0, 2, 3])


def test_during_a_trial_only_test_profiles_are_sent_to(run: Run) -> None:
    customer, colleague = queue(run), queue(run, is_test=True)
    Provider.objects.update(trial_ended_at=None)

    assert [found.message_id for found in claim()] == [colleague.pk]
    customer.refresh_from_db()
    assert (customer.state, customer.reason) == (State.SUPPRESSED, Reason.TRIAL_MODE)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_an_answer_goes_out_during_a_trial(project: Project) -> None:
    ProviderFactory.create(project=project, trial_ended_at=None)
    message = reply(project)

    (due,) = find_due()
    assert [found.message_id for found in claim_urgent(due, limit=1)] == [message.pk]


def test_a_campaign_of_the_old_connection_waits_for_the_new_one(run: Run) -> None:
    """Nobody is dropped from it."""
    message = queue(run)
    now = timezone.now()
    Campaign.objects.update(published_at=now - timedelta(minutes=1))
    (due,) = find_due()
    Provider.objects.update(trial_ended_at=None, credentials_changed_at=now)

    assert (find_due(), claim_bulk(due, limit=10)) == ([], [])
    reconcile()
    run.campaign.refresh_from_db()
    assert (run.campaign.status, run.campaign.status_reason) == (CampaignStatus.PAUSED, WAITS)

    Provider.objects.update(trial_ended_at=now)
    resume(run.campaign, by=SYSTEM)
    assert [found.message_id for found in claim()] == [message.pk]


def test_nothing_leaves_from_another_installations_database(run: Run, project: Project) -> None:
    queue(run)
    message = reply(project)
    (due,) = find_due()
    Installation.objects.update_or_create(pk=1, defaults={"instance_id": "the original"})

    assert (find_due(), claim_bulk(due, limit=10), claim_urgent(due, limit=10)) == ([], [], [])
    assert Outbox.objects.filter(state=OutboxState.READY).count() == 2
    message.refresh_from_db()
    assert message.state == State.QUEUED


@contextmanager
def held_by_another(statement: str, *values: object) -> Iterator[None]:
    """And whoever waits for what it holds fails."""
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as theirs, connection.cursor() as ours:
            theirs.execute(statement, values)
            ours.execute("SET lock_timeout = '1s'")
            yield
            ours.execute("RESET lock_timeout")
    finally:
        other.rollback()
        other.close()


@pytest.mark.django_db(transaction=True)
def test_who_must_not_get_it_is_left_alone_while_a_report_holds_the_message(run: Run) -> None:
    blocked = queue(run)
    PhoneBlockFactory.create(project=run.campaign.project, match_key=blocked.send_key)
    with held_by_another("SELECT FROM campaigns_message WHERE id = %s FOR UPDATE", blocked.pk):
        assert claim() == []
        blocked.refresh_from_db()
        assert (blocked.state, Outbox.objects.get().state) == (State.QUEUED, OutboxState.READY)

    assert claim() == []
    blocked.refresh_from_db()
    assert (blocked.state, blocked.reason) == (State.SUPPRESSED, Reason.NUMBER_BLOCKED)
    assert Outbox.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_is_claiming_is_passed_by(run: Run) -> None:
    theirs, ours = queue(run), queue(run)
    their_answer, our_answer = (reply(run.campaign.project) for _ in range(2))
    (due,) = find_due()
    hold = "SELECT FROM campaigns_outbox WHERE message_id = ANY(%s) FOR UPDATE"
    with held_by_another(hold, [theirs.pk, their_answer.pk]):
        claims = [*claim_bulk(due, limit=2), *claim_urgent(due, limit=2)]
    assert [found.message_id for found in claims] == [ours.pk, our_answer.pk]


def later(message: Message, **change: object) -> None:
    changes = change or {"due_at": timezone.now() + timedelta(minutes=5)}
    Outbox.objects.filter(message=message).update(**changes)


def test_only_campaigns_with_something_due_are_named(run: Run) -> None:
    waiting = RunFactory.create(
        campaign__project=run.campaign.project, campaign__status=CampaignStatus.RUNNING
    )
    open_one = RunFactory.create(
        campaign__project=run.campaign.project, campaign__status=CampaignStatus.RUNNING
    )
    Campaign.objects.filter(pk=run.campaign_id).update(per_minute=12)
    queue(run)
    later(queue(waiting))
    later(queue(open_one), state=OutboxState.CLAIMED, due_at=timezone.now())

    (due,) = find_due()

    assert due.campaigns == [Running(id=run.campaign_id, per_minute=12)]
    provider = Provider.objects.get()
    assert (due.project_id, due.provider_id) == (run.campaign.project_id, provider.pk)
    assert (due.rate, due.urgent) == (provider.rate, 0)


def test_what_is_due_longest_goes_first_and_what_is_due_later_not_at_all(run: Run) -> None:
    newest, oldest, not_yet = queue(run), queue(run), queue(run)
    later(oldest, due_at=timezone.now() - timedelta(hours=1))
    later(not_yet)

    assert [found.message_id for found in claim(limit=1)] == [oldest.pk]
    assert [found.message_id for found in claim()] == [newest.pk]


def test_urgent_messages_are_claimed_by_project_in_the_order_of_their_time(run: Run) -> None:
    project = run.campaign.project
    newest, oldest, not_yet = reply(project), reply(project), reply(project)
    stranger = reply(ProviderFactory.create().project)
    later(oldest, due_at=timezone.now() - timedelta(hours=1))
    later(not_yet)
    queue(run)
    due = {one.project_id: one for one in find_due()}

    assert (due[project.pk].urgent, due[stranger.project_id].urgent) == (2, 1)
    first, second = (claim_urgent(due[project.pk], limit=1) for _ in range(2))
    assert [first[0].message_id, second[0].message_id] == [oldest.pk, newest.pk]
    assert claim_urgent(due[project.pk], limit=10) == []


def test_who_is_barred_after_a_doubt_may_have_got_it(run: Run) -> None:
    message = queue(run, subscribed=False)
    Message.objects.filter(pk=message.pk).update(state=State.IN_DOUBT, code="timed_out")
    Tally.objects.filter(run=run, name="queued").update(name="in_doubt")

    assert claim() == []
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.UNKNOWN, Reason.UNKNOWN)
    assert message.failed_at is not None
    assert Outbox.objects.count() == 0
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_suppressed_message_has_not_failed(run: Run) -> None:
    message = queue(run, subscribed=False)

    claim()

    message.refresh_from_db()
    assert (message.state, message.failed_at) == (State.SUPPRESSED, None)


def test_a_claim_knows_the_tries_before_it_and_whose_message_it_is(run: Run) -> None:
    message = queue(run)
    later(message, attempt=3, tries=2)

    (found,) = claim()

    assert (found.attempt, found.tries, found.kind) == (4, 2, MessageKind.CAMPAIGN)
    assert (found.campaign_id, found.variant_id) == (run.campaign_id, message.variant_id)
    assert (found.phone, found.match_key) == (message.phone, message.send_key)
    assert (found.created_at, found.content) == (message.created_at, {})


def test_campaigns_take_turns_at_what_can_not_be_shared(run: Run) -> None:
    second = RunFactory.create(
        campaign__project=run.campaign.project, campaign__status=CampaignStatus.RUNNING
    )
    for each in (run, run, second, second):
        queue(each)

    turns = [found.campaign_id for _ in range(4) for found in claim(limit=1)]

    assert turns[0] != turns[1]
    assert sorted(turns) == sorted([run.campaign_id, second.campaign_id] * 2)


def test_without_a_permit_nothing_is_claimed(run: Run) -> None:
    queue(run)
    reply(run.campaign.project)
    (due,) = find_due()

    assert (claim_bulk(due, limit=0), claim_urgent(due, limit=0)) == ([], [])
    assert claim_bulk(due, limit=5, most={run.campaign_id: 0}) == []
