"""A file, uploaded, confirmed as guessed, and imported by a worker that is this process."""

import csv
from io import BytesIO, StringIO

from django.core.files.base import ContentFile

from campaigns.audience.imports.importing import run_import
from campaigns.audience.imports.mapping import guess, known_properties
from campaigns.audience.imports.queueing import start
from campaigns.audience.imports.reading import Rows, read_layout
from campaigns.models import CustomList, Import, ImportKind, ImportStatus
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.factories import ImportFactory


def queued(
    project: Project,
    content: str | bytes,
    *,
    kind: ImportKind = ImportKind.PEOPLE,
    into_list: CustomList | None = None,
    new_subscribed: bool | None = None,
    only_whole_rows: bool = False,
) -> Import:
    raw = content.encode() if isinstance(content, str) else content
    upload = ImportFactory.create(
        project=project,
        kind=kind,
        into_list=into_list,
        status=ImportStatus.UPLOADED,
        bytes_total=len(raw),
    )
    upload.file.save("people.csv", ContentFile(raw))
    layout = read_layout(BytesIO(raw))
    rows = [row for row in Rows(BytesIO(raw), layout) if isinstance(row, list) and any(row)]
    mapping = guess(layout.labels, rows[:1], kind=kind, known=known_properties(project, kind))
    assert start(
        upload,
        mapping,
        default_country="IN",
        new_subscribed=new_subscribed,
        only_whole_rows=only_whole_rows,
        by=SYSTEM,
    )
    return upload


def imported(
    project: Project,
    content: str | bytes,
    *,
    kind: ImportKind = ImportKind.PEOPLE,
    into_list: CustomList | None = None,
    new_subscribed: bool | None = None,
    only_whole_rows: bool = False,
) -> Import:
    upload = queued(
        project,
        content,
        kind=kind,
        into_list=into_list,
        new_subscribed=new_subscribed,
        only_whole_rows=only_whole_rows,
    )
    run_import(upload.pk)
    upload.refresh_from_db()
    return upload


def counts(upload: Import) -> dict[str, int]:
    """Those that are not 0."""
    names = ("rows_read", "created", "updated", "unchanged", "repeated", "refused")
    return {name: n for name in names if (n := getattr(upload, name))}


def refused_rows(upload: Import) -> list[list[str]]:
    if not upload.refused_file:
        return []
    with upload.refused_file.open("rb") as file:
        return list(csv.reader(StringIO(file.read().decode("utf-8-sig"))))
