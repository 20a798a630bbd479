"""PostgreSQL's clock is minutes ahead of ours, or behind: nothing is lost, doubled or stuck."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from callbacks.inbox.team_answers import answer_with_text
from callbacks.inbox.timeline import timeline_of
from callbacks.models import Consequence
from callbacks.receipts.processing import drain
from campaigns.models import CampaignStatus, ImportStatus, Message, State
from campaigns.results.who_wrote import authors_of
from campaigns.running.launching import launch
from campaigns.running.lifecycle import publish
from campaigns.sending.claiming import claim_bulk
from campaigns.sending.finding_due import find_due
from campaigns.sending.reconciling import reconcile
from campaigns.sending.taking_over import take_over
from providers.models import Conversation, Installation, Project
from providers.watch import heartbeats
from providers.watch.actors import SYSTEM, Actor
from templates_app.incoming.fetching_list import ask_for_list, is_silent
from tests.callbacks.inbox.test_auto_replies import hear
from tests.callbacks.posting import inbound
from tests.campaigns.audience.imports.uploads import counts, imported
from tests.campaigns.drafts import ready
from tests.factories import ProviderFactory, ReceiptFactory, UserFactory

MINUTES = 5
CLOCKS = ("now", "statement_timestamp", "clock_timestamp")


@pytest.fixture(params=[MINUTES, -MINUTES], ids=["ahead", "behind"])
def apart(request: pytest.FixtureRequest, db: None) -> int:
    """Functions of PostgreSQL's own names come first within this test, and in columns' defaults."""
    minutes: int = request.param
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA apart")
        for clock in CLOCKS:
            cursor.execute(
                f"CREATE FUNCTION apart.{clock}() RETURNS timestamptz STABLE LANGUAGE sql"
                f" AS $$ SELECT pg_catalog.{clock}() + interval '{minutes} minutes' $$"
            )
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE column_default = 'statement_timestamp()' AND table_schema = 'public'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f"ALTER TABLE {table} ALTER {column} SET DEFAULT apart.statement_timestamp()"
            )
        cursor.execute("SET LOCAL search_path = apart, pg_catalog, public")
    return minutes


def claimed() -> int:
    return sum(len(claim_bulk(due, limit=10)) for due in find_due())


def states() -> set[int]:
    return set(Message.objects.values_list("state", flat=True))


def test_a_campaign_goes_out_and_its_leases_hold(apart: int, project: Project) -> None:
    ends_at = timezone.now() + timedelta(minutes=3 * MINUTES)
    campaign = ready(project, people=3, cut_off_hours=1, ends_at=ends_at)
    publish(campaign, by=SYSTEM)
    launch(campaign.runs.get().pk)
    assert claimed() == 3
    reconcile()
    campaign.refresh_from_db()
    assert (campaign.status, states()) == (CampaignStatus.RUNNING, {State.QUEUED})


def test_what_was_queued_before_a_restore_is_in_doubt(
    apart: int, project: Project, settings: Settings
) -> None:
    campaign = ready(project, people=3)
    publish(campaign, by=SYSTEM)
    launch(campaign.runs.get().pk)
    Installation.objects.update_or_create(pk=1, defaults={"instance_id": "the original"})
    settings.INSTANCE_ID = "the copy"
    reconcile()
    assert take_over(by=Actor(UserFactory.create(is_superuser=True)), doubts_queued=True)
    reconcile()
    assert (claimed(), states()) == (0, {State.IN_DOUBT})


def test_callbacks_are_read_and_answered(apart: int, project: Project) -> None:
    ProviderFactory.create(project=project, auto_reply_enabled=True, auto_reply_text="Hello")
    assert hear(project) == Consequence.AUTO_REPLIED


def test_an_answer_stands_below_the_question_once_and_with_its_author(
    apart: int, project: Project
) -> None:
    ProviderFactory.create(project=project)
    asked = inbound("Hello", timestamp=str(int(timezone.now().timestamp() * 1000)))
    ReceiptFactory.create(project=project, payload=asked, received_at=Now())
    drain()
    conversation, by = Conversation.objects.get(), Actor(UserFactory.create())
    for _ in range(2):
        answer_with_text(conversation, "Until nine.", at=timezone.now(), by=by)
    assert [line.text for line in timeline_of(conversation).lines] == ["Hello", "Until nine."]
    (answer,) = Message.objects.all()
    assert authors_of([answer]) == {answer.pk: by.name}


def test_a_list_of_templates_is_read_by_one_worker_at_a_time(apart: int, project: Project) -> None:
    ProviderFactory.create(project=project)
    first, second = (ask_for_list(project, by=SYSTEM) for _ in range(2))
    first.refresh_from_db()
    assert (second, is_silent(first)) == (first, False)
    assert first.beat_at is not None
    assert round((first.beat_at - timezone.now()).total_seconds() / 60) == apart


def test_a_file_is_imported_once(apart: int, project: Project) -> None:
    upload = imported(project, "Identity,Phone\nasha,+919000011122\n")
    assert (upload.status, counts(upload)) == (
        ImportStatus.DONE,
        {"rows_read": 1, "created": 1},
    )


def test_workers_are_heard_of_and_told_how_far_they_are_apart(apart: int) -> None:
    heartbeats._noted.clear()
    heartbeats.note("of-this-test")
    silence = heartbeats.silences()["of-this-test"]
    assert (round(heartbeats.skew_here() / 60), round(silence / 60)) == (-apart, 0)
