"""How far an import has got, in the figures of its page."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Import, ImportStatus

SOONEST = 2.0  # seconds before a speed says anything


@dataclass(frozen=True)
class Progress:
    percent: int
    step: str
    rows_per_second: float | None
    seconds_left: float | None


def progress_of(upload: Import, *, at: datetime) -> Progress:
    share = upload.share_done
    elapsed = (at - upload.started_at).total_seconds() if upload.started_at else 0.0
    known = upload.status == ImportStatus.RUNNING and elapsed >= SOONEST
    return Progress(
        percent=int(share * 100),
        step=_step(upload),
        rows_per_second=_rows(upload) / elapsed if known else None,
        seconds_left=elapsed * (1 - share) / share if known and share > 0 else None,
    )


def average_speed(upload: Import) -> float | None:
    """Rows per second of an import that has ended, or None where it was too short to say."""
    if not (upload.started_at and upload.finished_at):
        return None
    seconds = (upload.finished_at - upload.started_at).total_seconds()
    return upload.rows_read / seconds if seconds >= SOONEST else None


def _is_read(upload: Import) -> bool:
    return upload.bytes_done >= upload.bytes_total


def _rows(upload: Import) -> int:
    return upload.rows_saved if _is_read(upload) else upload.rows_read


def _step(upload: Import) -> str:
    if upload.status != ImportStatus.RUNNING:
        return "Waiting for a worker to begin"
    if upload.cancel_asked:
        return "Stopping"
    if not _is_read(upload):
        return "Reading and checking the rows"
    return "Saving"
