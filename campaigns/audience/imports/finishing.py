"""The end of an import, however it came about: its result is kept, people's data are not."""

from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from campaigns.audience.imports.lease import TakenOverError
from campaigns.audience.imports.refusals import Refusals
from campaigns.models import Import, ImportStatus


def finish(
    upload: Import, status: ImportStatus, *, problem: str = "", refusals: Refusals | None = None
) -> None:
    """Of an import that this worker holds. Raises TakenOverError."""
    refused_file = ""
    if refusals and refusals.count:
        refused_file = upload.refused_file.storage.save(
            upload.refused_file.field.generate_filename(upload, "refused.csv"), refusals.as_file()
        )
    mine = Import.objects.filter(pk=upload.pk, tries=upload.tries, status=ImportStatus.RUNNING)
    with transaction.atomic():
        if not mine.update(
            status=status,
            problem=problem,
            refused_file=refused_file,
            file="",
            finished_at=Now(),
            beat_at=Now(),
        ):
            raise TakenOverError
        transaction.on_commit(partial(forget_file, upload))


def forget_file(upload: Import) -> None:
    """What somebody uploaded is not kept: the people in it are in the project now."""
    if upload.file:
        upload.file.delete(save=False)
