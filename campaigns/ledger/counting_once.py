"""A campaign's runs together: whoever got a second try is one person, and counts with that try.

A run's own numbers are its tallies. What the people of a second try count as in the run before it
is kept beside it, to be taken off again. It is counted when the try is launched, and once more
whenever a late report has moved a number of the run before; the pages read no message for it.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from campaigns.ledger.tallies import label_of, name_of
from campaigns.models import ConversionOf, Run, RunStatus

# Reports come for hours, at worst for days.
REPORTS_COME_FOR = timedelta(days=30)

SUPERSEDED = f"""
SELECT names.name, count(*)
FROM campaigns_message later
JOIN campaigns_message e ON e.run_id = %(before)s AND e.profile_id = later.profile_id
CROSS JOIN LATERAL (VALUES ('targeted'), ({name_of("e.state")}),
    ({label_of("e.state", "e.reason", "e.code")}),
    (CASE WHEN e.sent_at IS NOT NULL THEN 'sent' END),
    (CASE WHEN e.delivered_at IS NOT NULL THEN 'delivered' END),
    (CASE WHEN e.read_at IS NOT NULL THEN 'read' END),
    (CASE WHEN e.clicked_at IS NOT NULL THEN 'clicked' END),
    (CASE WHEN e.replied_at IS NOT NULL THEN 'replied' END),
    (CASE (SELECT min(c.who) FROM campaigns_conversion c WHERE c.message_id = e.id)
        WHEN {ConversionOf.SENT:d} THEN 'converted'
        WHEN {ConversionOf.UNSENT:d} THEN 'unsent_converted' END)) AS names (name)
WHERE later.run_id = %(run)s AND names.name IS NOT NULL
GROUP BY names.name
"""
# Changes with every number that is counted there, and harmlessly when deltas are folded.
AS_OF = "SELECT count(*) || ':' || COALESCE(max(id), 0) FROM campaigns_tally WHERE run_id = %s"


def count_superseded(run: Run) -> None:
    """Saves what a second try's people count as in the run before it."""
    as_of = _as_of(run)
    with connection.cursor() as cursor:
        cursor.execute(SUPERSEDED, {"run": run.pk, "before": run.retry_of_id})
        run.superseded = dict(cursor.fetchall())
    run.superseded_as_of = as_of
    run.save(update_fields=["superseded", "superseded_as_of"])


def recount_superseded() -> None:
    """Where a number of the run before has moved since."""
    tries = Run.objects.filter(
        retry_of__isnull=False, started_at__gte=timezone.now() - REPORTS_COME_FOR
    ).exclude(status=RunStatus.LAUNCHING)
    for run in tries:
        if _as_of(run) != run.superseded_as_of:
            count_superseded(run)


def superseded_among(run_ids: Iterable[int]) -> Counter[str]:
    """What these runs count twice: people of a second try whose first one is among them, too."""
    ids = list(run_ids)
    tries = Run.objects.filter(pk__in=ids, retry_of__in=ids)
    numbers = Counter[str]()
    for superseded in tries.values_list("superseded", flat=True):
        numbers.update(superseded)
    return numbers


def superseded_by_campaign(campaign_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """A campaign is tried again once, so it has one second try at most."""
    tries = Run.objects.filter(campaign__in=list(campaign_ids), retry_of__isnull=False)
    return dict(tries.values_list("campaign_id", "superseded"))


def _as_of(run: Run) -> str:
    with connection.cursor() as cursor:
        cursor.execute(AS_OF, [run.retry_of_id])
        return str(cursor.fetchone()[0])
