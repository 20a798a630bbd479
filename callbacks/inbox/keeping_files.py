"""Pictures and files that people send, fetched by a worker and shown from our copy alone.

The links come from outside: only hosts of a list are asked, with limits of size and time, and no
browser ever opens one.
"""

import logging
import secrets
from collections.abc import Sequence
from datetime import timedelta
from fnmatch import fnmatch
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from callbacks.models import FileState, InboundMessage
from providers.network.fetching import FetchRefusal, FetchRefused, fetch
from providers.watch.full_disk import is_full
from providers.watch.turns import drawn

logger = logging.getLogger(__name__)

AT_ONCE = 10
MOST_TRIES = 3
# From one try to the next, while its worker has it and afterwards: longer than as many fetches take
# as are done at once, and than most servers stay away.
RESTS = (timedelta(minutes=2), timedelta(minutes=10))
# What may come back another time.
PASSING = {
    FetchRefusal.UNREACHABLE,
    FetchRefusal.TOO_SLOW,
    FetchRefusal.BROKEN,
    FetchRefusal.UNKNOWN_HOST,
}
IMAGES = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


class NotKeptError(Exception):
    """Why there is no copy. `passes`: another try may succeed."""

    def __init__(self, why: str, *, passes: bool = False) -> None:
        super().__init__(why)
        self.passes = passes


def keep_files() -> int:
    """Fetches what is wanted, a few at a time. How many were looked at."""
    rows = _claim()
    for number, row in enumerate(rows):
        try:
            _keep(row)
        except OSError as error:
            if not is_full(error):
                raise
            logger.error("Files that people sent wait: the disk is full.")
            _untried(rows[number:])
            break
    return len(rows)


def _untried(rows: Sequence[InboundMessage]) -> None:
    wanted = InboundMessage.objects.filter(file_state=FileState.WANTED)
    wanted.filter(pk__in=[row.pk for row in rows]).update(
        file_tries=F("file_tries") - 1, file_due_at=None
    )


@transaction.atomic
def _claim() -> Sequence[InboundMessage]:
    """The try is counted before it is done, so that one that ends its worker ends by itself."""
    now = timezone.now()
    wanted = InboundMessage.objects.filter(file_state=FileState.WANTED)
    due = wanted.filter(Q(file_due_at=None) | Q(file_due_at__lte=now))
    held = drawn(due).select_for_update(skip_locked=True)
    rows = list(held.order_by("file_tries", "pk")[:AT_ONCE])
    for row in rows:
        row.file_due_at = now + RESTS[min(row.file_tries, len(RESTS) - 1)]
        row.file_tries += 1
        if row.file_tries > MOST_TRIES:
            row.file_state, row.file_problem = FileState.GIVEN_UP, "It could not be fetched."
    changed = ["file_due_at", "file_tries", "file_state", "file_problem"]
    InboundMessage.objects.bulk_update(rows, changed)
    return [row for row in rows if row.file_state == FileState.WANTED]


def _keep(row: InboundMessage) -> None:
    try:
        body = _fetched(str((row.media or {}).get("url") or ""))
    except NotKeptError as error:
        if not error.passes or row.file_tries >= MOST_TRIES:
            _settle(row, FileState.GIVEN_UP, file_problem=str(error))
        return
    name = f"inbound/{row.project_id}/{row.pk}-{secrets.token_hex(8)}"
    file = default_storage.save(name, ContentFile(body))
    if not _settle(row, FileState.KEPT, file=file):
        # Another worker was quicker, or the message is gone: nobody would ever delete this copy.
        default_storage.delete(file)


def _settle(row: InboundMessage, state: FileState, **said: str) -> bool:
    wanted = InboundMessage.objects.filter(pk=row.pk, file_state=FileState.WANTED)
    return bool(wanted.update(file_state=state, **said))


def _fetched(url: str) -> bytes:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        raise NotKeptError("Its address can't be read.") from None
    if not any(fnmatch(host, pattern) for pattern in settings.INBOUND_MEDIA_HOSTS):
        raise NotKeptError("Its server is not on the list of those that may be asked.")
    try:
        answer = fetch(url, follow_redirects=False)
    except FetchRefused as refusal:
        raise NotKeptError(str(refusal), passes=refusal.reason in PASSING) from None
    if answer.status != 200:
        passes = answer.status >= 500
        raise NotKeptError(f"The server answered {answer.status}: links expire.", passes=passes)
    return answer.body


def image_type(content: bytes) -> str:
    """By its own first bytes, whatever anybody says of it; empty for what is no picture."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((type_ for start, type_ in IMAGES.items() if content.startswith(start)), "")
