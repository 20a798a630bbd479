"""How many callbacks of a project come, and whether they are read: from the newest rows alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from callbacks.inspecting.one_row import one_row
from callbacks.inspecting.watching import ENOUGH, WAITING, WAITS_TOO_LONG

LOOKS_BACK = timedelta(minutes=10)

_NEWEST = f"""
SELECT count(*), min(received_at) FROM (
    SELECT received_at FROM callbacks_receipt
    WHERE project_id = %s ORDER BY id DESC LIMIT {ENOUGH}
) AS newest WHERE received_at >= %s
"""


@dataclass(frozen=True, slots=True)
class Lately:
    """`waits`: for how long the oldest has, that nobody has read yet."""

    per_minute: float
    waits: timedelta

    @property
    def is_late(self) -> bool:
        return self.waits > WAITS_TOO_LONG

    @property
    def words(self) -> str:
        """Like "about 120 a minute"."""
        if not self.per_minute:
            return "none in the last 10 minutes"
        if self.per_minute < 1:
            return "less than one a minute"
        return f"about {round(self.per_minute):,} a minute"


def callbacks_lately(project_id: int, *, now: datetime) -> Lately:
    """Two queries, however many callbacks."""
    count, first = one_row(_NEWEST, project_id, now - LOOKS_BACK)
    (oldest,) = one_row(WAITING, project_id)
    span = now - first if count == ENOUGH else LOOKS_BACK
    per_minute = count / max(span / timedelta(minutes=1), 1 / 60)
    return Lately(per_minute, max(now - oldest, timedelta()) if oldest else timedelta())
