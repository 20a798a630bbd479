"""A project's caps: nobody gets more than so many marketing messages in a day, a week or a month,
over all of its campaigns and what programs send. A campaign may go without asking; its messages
count all the same.

What counts is what may have reached the phone: sent within the span, in somebody's hands, or in
doubt. What failed gives its place back. Nothing is kept beside the messages, so a kill can leave
nothing wrong (docs/decisions/0028-caps-are-counted-at-the-claim.md).
"""

from campaigns.gates.base import Explanation, TurnGate
from campaigns.gates.marketing import MARKETING_VARIANTS, may_be_marketing
from campaigns.models import Campaign, MessageKind, OutboxState, Reason, State
from providers.models import CAP_DAYS
from templates_app.keeping.categories import MARKETING_VERSIONS

# How far back the longest of the project's caps reaches.
_SPAN = f"""(SELECT interval '1 day' * GREATEST({
    ", ".join(
        f"CASE WHEN asking.{name} IS NOT NULL THEN {days} END" for name, days in CAP_DAYS.items()
    )
}) FROM providers_project asking WHERE asking.id = %(project)s)"""

# An index finds a phone's messages in the order of their runs, and those that were over before the
# longest span tell nothing.
_FIRST_RUN = f"""(SELECT min(id) FROM campaigns_run
        WHERE COALESCE(finished_at, 'infinity') > statement_timestamp() - {_SPAN})"""

# When a message, other, reached its phone as far as anybody knows; NULL: it did not. Only of one
# that waits does its row of the outbox tell more.
_AT = f"""CASE
        WHEN other.state IN ({State.SENT:d}, {State.DELIVERED:d}, {State.READ:d})
            THEN other.sent_at
        WHEN other.state = {State.UNKNOWN:d} THEN other.failed_at
        WHEN other.state = {State.IN_DOUBT:d} THEN timestamptz 'infinity'
        WHEN other.state = {State.QUEUED:d} AND (
            SELECT in_hand.state FROM campaigns_outbox in_hand WHERE in_hand.message_id = other.id
        ) = {OutboxState.CLAIMED:d} THEN timestamptz 'infinity' END"""

# Asked once for a statement: a project whose programs send nothing looks no phone up for them.
_PROGRAMS_SEND = f"""EXISTS (SELECT 1 FROM campaigns_message of_programs
        WHERE of_programs.project_id = %(project)s AND of_programs.kind = {MessageKind.API:d})"""


def _others(whose: str) -> str:
    """SQL for what phones had: campaigns' messages, and those that programs have sent. `whose` is a
    condition of a message, other."""
    of_campaigns = f"""other.kind = {MessageKind.CAMPAIGN:d} AND other.run_id >= {_FIRST_RUN}
            AND other.variant_id IN ({MARKETING_VARIANTS})"""
    of_programs = f"""other.kind = {MessageKind.API:d} AND other.run_id IS NULL
            AND (other.content ->> 'version')::bigint IN ({MARKETING_VERSIONS})
            AND {_PROGRAMS_SEND}"""
    return " UNION ALL ".join(
        f"""SELECT other.send_key, {_AT} AS at
        FROM campaigns_message other
        WHERE other.project_id = %(project)s AND {whose} AND {source}"""
        for source in (of_campaigns, of_programs)
    )


def _is_on(project: str) -> str:
    caps = ", ".join(f"capped.{name}" for name in CAP_DAYS)
    return f"""EXISTS (SELECT 1 FROM providers_project capped
        WHERE capped.id = {project} AND COALESCE({caps}) IS NOT NULL)"""


def _reached(before: str) -> str:
    """SQL of messages that phones had, grouped, and of pr, the project: with so many more before,
    one of its caps is reached."""
    return " OR ".join(
        f"count(*) FILTER (WHERE had.at > statement_timestamp() - interval '{days} days')"
        f" + {before} >= pr.{name}"
        for name, days in CAP_DAYS.items()
    )


# Among a claim's own messages the first ones come first. Those in doubt are counted as others'
# already, and whoever asks nobody takes a place before all who do.
_OVER = f"""
SELECT mine.id
FROM (
    SELECT alone.id, alone.send_key, COALESCE(c.ignores_caps, false) AS asks_nobody,
        count(*) FILTER (WHERE alone.state = {State.QUEUED:d}) OVER (
            PARTITION BY alone.send_key
            ORDER BY alone.state DESC, COALESCE(c.ignores_caps, false) DESC, alone.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier
    FROM alone LEFT JOIN campaigns_campaign c ON c.id = alone.campaign_id
    WHERE alone.alone_reason IS NULL AND NOT alone.settled AND alone.send_key IS NOT NULL
        AND CASE alone.kind WHEN {MessageKind.API:d}
            THEN (alone.content ->> 'version')::bigint IN ({MARKETING_VERSIONS})
            ELSE alone.variant_id IN ({MARKETING_VARIANTS}) END
) AS mine
JOIN providers_project pr ON pr.id = %(project)s
WHERE NOT mine.asks_nobody AND (
    SELECT {_reached("mine.earlier")}
    FROM ({_others("other.send_key = mine.send_key AND other.id <> mine.id")}) AS had)
"""

_PHONES = f"""
SELECT had.send_key FROM ({_others("other.send_key IS NOT NULL")}) AS had
JOIN providers_project pr ON pr.id = %(project)s
WHERE had.at IS NOT NULL GROUP BY had.send_key, pr.id HAVING {_reached("0")}
"""

# How many each phone had within each span, in the order of CAP_DAYS; for whoever wants to know it.
_HAD_IN_EACH = ", ".join(
    f"count(*) FILTER (WHERE had.at > statement_timestamp() - interval '{days} days')"
    for days in CAP_DAYS.values()
)


def _loads(whose: str) -> str:
    return f"""
SELECT had.send_key, {_HAD_IN_EACH}
FROM ({_others(whose)}) AS had WHERE had.at IS NOT NULL GROUP BY had.send_key
"""


LOADS = _loads("other.send_key IS NOT NULL")
LOAD_OF_PHONE = _loads("other.send_key = %(key)s")


def _applies(campaign: Campaign) -> bool:
    asks = not campaign.ignores_caps and may_be_marketing(campaign)
    return asks and bool(campaign.project.caps)


FREQUENCY_CAP = TurnGate(
    reason=Reason.FREQUENCY_CAP,
    explanation=Explanation(
        "They had as many marketing messages as the project's caps allow",
        "Nothing to do: a later campaign can reach them again.",
    ),
    is_on=_is_on,
    at_claim=f"alone.id IN ({_OVER})",
    phones=_PHONES,
    applies=_applies,
)
