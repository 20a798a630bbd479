"""What holds back a message that a program sends: it has no campaign, whose gates would be asked.

Its sender says that it belongs to something that somebody did, so MSG-whatsapp is asked of
marketing templates alone; who has blocked the number gets nothing at all. What is said here holds
when a message is accepted, and once more when it leaves: an opt-out may lie between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

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

_ASK = f"""
SELECT {first_reason(REASONS.items())}
FROM unnest(%(versions)s::bigint[], %(match_keys)s::bigint[], %(profiles)s::bigint[])
    WITH ORDINALITY AS planned (version, match_key, profile, number)
CROSS JOIN LATERAL (SELECT jsonb_build_object('version', planned.version) AS content) m
LEFT JOIN campaigns_profile p ON p.id = planned.profile
LEFT JOIN campaigns_phoneblock b
    ON b.project_id = %(project)s AND b.match_key = planned.match_key
ORDER BY planned.number
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """A message before there is one. `version_id` is None for a text of one's own."""

    version_id: int | None
    match_key: int
    profile_id: int | None


def reason_for_programs() -> str:
    """SQL, as REASONS: why a program's message gets no try; NULL: nothing is against it."""
    return first_reason(REASONS.items())


def why_not_each(project_id: int, planned: Sequence[Planned]) -> list[Reason | None]:
    """In their order; None: nothing is against it."""
    values: dict[str, Any] = {
        "project": project_id,
        "versions": [one.version_id for one in planned],
        "match_keys": [one.match_key for one in planned],
        "profiles": [one.profile_id for one in planned],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ASK, values)
        return [Reason(reason) if reason else None for (reason,) in cursor.fetchall()]
