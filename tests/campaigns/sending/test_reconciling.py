"""Reconciling: what is found again from PostgreSQL alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    Outbox,
    OutboxState,
    Reason,
    Run,
    RunStatus,
    State,
    Variant,
)
from campaigns.sending.reconciling import reconcile
from providers.models import Project
from tests.campaigns.recount import recount
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    OutboxFactory,
    ProviderFactory,
    RunFactory,
    TallyFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db

NAMES = {State.QUEUED: ["queued"], State.IN_DOUBT: ["in_doubt"], State.SENT: ["sent"]}


@pytest.fixture
def run(project: Project) -> Run:
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    return RunFactory.create(campaign=campaign)


def waiting(run: Run, box: OutboxState, *, state: State, seconds_ago: float = 1) -> Message:
    sent_at = timezone.now() if state is State.SENT else None
    message = MessageFactory.create(run=run, state=state, sent_at=sent_at)
    due_at = timezone.now() - timedelta(seconds=seconds_ago)
    OutboxFactory.create(message=message, state=box, attempt=1, due_at=due_at)
    for name in ["targeted", *NAMES[state]]:
        TallyFactory.create(run=run, name=name, n=1)
    return message


def outcome(message: Message) -> tuple[int, str, int | None]:
    message.refresh_from_db()
    box = Outbox.objects.filter(message=message).values_list("state", flat=True).first()
    return message.state, message.reason, box


def test_a_lease_that_ran_out_puts_its_message_in_doubt(run: Run) -> None:
    lost = waiting(run, OutboxState.CLAIMED, state=State.QUEUED)
    still_held = waiting(run, OutboxState.CLAIMED, state=State.QUEUED, seconds_ago=-60)

    reconcile()

    assert outcome(lost) == (State.IN_DOUBT, "", OutboxState.IN_DOUBT)
    assert outcome(still_held) == (State.QUEUED, "", OutboxState.CLAIMED)
    assert lost.attempt == 1
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_doubt_lasts_until_late_reports_have_had_their_time(run: Run) -> None:
    lost = waiting(run, OutboxState.CLAIMED, state=State.QUEUED)

    reconcile()

    earliest = timezone.now() + timedelta(seconds=20 + 15 * 60)
    assert Outbox.objects.get(message=lost).due_at > earliest


def test_a_report_that_came_meanwhile_leaves_nothing_in_doubt(run: Run) -> None:
    reported = waiting(run, OutboxState.CLAIMED, state=State.SENT)

    reconcile()

    assert outcome(reported) == (State.SENT, "", None)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_doubt_that_nothing_settles_fails_as_unknown(run: Run) -> None:
    doubtful = waiting(run, OutboxState.IN_DOUBT, state=State.IN_DOUBT)

    reconcile()

    assert outcome(doubtful) == (State.UNKNOWN, Reason.UNKNOWN, None)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_doubt_is_sent_again_where_the_campaign_says_so(run: Run) -> None:
    run.campaign.resend_in_doubt = True
    run.campaign.save()
    doubtful = waiting(run, OutboxState.IN_DOUBT, state=State.IN_DOUBT)

    reconcile()

    assert outcome(doubtful) == (State.IN_DOUBT, "", OutboxState.READY)
    assert dict(totals([run.pk])) == recount([run.pk])


def test_what_a_stopped_campaign_had_left_is_suppressed(run: Run) -> None:
    left = waiting(run, OutboxState.READY, state=State.QUEUED)
    run.campaign.status = CampaignStatus.STOPPED
    run.campaign.save()

    reconcile()

    run.refresh_from_db()
    assert outcome(left) == (State.SUPPRESSED, Reason.CAMPAIGN_STOPPED, None)
    assert run.status == RunStatus.FINISHED
    assert dict(totals([run.pk])) == recount([run.pk])


def test_a_paused_campaign_keeps_what_it_has_left(run: Run) -> None:
    left = waiting(run, OutboxState.READY, state=State.QUEUED)
    run.campaign.status = CampaignStatus.PAUSED
    run.campaign.save()

    reconcile()

    assert outcome(left) == (State.QUEUED, "", OutboxState.READY)


def test_a_run_with_an_empty_outbox_is_over_and_so_is_its_campaign(run: Run) -> None:
    reconcile()

    run.refresh_from_db()
    run.campaign.refresh_from_db()
    assert (run.status, run.campaign.status) == (RunStatus.FINISHED, CampaignStatus.COMPLETED)


def test_a_run_with_a_doubt_goes_on(run: Run) -> None:
    waiting(run, OutboxState.IN_DOUBT, state=State.IN_DOUBT, seconds_ago=-900)

    reconcile()

    run.refresh_from_db()
    assert run.status == RunStatus.SENDING


def test_a_scheduled_campaign_starts_at_its_time(project: Project) -> None:
    ProviderFactory.create(project=project)
    due, later = (
        VariantFactory.create(
            campaign__project=project,
            campaign__status=CampaignStatus.SCHEDULED,
            campaign__starts_at=timezone.now() + timedelta(minutes=minutes),
        ).campaign
        for minutes in (-1, 1)
    )

    reconcile()

    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.status, later.status) == (CampaignStatus.LAUNCHING, CampaignStatus.SCHEDULED)
    assert due.runs.get().status == RunStatus.LAUNCHING


def test_a_scheduled_campaign_that_can_no_longer_go_out_fails_with_the_reason(
    project: Project,
) -> None:
    campaign = VariantFactory.create(
        campaign__project=project,
        campaign__status=CampaignStatus.SCHEDULED,
        campaign__starts_at=timezone.now() - timedelta(minutes=1),
    ).campaign

    reconcile()

    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.FAILED
    assert "Connect Gupshup first" in campaign.status_reason


def test_a_campaign_that_breaks_at_its_start_keeps_nothing_else_from_being_done(
    run: Run,
) -> None:
    ProviderFactory.create(project=run.campaign.project)
    broken, fine = (
        VariantFactory.create(
            campaign__project=run.campaign.project,
            campaign__status=CampaignStatus.SCHEDULED,
            campaign__starts_at=timezone.now() - timedelta(minutes=1),
        )
        for _ in range(2)
    )
    Variant.objects.filter(pk=broken.pk).update(values=["not", "by", "slot"])

    reconcile()

    statuses = dict(Campaign.objects.values_list("pk", "status"))
    assert statuses == {
        broken.campaign_id: CampaignStatus.SCHEDULED,
        fine.campaign_id: CampaignStatus.LAUNCHING,
        run.campaign_id: CampaignStatus.COMPLETED,
    }


def test_a_run_is_over_whatever_later_runs_have_left(run: Run) -> None:
    later = RunFactory.create(
        campaign__project=run.campaign.project, campaign__status=CampaignStatus.RUNNING
    )
    waiting(later, OutboxState.READY, state=State.QUEUED)

    reconcile()

    statuses = dict(Run.objects.values_list("pk", "status"))
    assert statuses == {run.pk: RunStatus.FINISHED, later.pk: RunStatus.SENDING}
