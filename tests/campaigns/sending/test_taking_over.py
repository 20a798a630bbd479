"""A database that belongs to another installation: nothing leaves it until somebody confirms."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from campaigns.ledger.tallies import totals
from campaigns.models import (
    Campaign,
    CampaignStatus,
    Message,
    Outbox,
    OutboxState,
    Run,
    RunStatus,
    State,
)
from campaigns.sending import taking_over
from campaigns.sending.claiming import claim_bulk
from campaigns.sending.finding_due import find_due
from campaigns.sending.reconciling import reconcile
from campaigns.sending.taking_over import is_ours, take_over, what_is_restored
from providers.models import AuditEntry, Installation, Project, User
from providers.watch.actors import Actor
from tests.campaigns.locks import wait_for_locks
from tests.campaigns.recount import recount
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    OutboxFactory,
    ProviderFactory,
    RunFactory,
    TallyFactory,
    UserFactory,
    VariantFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _copied(settings: Settings) -> None:
    """The row says one thing, the settings another."""
    Installation.objects.update_or_create(pk=1, defaults={"instance_id": "the original"})
    settings.INSTANCE_ID = "the copy"


@pytest.fixture
def run(project: Project) -> Run:
    ProviderFactory.create(project=project)
    campaign = CampaignFactory.create(project=project, status=CampaignStatus.RUNNING)
    return RunFactory.create(campaign=campaign)


def queue(run: Run) -> Message:
    message = MessageFactory.create(run=run)
    OutboxFactory.create(message=message)
    TallyFactory.create(run=run, name="targeted", n=1)
    TallyFactory.create(run=run, name="queued", n=1)
    return message


def states() -> list[tuple[int, str]]:
    return list(Message.objects.order_by("pk").values_list("state", "code"))


def claimable() -> list[int]:
    return [claim.message_id for due in find_due() for claim in claim_bulk(due, limit=10)]


@pytest.fixture
def by(db: None) -> User:
    return UserFactory.create(is_superuser=True)


def test_it_is_noticed_and_told(run: Run) -> None:
    queue(run)
    reconcile()

    found = what_is_restored()
    assert found is not None
    assert (found.original, found.here, found.queued, found.is_being_doubted) == (
        "the original",
        "the copy",
        1,
        False,
    )
    assert (is_ours(), claimable()) == (False, [])
    noticed = Installation.objects.get().foreign_since
    reconcile()
    assert Installation.objects.get().foreign_since == noticed


def test_what_was_queued_before_becomes_in_doubt_and_what_came_after_goes(
    run: Run, by: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_over, "AT_ONCE", 2)
    for _ in range(5):
        queue(run)
    reconcile()
    later = queue(run)
    Message.objects.filter(pk=later.pk).update(created_at=timezone.now() + timedelta(seconds=1))

    assert take_over(by=Actor(by), doubts_queued=True)
    assert (is_ours(), claimable()) == (False, [])
    reconcile()

    assert states() == [(State.IN_DOUBT, "restored")] * 5 + [(State.QUEUED, "")]
    assert Outbox.objects.filter(state=OutboxState.IN_DOUBT).count() == 5
    assert (is_ours(), claimable(), what_is_restored()) == (True, [later.pk], None)
    assert dict(totals([run.pk])) == recount([run.pk])
    assert AuditEntry.objects.filter(action="installation.took_over", by=by).count() == 1


def test_without_doubt_everything_goes_at_once(run: Run, by: User) -> None:
    message = queue(run)
    assert take_over(by=Actor(by), doubts_queued=False)
    assert (is_ours(), claimable(), states()) == (True, [message.pk], [(State.QUEUED, "")])


def test_of_two_who_confirm_one_is_quicker(by: User) -> None:
    assert [take_over(by=Actor(by), doubts_queued=True) for _ in range(2)] == [True, False]
    reconcile()
    assert take_over(by=Actor(by), doubts_queued=False) is False


def test_nothing_starts_by_itself_meanwhile(project: Project, by: User) -> None:
    """What should have started before may have started elsewhere; the future is still ours."""
    now = timezone.now()
    ProviderFactory.create(project=project)
    due, coming = (
        VariantFactory.create(
            campaign__project=project,
            campaign__status=CampaignStatus.SCHEDULED,
            campaign__starts_at=at,
        ).campaign
        for at in (now - timedelta(hours=1), now + timedelta(hours=1))
    )
    begun, paused = (
        CampaignFactory.create(project=project, status=status)
        for status in (CampaignStatus.LAUNCHING, CampaignStatus.PAUSED)
    )
    for campaign in (begun, paused):
        RunFactory.create(
            campaign=campaign, status=RunStatus.LAUNCHING, started_at=now - timedelta(hours=1)
        )
    reconcile()
    status_of = Campaign.objects.in_bulk
    assert [row.status for row in status_of([due.pk, coming.pk, begun.pk]).values()] == [
        CampaignStatus.SCHEDULED,
        CampaignStatus.SCHEDULED,
        CampaignStatus.LAUNCHING,
    ]

    take_over(by=Actor(by), doubts_queued=True)
    reconcile()

    rows = status_of([due.pk, coming.pk, begun.pk, paused.pk])
    assert {pk: (row.status, row.status_reason) for pk, row in rows.items()} == {
        due.pk: (CampaignStatus.STOPPED, taking_over.STOPPED),
        coming.pk: (CampaignStatus.SCHEDULED, ""),
        begun.pk: (CampaignStatus.STOPPED, taking_over.STOPPED),
        paused.pk: (CampaignStatus.STOPPED, taking_over.STOPPED),
    }


@pytest.mark.django_db(transaction=True)
def test_a_message_that_a_report_holds_is_waited_for(run: Run, by: User) -> None:
    message = queue(run)
    Message.objects.update(created_at=timezone.now() - timedelta(hours=1))
    take_over(by=Actor(by), doubts_queued=True)

    def doubt() -> None:
        try:
            taking_over.doubt_queued()
        finally:
            connection.close()

    with transaction.atomic():
        Message.objects.select_for_update(no_key=True).get(pk=message.pk)
        doubting = Thread(target=doubt)
        doubting.start()
        wait_for_locks(1)
    doubting.join()

    assert (is_ours(), Outbox.objects.get().state) == (True, OutboxState.IN_DOUBT)


def test_the_original_coming_back_finds_all_as_it_was(run: Run, settings: Settings) -> None:
    message = queue(run)
    reconcile()
    settings.INSTANCE_ID = "the original"
    reconcile()
    row = Installation.objects.get()
    assert (row.foreign_id, row.foreign_since, claimable()) == ("", None, [message.pk])


def test_a_database_without_a_word_of_it_becomes_ours() -> None:
    Installation.objects.all().delete()
    reconcile()
    assert (Installation.objects.get().instance_id, is_ours()) == ("the copy", True)


# The page -----------------------------------------------------------------------------------------


def test_only_an_operator_confirms(project_admin: Client, operator: Client) -> None:
    assert project_admin.get("/restored/").status_code == 403
    assert project_admin.post("/restored/", {"queued": "send"}).status_code == 403
    assert not is_ours()
    home = project_admin.get("/").content.decode()
    assert "Nothing is sent: this database belongs to another installation." in home

    page = operator.get("/restored/").content.decode()
    assert ("the original" in page, "the copy" in page) == (True, True)
    operator.post("/restored/", {"queued": "nonsense"})
    assert not is_ours()
    operator.post("/restored/", {"queued": "send"})
    assert is_ours()
    assert "own</h2>" in operator.get("/restored/").content.decode()
