"""Stops an upload that is too large while it comes in, before it fills the disk.

The first of Django's upload handlers, for every form there is: uploads are read before anybody
knows who sends them.
"""

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.urls import Resolver404, resolve

from templates_app.incoming.uploads import LARGEST as LARGEST_TEMPLATES
from templates_app.judging_media import LARGEST as LARGEST_MEDIA

LARGEST = 1024**3  # bytes
# Forms that take less, by the names of their addresses.
SMALLER: Mapping[str, int] = {
    "templates_app_template_import": LARGEST_TEMPLATES,
    "templates_app_template_media": max(LARGEST_MEDIA.values()),
}


class SizeLimit(FileUploadHandler):
    _smaller: int | None = None

    def handle_raw_input(self, *_args: Any, **_kwargs: Any) -> None:
        """Before anything is read: which form is it?"""
        try:
            name = resolve(self.request.path_info).url_name  # type: ignore[union-attr]
        except Resolver404:
            return
        self._smaller = SMALLER.get(name or "")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        largest = LARGEST if self._smaller is None else self._smaller
        if start + len(raw_data) > largest:
            # The rest is read and thrown away, so that the page can say what was wrong.
            self.request.upload_is_too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind keep the file."""
