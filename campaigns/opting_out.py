"""OPT_OUT follows an opt-out: Gupshup is told of the phones that it knows as opted in, and that are
blocked here.

The row that says "opted in" is the work list: it changes with Gupshup's answer and not before, so
nothing is lost, and a phone that comes back is opted in once more with its next template.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from campaigns.restoring import is_ours
from providers.gateway.calling import call_now
from providers.gateway.requests import OptOut
from providers.gateway.results import Scope, Verdict
from providers.models import GatewayConsent, OptInBy, Provider

AT_ONCE = 100
# One that Gupshup can't be told of in a week is not asked about for ever.
TRIED_FOR = "7 days"

FIND = """
SELECT g.project_id, g.id, m.phone
FROM campaigns_phoneblock b
JOIN providers_gatewayconsent g
    ON g.project_id = b.project_id AND g.match_key = b.match_key AND g.opted_in
JOIN providers_provider p ON p.project_id = b.project_id AND p.opt_in_by = %(by_us)s
CROSS JOIN LATERAL (
    SELECT phone FROM campaigns_message
    WHERE project_id = g.project_id AND send_key = g.match_key
    ORDER BY id DESC LIMIT 1
) m
WHERE b.blocked AND b.changed_at > now() - %(tried_for)s::interval
ORDER BY b.changed_at LIMIT %(at_once)s
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    consent_id: int
    phone: str


def tell_gupshup() -> None:
    """Blocks for up to AT_ONCE calls; twice at the same time is harmless."""
    if not is_ours():
        return
    for project_id, waiting in _waiting().items():
        _tell(Provider.objects.get(project_id=project_id), waiting)


def _waiting() -> dict[int, list[Waiting]]:
    parameters: dict[str, str | int] = {
        "by_us": OptInBy.KABOOTAR,
        "tried_for": TRIED_FOR,
        "at_once": AT_ONCE,
    }
    by_project: dict[int, list[Waiting]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(FIND, parameters)
        for project_id, consent_id, phone in cursor.fetchall():
            by_project[project_id].append(Waiting(consent_id, phone))
    return by_project


def _tell(provider: Provider, waiting: list[Waiting]) -> None:
    for phone in waiting:
        answer = call_now(OptOut(phone.phone.removeprefix("+")), provider.hsm)
        is_clear = answer.verdict in (Verdict.ACCEPTED, Verdict.REFUSED)
        if not is_clear or answer.scope is Scope.ACCOUNT:
            return  # it would meet the others too: the next round asks again
        GatewayConsent.objects.filter(pk=phone.consent_id).update(
            opted_in=False, code=answer.code[:20], answered_at=timezone.now()
        )
