"""Settling by hand what is in doubt: somebody has looked at Gupshup, and says what is to be true.

Either that it was sent, or that it goes out once more. Only rows that are still in doubt are
touched; a report that comes later is worth more than any word (delivery.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from campaigns.hints import wake_sender
from campaigns.ledger.events import HEARD, WRITE_FIRST_TIMES
from campaigns.ledger.moves import AS_IT_WAS, IN_EVENTS, counted
from campaigns.ledger.tallies import COUNT_MOVES
from campaigns.models import Campaign, CampaignStatus, Message, Outbox, OutboxState, State
from campaigns.running.entering_by_messages import hear
from providers.models import Project
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor

MOST = 20_000  # in one go: somebody waits for their page meanwhile

HELD = f"""
SELECT m.id, {AS_IT_WAS}
FROM campaigns_outbox o JOIN campaigns_message m ON m.id = o.message_id
WHERE o.state = {OutboxState.IN_DOUBT:d} AND m.state = {State.IN_DOUBT:d}
    AND o.project_id = %(project)s
    AND (o.message_id = ANY(%(messages)s::bigint[]) OR o.campaign_id = %(campaign)s)
ORDER BY m.id LIMIT %(most)s FOR UPDATE OF m, o
"""

ASSUME_SENT = f"""
WITH held AS MATERIALIZED ({HELD}),
gone AS (DELETE FROM campaigns_outbox o USING held h WHERE o.message_id = h.id),
moves AS (
    UPDATE campaigns_message m
    SET state = {State.SENT:d}, code = '', sent_at = COALESCE(m.sent_at, now()),
        detail = 'No clear answer came; somebody of your team said that it was sent.'
    FROM held h WHERE m.id = h.id
    RETURNING {IN_EVENTS}, {counted("h", newly_sent="true")}, false AS newly_delivered,
        false AS newly_read
),
counted AS ({COUNT_MOVES}), written AS ({WRITE_FIRST_TIMES})
SELECT (SELECT count(*) FROM held), {HEARD}
"""

SEND_AGAIN = f"""
WITH held AS MATERIALIZED ({HELD}),
again AS (
    UPDATE campaigns_outbox o SET state = {OutboxState.READY:d}, due_at = statement_timestamp()
    FROM held h WHERE o.message_id = h.id
)
SELECT (SELECT count(*) FROM held), '{{}}'::bigint[]
"""


class SettlingError(Refusal):
    """Why this can't be settled like that, in words for the person who asked for it."""

    code = "doubts.settled_already"


@dataclass(frozen=True, slots=True)
class Doubts:
    """Those of one campaign, or some messages of a project."""

    project: Project
    campaign: Campaign | None = None
    messages: Sequence[Message] = ()


@transaction.atomic
def assume_sent(doubts: Doubts, *, by: Actor, most: int = MOST) -> int:
    """They count as sent from now on. How many that were; more may be left (`are_left`)."""
    settled = _settle(ASSUME_SENT, doubts, most=most)
    _audit("assumed_sent", doubts, by=by, settled=settled)
    return settled


@transaction.atomic
def send_again(doubts: Doubts, *, by: Actor, most: int = MOST) -> int:
    """They go out once more, and somebody may get them twice. How many that were; more may be left.
    Raises SettlingError where nothing of the campaign goes out any more."""
    campaigns = {doubts.campaign, *(message.campaign for message in doubts.messages)} - {None}
    if any(campaign and campaign.status == CampaignStatus.STOPPED for campaign in campaigns):
        raise SettlingError(
            "The campaign was stopped, so nothing of it is sent any more.",
            code="campaign.wrong_status",
        )
    settled = _settle(SEND_AGAIN, doubts, most=most)
    _audit("sent_again", doubts, by=by, settled=settled)
    wake_sender()
    return settled


def are_left(campaign: Campaign) -> bool:
    mine = Outbox.objects.filter(campaign=campaign, state=OutboxState.IN_DOUBT)
    return mine.filter(message__state=State.IN_DOUBT).exists()


def _settle(sql: str, doubts: Doubts, *, most: int) -> int:
    parameters = {
        "most": most,
        "project": doubts.project.pk,
        "campaign": doubts.campaign.pk if doubts.campaign else None,
        "messages": [message.pk for message in doubts.messages],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        count, heard = cursor.fetchone()
    hear(heard)
    if not count:
        raise SettlingError("Nothing is in doubt any more: reports or the time have settled it.")
    return int(count)


def _audit(what: str, doubts: Doubts, *, by: Actor, settled: int) -> None:
    target = doubts.campaign or next(iter(doubts.messages), None)
    kind = "campaign" if doubts.campaign else "message"
    auditing.record(
        f"{kind}.{what}",
        by=by,
        project=doubts.project,
        target=target,
        note=f"{settled} in doubt" if doubts.campaign else "",
    )
