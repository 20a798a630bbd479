"""The end of an import, however it came about: its result is kept, people's data are not."""

from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from campaigns.audience.imports.lease import TakenOverError
from campaigns.audience.imports.refusals import Refusals
from campaigns.models import Import, ImportStatus
from providers.watch.unsaved_files import gone_if_unsaved


def finish(
    upload: Import, status: ImportStatus, *, problem: str = "", refusals: Refusals | None = None
) -> None:
    """Of an import that this worker holds. Raises TakenOverError."""
    with gone_if_unsaved(upload.refused_file), transaction.atomic():
        if refusals and (refusals.count or refusals.incomplete):
            upload.refused_file.save("refused.csv", refusals.as_file(), save=False)
        mine = Import.objects.filter(pk=upload.pk, tries=upload.tries, status=ImportStatus.RUNNING)
        if not mine.update(
            status=status,
            problem=problem,
            refused_file=upload.refused_file.name,
            file="",
            finished_at=Now(),
            beat_at=Now(),
        ):
            raise TakenOverError
        transaction.on_commit(partial(forget_file, upload), robust=True)


def forget_file(upload: Import) -> None:
    """What somebody uploaded is not kept: the people in it are in the project now."""
    if upload.file:
        upload.file.delete(save=False)
