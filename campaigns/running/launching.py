"""From an audience to message rows, and outbox rows for those that will be sent.

Set-based, in chunks of ascending profile keys: a chunk's rows and its share's cursor commit
together, so a launch that is killed goes on where it was. Everybody in the audience gets exactly
one row, whoever is suppressed with the reason.
"""

import logging
from threading import Thread

from django.db import Error, connection, transaction
from django.db.models import F
from django.utils import timezone

from campaigns.hints import wake_sender
from campaigns.ledger.counting_once import count_superseded
from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, CampaignStatus, LaunchShare, Profile, Run, RunStatus
from campaigns.running.gathering import gather
from campaigns.running.opening_runs import SHARES
from campaigns.running.writing_chunks import write_missed, write_next

logger = logging.getLogger(__name__)


def launch(run_id: int) -> None:
    """All chunks of a run, each in a transaction of its own; also of one that was stopped, so that
    everybody's row says so. Harmless when called again, or beside another call: a share is locked
    for each of its chunks, and who finds all of them locked goes away."""
    gather(run_id)
    if _launch_chunk(run_id):
        _launch_with_help(run_id)
    else:
        _launch_chunks(run_id)
    _end_launch(run_id)


def percent_launched(run: Run) -> int:
    """How much of the audience the launch has gone through."""
    shares = list(run.shares.values_list("cursor", flat=True))
    return 100 * sum(shares) // (len(shares) * run.last_profile_id or 1)


def _launch_with_help(run_id: int) -> None:
    """As many connections as there are shares: PostgreSQL does all the work, one core for each."""
    helpers = [Thread(target=_help, args=[run_id], daemon=True) for _ in range(SHARES - 1)]
    for helper in helpers:
        helper.start()
    _launch_chunks(run_id)
    for helper in helpers:
        helper.join()


def _help(run_id: int) -> None:
    """In a thread, so on a connection of its own."""
    try:
        _launch_chunks(run_id)
    except Error as error:
        # Its share is free again: for whoever else launches, or for the next hint.
        logger.warning("A share of run %s has to wait: %s", run_id, type(error).__name__)
    finally:
        connection.close()


def _launch_chunks(run_id: int) -> None:
    while _launch_chunk(run_id) is not None:
        pass


@transaction.atomic
def _launch_chunk(run_id: int) -> bool | None:
    """Has its share more of them? None where no share is left, or others have them."""
    share = (
        LaunchShare.objects.select_for_update(of=["self"], skip_locked=True)
        .select_related("run__campaign")
        .filter(run=run_id, run__status=RunStatus.LAUNCHING, run__as_of__isnull=False)
        .filter(cursor__lt=F("run__last_profile_id"))
        .order_by("cursor", "number")
        .first()
    )
    if share is None:
        return None
    written = write_next(share)
    share.cursor = written.cursor
    share.save(update_fields=["cursor"])
    return written.is_full


@transaction.atomic
def _end_launch(run_id: int) -> None:
    """Where the last share is at its end: who ends one looks after that, one at a time."""
    run = Run.objects.select_for_update().filter(pk=run_id, status=RunStatus.LAUNCHING).first()
    if run is None or run.shares.filter(cursor__lt=run.last_profile_id).exists():
        return
    if not run.keeps_audience:
        _launch_whoever_was_missed(run)
    run.status, run.launched_at = RunStatus.SENDING, timezone.now()
    run.save(update_fields=["status", "launched_at"])
    if run.retry_of_id is not None:
        count_superseded(run)
    Campaign.objects.filter(pk=run.campaign_id, status=CampaignStatus.LAUNCHING).update(
        status=CampaignStatus.RUNNING
    )
    wake_sender()


def _launch_whoever_was_missed(run: Run) -> None:
    """Whose number changed while everybody was launched may have gone from one share to another
    that had passed by. Nobody is looked for where there are as many rows as people."""
    people = Profile.objects.filter(project=run.campaign.project_id, pk__lte=run.last_profile_id)
    if totals([run.pk])["targeted"] == people.count():
        return
    everybody = LaunchShare(run=run, number=0, of=1)
    while write_missed(everybody).is_full:
        pass
