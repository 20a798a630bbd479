"""Stored files are there whole or not at all.

Django's own storage leaves what it has written of a file where the disk is full.
"""

from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class WholeFiles(FileSystemStorage):
    """Names are drawn by chance wherever we store something, so nobody else's file is removed."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        try:
            stored: str = super()._save(name, content)  # type: ignore[misc]
        except OSError:
            Path(self.path(name)).unlink(missing_ok=True)
            raise
        return stored
