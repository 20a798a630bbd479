"""What becomes of planned dates that have come: sent, waited for, or skipped with the reason.

After a time in which nothing ran there may be many of them. At most the newest is sent, never one
for each that was missed: people would get them all at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from campaigns.planning.schedule import Due

# How late a run may begin where its campaign has no cut-off.
GRACE = timedelta(hours=1)


class Late(StrEnum):
    """What its author chose for a run that can't begin before its cut-off."""

    SKIP = "skip"
    SEND = "send"


class Outcome(StrEnum):
    """What becomes of one planned date, with what its run's line says."""

    SEND = "send"
    WAIT = "wait"
    MISSED = "missed"
    OVERTAKEN = "overtaken"
    STILL_GOING = "still_going"
    PAUSED = "paused"
    CHANGED = "changed"

    @property
    def words(self) -> str:
        return OUTCOME_WORDS[self]

    @property
    def is_skipped(self) -> bool:
        return self not in (Outcome.SEND, Outcome.WAIT)


OUTCOME_WORDS = {
    Outcome.SEND: "Goes out.",
    Outcome.WAIT: "Goes out late, when nothing holds it up any more.",
    Outcome.MISSED: "Skipped: nothing could be sent at its time, nor before its cut-off.",
    Outcome.OVERTAKEN: "Skipped: nothing could be sent before the next date had come.",
    Outcome.STILL_GOING: "Skipped: the run before was still going out at its cut-off.",
    Outcome.PAUSED: "Skipped: the campaign was paused until its cut-off.",
    Outcome.CHANGED: "Skipped: the campaign was paused, and changed before it was resumed.",
}


@dataclass(frozen=True, slots=True)
class Decided:
    due: Due
    outcome: Outcome


def decide(
    come: Sequence[Due],
    *,
    now: datetime,
    late: Late,
    cut_off: timedelta | None,
    held_by: Outcome | None = None,
) -> list[Decided]:
    """Of dates that have come and were not decided yet, in their order. `held_by`: what is said of
    one that can't begin yet, and is too late then. Whoever waits is asked about again."""
    if not come:
        return []
    *older, newest = come
    overtaken = [Decided(due, Outcome.OVERTAKEN) for due in older]
    is_too_late = now > newest.at + (cut_off or GRACE)
    return [*overtaken, Decided(newest, _of_newest(late, is_too_late, held_by))]


def _of_newest(late: Late, is_too_late: bool, held_by: Outcome | None) -> Outcome:  # noqa: FBT001
    if late == Late.SKIP and is_too_late:
        return held_by or Outcome.MISSED
    return Outcome.WAIT if held_by else Outcome.SEND
