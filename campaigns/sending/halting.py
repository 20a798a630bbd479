"""When going on would do harm to everybody who still waits: the project's campaigns stand still.

Gupshup refuses the whole account: its campaigns are paused, people are told, and somebody resumes
them. Gupshup can't be reached: nothing is claimed but a probe now and then, and everything goes on
by itself (pace/rate.py keeps that, for all workers). Message after message fails: storm_watch.py.
"""

from collections.abc import Iterable, Mapping
from time import monotonic

from campaigns.pace import rate
from campaigns.running.lifecycle import pause_all
from providers.gateway.codes import send_code
from providers.gateway.results import Answer
from providers.gateway.settings import gateway_settings
from providers.gateway.troubles import Trouble
from providers.models import IncidentKind
from providers.watch import incidents

KINDS = {
    Trouble.CREDENTIALS: IncidentKind.CREDENTIALS,
    Trouble.IP_REFUSED: IncidentKind.IP_REFUSED,
    Trouble.BALANCE: IncidentKind.BALANCE,
}

TOLD_FROM = 8.0  # seconds: with so long a pause between two probes, people are told of the outage
GOES_ON = "Nothing is lost: Kabootar keeps trying and goes on by itself."


def halt(project_id: int, answer: Answer) -> None:
    """Pauses what runs, instead of failing person after person with the same answer."""
    known = send_code(answer.code, gateway_settings().extra_codes)
    kind = KINDS.get(known.trouble, IncidentKind.ACCOUNT)
    detail = f"{known.meaning} {known.way_out} (Gupshup's code: {answer.code})".strip()
    pause_all(project_id, reason=f"{kind.label}. {detail}")
    incidents.report(project_id, kind, detail=detail)


class Outages:
    """Which projects are held because nobody answers, as far as this process knows."""

    def __init__(self) -> None:
        self._held: set[int] = set()

    def know(self, project_id: int) -> None:
        """Some worker has found it unreachable."""
        self._held.add(project_id)

    def note(self, *, unreachable: Mapping[int, Answer], reached: Iterable[int]) -> None:
        """The answers of a turn: one of each project where nobody was there, and the projects
        where somebody was. One who answers is worth more than many who don't."""
        answering = set(reached)
        for project_id in answering & self._held:
            rate.release(project_id)
            self._held.discard(project_id)
        for project_id in unreachable.keys() - answering:
            pause = rate.hold(project_id)
            self._held.add(project_id)
            if pause >= TOLD_FROM:
                detail = f"{unreachable[project_id].detail}. {GOES_ON}"
                incidents.report(project_id, IncidentKind.OUTAGE, detail=detail)


class Recovery:
    """Closes a project's incidents once Gupshup takes its messages. Asked in every turn, it goes
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
