"""What holds back a message that a program sends: it has no campaign, whose gates would be asked.

Its sender says that it belongs to something that somebody did, so MSG-whatsapp is asked of
marketing templates alone; who has blocked the number gets nothing at all. What is said here holds
when a message is accepted, and once more when it leaves: an opt-out may lie between.
"""

from collections.abc import Mapping

from campaigns.audience.reachability import UNREACHABLE
from campaigns.gates.base import first_reason
from campaigns.gates.trial_mode import TRIAL_MODE
from campaigns.models import Reason
from templates_app.keeping.categories import version_is_marketing

_IS_MARKETING = version_is_marketing("(m.content ->> 'version')::bigint")

# SQL of m, p, b and the parameter project. Who is no profile has no MSG-whatsapp.
REASONS: Mapping[Reason, str] = {
    Reason.NUMBER_BLOCKED: UNREACHABLE[Reason.NUMBER_BLOCKED],
    Reason.NOT_SUBSCRIBED: f"{UNREACHABLE[Reason.NOT_SUBSCRIBED]} AND {_IS_MARKETING}",
    Reason.MARKETING_STOPPED: f"b.marketing_stopped AND {_IS_MARKETING}",
    Reason.TRIAL_MODE: TRIAL_MODE.at_claim,
}

_JOINED = """
CROSS JOIN LATERAL (SELECT jsonb_build_object('version', planned.version) AS content) m
LEFT JOIN campaigns_profile p ON p.id = planned.profile
LEFT JOIN campaigns_phoneblock b
    ON b.project_id = %(project)s AND b.match_key = planned.match_key
"""


def reason_for_programs() -> str:
    """SQL, as REASONS: why a program's message gets no try; NULL: nothing is against it."""
    return first_reason(REASONS.items())


def asking(planned: str, *, columns: str) -> str:
    """SQL: these columns and the reason of each message before there is one. `planned` are rows
    with the id of a version, NULL for a text of one's own, with a profile and a match_key."""
    return f"SELECT {columns}, {reason_for_programs()} FROM {planned} AS planned {_JOINED}"
