"""Asking for an export, taking its file along, cancelling and deleting it."""

from typing import IO

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.audience.segments.naming import hold_project
from campaigns.hints import wake_exporter
from campaigns.models import Export, ExportFormat, ExportStatus
from campaigns.results.exports.contents import content_of
from campaigns.results.exports.formats import refuse_too_long
from campaigns.results.exports.whom import ExportError, Wish
from providers.models import Project
from providers.watch import auditing
from providers.watch.actors import Actor

MOST_WAITING = 20
TOO_MANY = (
    f"{MOST_WAITING} exports of this project wait already. Cancel some, or wait until one is ready."
)
NOT_YOURS = "Only whoever asked for an export may download it. Export these people yourself."
NOT_READY = "This file is not there. Export again to have it."


@transaction.atomic
def ask_for(project: Project, wish: Wish, *, by: Actor) -> Export:
    """Raises Refusal: what is gone, and what no workbook has room for, is told at once."""
    export = Export(
        project=project,
        kind=wish.kind,
        title=wish.title[:200],
        format=wish.format,
        asked=dict(wish.asked),
        created_by=by.person,
        created_by_key=by.key,
    )
    if wish.format is ExportFormat.XLSX:
        refuse_too_long(wish.format, content_of(export))
    hold_project(project.pk)
    if Export.objects.unfinished().filter(project=project).count() >= MOST_WAITING:
        raise ExportError(TOO_MANY)
    export.save()
    auditing.record("export.asked", by=by, project=project, target=export)
    wake_exporter()
    return export


@transaction.atomic
def open_export(export: Export, *, by: Actor) -> IO[bytes]:
    """For whoever asked for it alone, until it expires. Raises ExportError."""
    if not is_asked_by(export, by):
        raise ExportError(NOT_YOURS)
    held = Export.objects.select_for_update().filter(pk=export.pk, status=ExportStatus.DONE).first()
    if held is None or not held.file or (held.expires_at or timezone.now()) <= timezone.now():
        raise ExportError(NOT_READY)
    try:
        file: IO[bytes] = held.file.open("rb")
    except FileNotFoundError:
        raise ExportError(NOT_READY) from None
    auditing.record("export.downloaded", by=by, project=export.project, target=export)
    return file


def is_asked_by(export: Export, actor: Actor) -> bool:
    if actor.key is not None:
        return export.created_by_key_id == actor.key.pk
    return actor.person is not None and export.created_by_id == actor.person.pk


@transaction.atomic
def cancel_export(export: Export, *, by: Actor) -> bool:
    """One that is being written stops within seconds. False if it was over, or is being cancelled
    already."""
    waiting = Export.objects.filter(pk=export.pk, status=ExportStatus.QUEUED)
    running = Export.objects.filter(pk=export.pk, status=ExportStatus.RUNNING, cancel_asked=False)
    cancelled = waiting.update(status=ExportStatus.CANCELLED, finished_at=Now()) or running.update(
        cancel_asked=True
    )
    if cancelled:
        auditing.record("export.cancelled", by=by, project=export.project, target=export)
    return bool(cancelled)


@transaction.atomic
def delete_export(export: Export, *, by: Actor) -> None:
    """With its file. Nothing where somebody was quicker."""
    held = Export.objects.select_for_update().filter(pk=export.pk).first()
    if held is None:
        return
    auditing.record("export.deleted", by=by, project=held.project, target=held)
    if held.file:
        held.file.delete(save=False)
    held.delete()
