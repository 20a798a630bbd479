"""When Gupshup refuses the whole account: the project's campaigns wait, and people are told."""

from campaigns.lifecycle import pause_all
from providers import incidents
from providers.gateway.results import Answer
from providers.models import IncidentKind

CREDENTIAL_CODES = {"102", "103"}


def halt(project_id: int, answer: Answer) -> None:
    """Pauses what runs, instead of failing person after person with the same answer."""
    wrong_credentials = answer.code in CREDENTIAL_CODES
    kind = IncidentKind.CREDENTIALS if wrong_credentials else IncidentKind.ACCOUNT
    detail = f"Gupshup answered {answer.code}: {answer.detail}"
    paused = pause_all(project_id, reason=f"{kind.label}. {detail}")
    if paused:
        incidents.report(project_id, kind, detail=detail)
