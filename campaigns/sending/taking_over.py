"""A database that says it belongs to another installation: restored from a backup, or a copy.

What stands in its outbox may have been sent since the backup was made, so nothing is claimed
(claiming.py), started or launched until an operator has confirmed that this installation takes it
over. On their word, whatever was queued before is marked as in doubt first, and campaigns that were
about to start are stopped.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Greatest, Now
from django.utils import timezone

from campaigns.ledger.moves import AS_IT_WAS, counted, doubt, is_open
from campaigns.ledger.tallies import COUNT_MOVES
from campaigns.models import (
    UNDER_WAY,
    Campaign,
    CampaignStatus,
    Outbox,
    OutboxState,
    OwnCode,
    Run,
    RunStatus,
    Trigger,
)
from campaigns.sending.recording import doubt_lasts
from providers.models import Installation
from providers.watch import auditing
from providers.watch.actors import Actor

AT_ONCE = 10_000
MOST_TURNS = 10  # in one transaction
ABOUT_TO_START = (CampaignStatus.SCHEDULED, CampaignStatus.LAUNCHING)
STOPPED = (
    "The database was restored from a backup after this campaign's start: it may have gone out"
    " already."
)

# In SQL; see `is_ours`.
IS_OURS = """NOT EXISTS (SELECT 1 FROM providers_installation WHERE instance_id <> %(instance)s)"""

MAY_HAVE_LEFT = doubt(OwnCode.RESTORED)
# It waits for rows that somebody holds: one that is passed over here would go out again.
DOUBT_QUEUED = f"""
WITH held AS MATERIALIZED (
    SELECT m.id, {AS_IT_WAS}
    FROM campaigns_outbox o JOIN campaigns_message m ON m.id = o.message_id
    WHERE o.state = {OutboxState.READY:d} AND m.created_at < %(before)s
    ORDER BY m.id LIMIT {AT_ONCE} FOR UPDATE OF m, o
),
doubted AS (
    UPDATE campaigns_outbox o
    SET state = {OutboxState.IN_DOUBT:d},
        due_at = statement_timestamp() + %(doubt)s * interval '1 second'
    FROM held h WHERE o.message_id = h.id
),
moves AS (
    UPDATE campaigns_message m SET {MAY_HAVE_LEFT}
    FROM held h WHERE m.id = h.id AND {is_open("h.was")}
    RETURNING {counted("h")}
),
counted AS ({COUNT_MOVES})
SELECT count(*) FROM held
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """Whose database it is, who runs on it, since when that is known, and what it still holds."""

    original: str
    here: str
    noticed_at: datetime
    queued: int
    campaigns: int
    is_being_doubted: bool


def is_ours() -> bool:
    return not Installation.objects.exclude(instance_id=settings.INSTANCE_ID).exists()


def what_is_restored() -> Restored | None:
    """None where the database is this installation's own."""
    found = Installation.objects.exclude(instance_id=settings.INSTANCE_ID).first()
    if found is None:
        return None
    return Restored(
        original=found.instance_id,
        here=settings.INSTANCE_ID,
        noticed_at=found.foreign_since or timezone.now(),
        queued=Outbox.objects.filter(state=OutboxState.READY).count(),
        campaigns=Campaign.objects.filter(status__in=ABOUT_TO_START).count(),
        is_being_doubted=found.doubting_since is not None,
    )


def look_whose_it_is() -> None:
    """Notes when another installation's database was first seen here, by the clock that is ahead:
    what either has written before must not pass for later. A database without a word of it becomes
    ours."""
    here = settings.INSTANCE_ID
    Installation.objects.get_or_create(pk=1, defaults={"instance_id": here})
    Installation.objects.exclude(instance_id=here).exclude(foreign_id=here).update(
        foreign_id=here, foreign_since=Greatest(Now(), timezone.now()), doubting_since=None
    )
    Installation.objects.filter(instance_id=here).exclude(foreign_id="").update(
        foreign_id="", foreign_since=None, doubting_since=None
    )


@transaction.atomic
def take_over(*, by: Actor, doubts_queued: bool) -> bool:
    """False where somebody was quicker. With doubts it takes the next turns of reconciling."""
    look_whose_it_is()
    mine = Installation.objects.exclude(instance_id=settings.INSTANCE_ID).filter(
        doubting_since=None
    )
    found = mine.select_for_update().first()
    if found is None:
        return False
    note = "queued messages in doubt" if doubts_queued else "queued messages go out"
    auditing.record("installation.took_over", by=by, project=None, target=found, note=note)
    found.confirmed_by = by.person
    if not doubts_queued:
        _adopt(found)
        return True
    found.doubting_since = found.foreign_since
    found.save(update_fields=["confirmed_by", "doubting_since"])
    _stop_what_was_about_to_start(before=found.foreign_since or timezone.now())
    return True


def doubt_queued() -> None:
    """The rest of a confirmed take-over, some turns at a time."""
    found = Installation.objects.filter(doubting_since__isnull=False).first()
    if found is None:
        return
    with connection.cursor() as cursor:
        for _ in range(MOST_TURNS):
            cursor.execute(DOUBT_QUEUED, {"before": found.doubting_since, "doubt": doubt_lasts()})
            (count,) = cursor.fetchone()
            if count < AT_ONCE:
                _adopt(found)
                return


def _stop_what_was_about_to_start(*, before: datetime) -> None:
    """Whoever has no row yet gets none: the launch ends, its rows say that it was stopped. A launch
    goes on while its campaign is paused, and those who wait for the winner of a test may have been
    sent it since."""
    set_times = Campaign.objects.whose_set_time_has_come()
    dates = Campaign.objects.filter(status=CampaignStatus.SCHEDULED, next_due_at__lte=Now())
    begun = Campaign.objects.filter(
        status__in=UNDER_WAY,
        runs__status__in=(RunStatus.LAUNCHING, RunStatus.WAITING),
        runs__started_at__lt=before,
    )
    # Who waited in a live campaign may have been sent it since; whoever enters from now on was not.
    waited = Trigger.objects.filter(ended_at=None, at__lt=before)
    waited.update(due_at=Now(), expires_at=Now())
    # And who has come into a segment since may have been sent it, too.
    Run.objects.filter(status=RunStatus.STANDING).update(compared_at=None)
    stopped = [pk for some in (set_times, dates, begun) for pk in some.values_list("pk", flat=True)]
    Campaign.objects.filter(pk__in=stopped).update(
        status=CampaignStatus.STOPPED,
        status_reason=STOPPED,
        finished_at=timezone.now(),
        next_due_at=None,
    )


def _adopt(found: Installation) -> None:
    found.instance_id, found.since = settings.INSTANCE_ID, timezone.now()
    found.foreign_id, found.foreign_since, found.doubting_since = "", None, None
    found.save()
