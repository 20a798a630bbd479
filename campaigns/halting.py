"""When Gupshup refuses the whole account: the project's campaigns wait, and people are told."""

from campaigns.lifecycle import pause_all
from providers import incidents
from providers.gateway.codes import send_code
from providers.gateway.results import Answer
from providers.gateway.settings import gateway_settings
from providers.gateway.troubles import Trouble
from providers.models import IncidentKind

KINDS = {
    Trouble.CREDENTIALS: IncidentKind.CREDENTIALS,
    Trouble.IP_REFUSED: IncidentKind.IP_REFUSED,
    Trouble.BALANCE: IncidentKind.BALANCE,
}


def halt(project_id: int, answer: Answer) -> None:
    """Pauses what runs, instead of failing person after person with the same answer."""
    known = send_code(answer.code, gateway_settings().extra_codes)
    kind = KINDS.get(known.trouble, IncidentKind.ACCOUNT)
    detail = f"{known.meaning} {known.way_out} (Gupshup's code: {answer.code})".strip()
    if pause_all(project_id, reason=f"{kind.label}. {detail}"):
        incidents.report(project_id, kind, detail=detail)
