"""OPT_OUT follows an opt-out: Gupshup is told of the phones that it knows as opted in, and that are
blocked here.

The row that says "opted in" is the work list: it changes with Gupshup's answer and not before, so
nothing is lost, and a phone that comes back is opted in once more with its next template.
"""

import logging
from dataclasses import dataclass
from time import monotonic

from django.db import connection
from django.utils import timezone

from campaigns.sending.taking_over import is_ours
from providers.gateway.calling import call_now
from providers.gateway.requests import OptOut
from providers.gateway.results import Answer, Scope, Verdict
from providers.models import GatewayConsent, OptInBy, Provider
from providers.secrets.encryption import UnreadableSecretError

logger = logging.getLogger(__name__)

AT_ONCE, SECONDS = 100, 20.0  # of one project; the next turn goes on
# One that Gupshup can't be told of in a week is not asked about for ever.
TRIED_FOR = "7 days"

FIND = """
SELECT g.id, m.phone
FROM campaigns_phoneblock b
JOIN providers_gatewayconsent g
    ON g.project_id = b.project_id AND g.match_key = b.match_key AND g.opted_in
CROSS JOIN LATERAL (
    SELECT phone FROM campaigns_message
    WHERE project_id = g.project_id AND send_key = g.match_key
    ORDER BY id DESC LIMIT 1
) m
WHERE b.project_id = %(project)s AND b.blocked
    AND b.changed_at > now() - %(tried_for)s::interval
ORDER BY b.changed_at LIMIT %(at_once)s
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    consent_id: int
    phone: str


def tell_gupshup() -> None:
    """Blocks for up to AT_ONCE calls and about SECONDS a project; twice at the same time is
    harmless. A project that Gupshup refuses, or whose secrets can't be opened, keeps no other one
    waiting."""
    if not is_ours():
        return
    mine = Provider.objects.filter(opt_in_by=OptInBy.KABOOTAR).values_list("project", flat=True)
    for project_id in mine.order_by("pk"):
        if waiting := _waiting(project_id):
            try:
                _tell(Provider.objects.get(project=project_id), waiting)
            except (Provider.DoesNotExist, UnreadableSecretError) as error:
                logger.error("Project %s can't tell who opted out: %s", project_id, error)


def _waiting(project_id: int) -> list[Waiting]:
    parameters: dict[str, str | int] = {
        "project": project_id,
        "tried_for": TRIED_FOR,
        "at_once": AT_ONCE,
    }
    with connection.cursor() as cursor:
        cursor.execute(FIND, parameters)
        return [Waiting(*row) for row in cursor.fetchall()]


def _tell(provider: Provider, waiting: list[Waiting]) -> None:
    ends = monotonic() + SECONDS
    for phone in waiting:
        answer = call_now(OptOut(phone.phone.removeprefix("+")), provider.hsm)
        if _meets_everybody(answer):
            return  # the next turn asks again
        if answer.verdict not in (Verdict.ACCEPTED, Verdict.REFUSED):
            continue
        GatewayConsent.objects.filter(pk=phone.consent_id).update(
            opted_in=False, code=answer.code[:20], answered_at=timezone.now()
        )
        if monotonic() >= ends:
            return


def _meets_everybody(answer: Answer) -> bool:
    """Would the next phone get the same answer? The account is refused, we are too fast, or nobody
    answers."""
    return answer.scope is Scope.ACCOUNT or answer.slow_down or answer.http_status is None
