"""What becomes of messages sets off live campaigns, and keeps others from going out: in the
transaction that writes it down, by one statement for all of it.

Only of campaigns' own messages: a test or an answer sets nothing off.
"""

from collections.abc import Iterable, Sequence

from campaigns.audience.segments.rules import Statement
from campaigns.ledger.array_texts import numbers
from campaigns.models import Event, MessageKind
from campaigns.planning.occasion import Deed
from campaigns.planning.occasion_events import message_event, of_message_sql
from campaigns.running.listening import Listening, hold_listening
from campaigns.running.writing_triggers import Meant, Told, avert, enter

TOLD = f"""told AS MATERIALIZED (
    SELECT 0::bigint AS kind_id, e.name, m.campaign_id, e.at, e.id AS fingerprint, e.properties,
        p.id AS profile_id,
        COALESCE(p.match_key, -p.id) AS match_key
    FROM campaigns_event e
    JOIN campaigns_message m ON m.id = e.message_id AND m.kind = {MessageKind.CAMPAIGN:d}
    JOIN campaigns_profile p ON p.id = e.profile_id
    WHERE e.id = ANY(%(events)s::bigint[]) AND e.project_id = %(project)s
)"""


HEARS = """c.project_id = %(project)s
    AND (c.awaited_message > '' OR c.averted_by_message > '')"""


def hear(event_ids: Sequence[int]) -> None:
    """New events, of one project or several. In the transaction that has written them."""
    if not event_ids:
        return
    projects = Event.objects.filter(pk__in=event_ids).values_list("project_id", flat=True)
    for project_id in sorted(set(projects)):
        if listening := hold_listening(HEARS, {"project": project_id}):
            _tell(listening, project_id, event_ids)


def _tell(listening: Sequence[Listening], project_id: int, event_ids: Sequence[int]) -> None:
    told = Told(TOLD, {"events": numbers(event_ids), "project": project_id}, may_meet=True)
    clock = listening[0].clock
    statement = Statement(clock)
    avert(told, [*_averted(listening, statement)], statement)
    statement = Statement(clock)
    enter(told, [*_set_off(listening, statement)], statement)


def _set_off(listening: Iterable[Listening], statement: Statement) -> Iterable[Meant]:
    for each in listening:
        deed, happened = each.awaited.occasion.did, each.awaited.did
        if isinstance(deed, Deed) and message_event(deed) and happened is not None:
            yield Meant(each, of_message_sql(deed, happened, statement))


def _averted(listening: Iterable[Listening], statement: Statement) -> Iterable[Meant]:
    for each in listening:
        deed, happened = each.awaited.occasion.unless, each.awaited.unless
        if deed is not None and message_event(deed) and happened is not None:
            yield Meant(each, of_message_sql(deed, happened, statement))
