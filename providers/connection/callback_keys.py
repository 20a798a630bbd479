"""A new key for a project's callback addresses; the one before stays valid for a while.

Gupshup's support may take days to enter new addresses, and what is posted to the old one until then
must not be lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from providers.connection.callback_urls import current_key
from providers.models import CallbackKey, Project
from providers.watch import auditing
from providers.watch.actors import Actor

GRACE_PERIODS = {
    "0": ("None: the old addresses stop at once", timedelta(0)),
    "1": ("1 day", timedelta(days=1)),
    "7": ("7 days", timedelta(days=7)),
    "30": ("30 days", timedelta(days=30)),
}
USUAL = "7"
_LABELS = {span: label for label, span in GRACE_PERIODS.values()}


@dataclass(frozen=True, slots=True)
class KeysInUse:
    """`retiring` are the old ones that are still taken, the longest-lived first."""

    current: CallbackKey
    retiring: list[CallbackKey]


def keys_in_use(project: Project, *, at: datetime) -> KeysInUse:
    current = current_key(project)
    old = CallbackKey.objects.valid(at=at).filter(project=project, retires_at__isnull=False)
    return KeysInUse(current, list(old.order_by("-retires_at")))


@transaction.atomic
def rotate_key(project: Project, *, seen: int, grace: timedelta, at: datetime, by: Actor) -> bool:
    """False where the key has been rotated since the page was opened (`seen` is its id): of two
    clicks one counts."""
    retired = CallbackKey.objects.filter(pk=seen, project=project, retires_at=None).update(
        retires_at=at + grace
    )
    if retired:
        CallbackKey.objects.create(project=project)
        note = f"Grace period: {_LABELS.get(grace, grace)}"
        auditing.record("provider.rotated_key", by=by, project=project, target=project, note=note)
    return bool(retired)


@transaction.atomic
def end_old_keys(project: Project, *, at: datetime, by: Actor) -> int:
    """How many were still taken."""
    old = CallbackKey.objects.valid(at=at).filter(project=project, retires_at__isnull=False)
    ended = old.update(retires_at=at)
    if ended:
        auditing.record("provider.ended_old_keys", by=by, project=project, target=project)
    return ended
