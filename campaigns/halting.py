"""When Gupshup refuses the whole account: the project's campaigns wait, and people are told.
When it takes messages again, the incident ends by itself; the campaigns wait to be resumed.
"""

from collections.abc import Iterable
from time import monotonic

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
    pause_all(project_id, reason=f"{kind.label}. {detail}")
    incidents.report(project_id, kind, detail=detail)


class Recovery:
    """Closes a project's incidents once Gupshup takes its messages. Asked with every round, it goes
    to the database once in a few seconds only."""

    PAUSE = 5.0  # seconds

    def __init__(self) -> None:
        self._noted: dict[int, float] = {}

    def note(self, project_ids: Iterable[int]) -> None:
        now = monotonic()
        for project_id in project_ids:
            if now - self._noted.get(project_id, -self.PAUSE) >= self.PAUSE:
                incidents.close_account(project_id)
                self._noted[project_id] = now
