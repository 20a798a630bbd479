"""Starting and cancelling imports, and finding those whose worker is gone."""

from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from campaigns.audience.consent import check_consent
from campaigns.audience.imports.finishing import forget_file
from campaigns.audience.imports.lease import MOST_TRIES, SILENT_FOR, waiting_or_abandoned
from campaigns.audience.imports.mapping import (
    ColumnMapping,
    MappingError,
    check,
    known_properties,
)
from campaigns.audience.imports.staging import Staging
from campaigns.audience.lists import ListError, free_name, list_called
from campaigns.audience.property_changes.busy import BUSY, busy_names
from campaigns.audience.segments.naming import hold_project
from campaigns.hints import wake_importer
from campaigns.models import Import, ImportKind, ImportStatus, ProfileProperty
from providers.watch import auditing
from providers.watch.actors import Actor

GIVEN_UP = (
    "The import was interrupted several times and has been given up. What is saved stays saved. "
    "Please upload the file again; if it happens again, tell whoever runs this installation."
)


@transaction.atomic
def start(
    upload: Import,
    mapping: ColumnMapping,
    *,
    default_country: str,
    new_subscribed: bool | None,
    only_whole_rows: bool = False,
    consent: str = "",
    by: Actor,
) -> bool:
    """From the mapping page to the queue. False if somebody was quicker. Raises MappingError or
    ConsentError."""
    check_consent(consent)
    kind = ImportKind(upload.kind)
    hold_project(upload.project_id)  # nobody renames or deletes a property until it is named here
    check(mapping, kind=kind, known=known_properties(upload.project, kind))
    if kind != ImportKind.EVENTS:  # whose are learnt by name, when the rows are read
        _remember_properties(upload, mapping)
    waiting = Import.objects.filter(pk=upload.pk, status=ImportStatus.UPLOADED)
    started = waiting.update(
        status=ImportStatus.QUEUED,
        mapping=mapping.as_json(),
        default_country=default_country,
        new_subscribed=new_subscribed,
        only_whole_rows=only_whole_rows,
        consent=consent,
        beat_at=Now(),
    )
    if started:
        _make_list(upload, by=by)
        auditing.record("import.started", by=by, project=upload.project, target=upload)
        wake_importer(upload.pk)
    return bool(started)


def _make_list(upload: Import, *, by: Actor) -> None:
    """One that is named after the file, where nobody chose another. The project is held."""
    if not upload.new_list or upload.into_list_id:
        return
    try:
        made = list_called(upload.project, free_name(upload.project, upload.new_list), by=by)
    except ListError as refused:
        raise MappingError({None: str(refused)}) from None
    Import.objects.filter(pk=upload.pk).update(into_list=made)


def _refuse_busy(upload: Import, mapping: ColumnMapping) -> None:
    busy = busy_names(upload.project)
    problems: dict[int | None, str] = {
        number: f"“{column.property_name}”: {BUSY}"
        for number, column in mapping.properties()
        if column.property_name in busy
    }
    if problems:
        raise MappingError(problems)


def _remember_properties(upload: Import, mapping: ColumnMapping) -> None:
    _refuse_busy(upload, mapping)
    ProfileProperty.objects.bulk_create(
        (
            ProfileProperty(
                project=upload.project,
                name=column.property_name,
                type=column.value_type.property_type,
            )
            for _, column in mapping.properties()
        ),
        ignore_conflicts=True,
    )
    # Somebody may have given one of the names another type at this very moment.
    kind = ImportKind(upload.kind)
    check(mapping, kind=kind, known=known_properties(upload.project, kind))


@transaction.atomic
def cancel(upload: Import, *, by: Actor) -> bool:
    """A running import stops within a second; what it has saved stays. False if it was over, or
    is being cancelled already."""
    cancelled = _cancel(upload)
    if cancelled:
        auditing.record("import.cancelled", by=by, project=upload.project, target=upload)
    return cancelled


def _cancel(upload: Import) -> bool:
    idle = Import.objects.filter(
        pk=upload.pk, status__in=(ImportStatus.UPLOADED, ImportStatus.QUEUED)
    )
    if idle.update(status=ImportStatus.CANCELLED, problem="", finished_at=Now(), file=""):
        transaction.on_commit(partial(forget_file, upload))
        return True
    running = Import.objects.filter(pk=upload.pk, status=ImportStatus.RUNNING, cancel_asked=False)
    return bool(running.update(cancel_asked=True))


def wake_next(project_id: int) -> None:
    """Of those that wait for their turn, the oldest."""
    waiting = Import.objects.filter(project=project_id, status=ImportStatus.QUEUED).order_by("pk")
    for import_id in waiting.values_list("pk", flat=True)[:1]:
        wake_importer(import_id)


def resume_lost() -> int:
    """Queue again what waits or is silent for too long; give up what never gets through."""
    lost = Import.objects.filter(waiting_or_abandoned(), beat_at__lt=Now() - SILENT_FOR)
    for upload in lost.filter(tries__gte=MOST_TRIES):
        _give_up(upload)
    waiting = list(lost.filter(tries__lt=MOST_TRIES).values_list("pk", flat=True))
    lost.filter(pk__in=waiting).update(status=ImportStatus.QUEUED, beat_at=Now())
    for import_id in waiting:
        wake_importer(import_id)
    return len(waiting)


def _give_up(upload: Import) -> None:
    over = Import.objects.filter(waiting_or_abandoned(), pk=upload.pk, tries=upload.tries)
    if over.update(status=ImportStatus.FAILED, problem=GIVEN_UP, finished_at=Now(), file=""):
        transaction.on_commit(partial(forget_file, upload))
        Staging(upload.pk, tries=upload.tries).drop()
