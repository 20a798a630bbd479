"""The worker's part of deleting names of events: first what has come under them, some thousands in
a transaction, then the names. Whoever is killed is followed by another."""

from datetime import datetime, timedelta
from time import monotonic

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from campaigns.models import Campaign, EventKind, Goal

# Until then whoever was writing events when the name was given up has committed.
WAIT = timedelta(minutes=1)
MOST_EVENTS = 5_000
# Of one name, the oldest first, so that its index alone says which: a little more where many
# happened at the same moment.
_DELETE_EVENTS = """
DELETE FROM campaigns_occurrence WHERE kind_id = %(kind)s AND at <= COALESCE((
    SELECT at FROM campaigns_occurrence WHERE kind_id = %(kind)s
    ORDER BY at OFFSET %(most)s LIMIT 1
), 'infinity')
"""
_DELETE_NAME = (
    "DELETE FROM campaigns_eventkindproperty WHERE kind_id = %(kind)s",
    "DELETE FROM campaigns_eventkindday WHERE kind_id = %(kind)s",
    "DELETE FROM campaigns_eventkind WHERE id = %(kind)s",
)


def drop_event_names(*, now: datetime, seconds: float = 15.0) -> int:
    """How many names are gone. What is left after so many `seconds` goes the next time, so that no
    worker is kept from everything else, however much has come under a name."""
    ends = monotonic() + seconds
    given_up = EventKind.objects.filter(going_since__lt=now - WAIT)
    given_up.filter(_is_asked_for()).update(going_since=None)
    gone = 0
    while (now_gone := _go_on(now)) is not None:
        gone += now_gone
        if monotonic() >= ends:
            break
    return gone


def _is_asked_for() -> Q:
    """By a campaign that was being published when the name was given up: such a name stays."""
    counts = Goal.objects.filter(kind=OuterRef("pk"))
    waits = Campaign.objects.filter(Q(awaited=OuterRef("pk")) | Q(averted_by=OuterRef("pk")))
    return Q(Exists(counts)) | Q(Exists(waits))


@transaction.atomic
def _go_on(now: datetime) -> int | None:
    """None where no name is left, or others are at them. Which one is drawn, so that no project
    waits behind all that came under another one's names."""
    given_up = EventKind.objects.filter(going_since__lt=now - WAIT).order_by("?")
    kind = given_up.select_for_update(skip_locked=True).first()
    if kind is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_DELETE_EVENTS, {"kind": kind.pk, "most": MOST_EVENTS})
        if cursor.rowcount > MOST_EVENTS:
            return 0
        for statement in _DELETE_NAME:
            cursor.execute(statement, {"kind": kind.pk})
    return 1
