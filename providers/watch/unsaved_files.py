"""A stored file goes with its row: without one nobody would ever delete it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models.fields.files import FieldFile


@contextmanager
def gone_if_unsaved(file: FieldFile) -> Iterator[None]:
    """Around the transaction that stores it and saves its row."""
    try:
        yield
    except BaseException:
        if file:
            file.delete(save=False)
        raise
