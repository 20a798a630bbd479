"""Who moves a message from where to where, and what all statements that do it share.

| who | from | to |
| --- | --- | --- |
| `running/writing_chunks.py`: a launch | no row yet | queued; suppressed at a gate |
| `running/turning_triggers.py`: one that is live | no row yet | queued; suppressed at a gate |
| `outbox/enqueueing.py` | no row yet | queued |
| `sending/claiming.py`, at a gate | queued · in doubt | suppressed · unknown |
| `sending/reconciling.py`: campaign or time is over | queued · in doubt | suppressed · unknown |
| `sending/putting_off.py`: quiet hours, and no waiting | queued · in doubt | suppressed · unknown |
| `audience/erasing/wiping.py` | queued · in doubt | suppressed · unknown |
| `outbox/withdrawing.py` | queued · in doubt | suppressed · unknown |
| `sending/recording.py`: it can't be composed | queued · in doubt | suppressed · unknown |
| `sending/recording.py`: an answer | queued · in doubt | sent, failed, in doubt |
| `sending/recording.py`: a late one, that it was taken | unknown | sent |
| `sending/reconciling.py`: a lease is over | queued · in doubt | in doubt |
| `sending/taking_over.py` | queued · in doubt | in doubt |
| `sending/reconciling.py`: a doubt is due | in doubt | unknown; in doubt, to be sent again |
| `sending/settling.py`: somebody's word | in doubt | sent; in doubt, to be sent again |
| `feedback/delivery.py`: a report | lower rank, not suppressed | sent, failed, delivered, read |

What is to be sent again stays in doubt, with an outbox row that is ready: whatever drops it then
can't say that it never left.

In every fragment m is the message; a statement keeps what it was (`AS_IT_WAS`) in a CTE, since
UPDATE gives back the new row alone.
"""

from campaigns.models import MessageKind, OwnCode, Reason, State

AS_IT_WAS = """m.state AS was, m.reason AS was_reason, m.code AS was_code,
    m.sent_at AS was_sent_at, m.failed_at AS was_failed_at"""

# What events say of a moved message (ledger/events.py).
IN_EVENTS = """m.id, m.project_id, m.profile_id, m.kind, m.campaign_id, m.variant_id, m.sent_at,
    m.delivered_at, m.read_at"""


def counted(before: str, *, newly_sent: str = "false") -> str:
    """SQL, to be returned by a CTE `moves`: what COUNT_MOVES (ledger/tallies.py) counts it by.
    `before` is the CTE with AS_IT_WAS."""
    return f"""m.run_id, m.variant_id AS of_variant, {newly_sent} AS newly_sent,
    {before}.was, {before}.was_reason, {before}.was_code, {before}.was_sent_at,
    {before}.was_failed_at, m.state AS now, m.reason, m.code, m.sent_at AS now_sent_at,
    m.failed_at AS now_failed_at"""


def is_open(state: str) -> str:
    """SQL: neither an answer, nor a report, nor a rule has settled it."""
    return f"{state} IN ({State.QUEUED:d}, {State.IN_DOUBT:d})"


def at_least(state: str, *wanted: str) -> str:
    """SQL: forward only, by the ranks. What is wanted may be NULL."""
    return f"GREATEST({', '.join([state, *wanted])})"


def when_dropped(state: str) -> str:
    """SQL: what was never tried is suppressed; of what may have left, nobody will know."""
    return f"""CASE {state} WHEN {State.QUEUED:d} THEN {State.SUPPRESSED:d}
        WHEN {State.IN_DOUBT:d} THEN {State.UNKNOWN:d} ELSE {state} END"""


def drop(reason: str) -> str:
    """SQL, for SET: an open message gets no (further) try, for this reason."""
    return f"""state = {when_dropped("m.state")},
        reason = CASE m.state WHEN {State.QUEUED:d} THEN {reason} ELSE '{Reason.UNKNOWN}' END,
        failed_at = CASE m.state WHEN {State.IN_DOUBT:d} THEN now() END"""


def doubt(code: OwnCode) -> str:
    """SQL, for SET: it may have left."""
    return f"state = {State.IN_DOUBT:d}, code = '{code}', detail = '{code.label}'"


def insert(*, send_key: str, state: str, reason: str, entry: str = "0") -> str:
    """SQL, to be followed by FROM: a campaign's new messages, of rows with id, phone and
    variant_id, and the parameters project, campaign and run."""
    return f"""INSERT INTO campaigns_message (project_id, kind, campaign_id, run_id, variant_id,
        profile_id, entry, phone, send_key, state, reason, code, detail, attempt, external_id,
        created_at)
    SELECT %(project)s, {MessageKind.CAMPAIGN:d}, %(campaign)s, %(run)s, variant_id, id, {entry},
        phone, {send_key}, {state}, {reason}, '', '', 0, '', now()"""
