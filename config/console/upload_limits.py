"""Stops an upload while it comes in, before it fills the disk: too large for its form, sent to a
page that takes none, or by nobody. The first of Django's upload handlers.

Forms are read by the check against forged ones, before any page asks for rights.
"""

from contextlib import suppress
from typing import Any, cast

from django.core.files.uploadhandler import (
    FileUploadHandler,
    StopUpload,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from campaigns.audience.imports.uploading import LARGEST as LARGEST_CSV
from campaigns.planning.reading_rates import LARGEST as LARGEST_RATES
from templates_app.incoming.uploads import LARGEST as LARGEST_TEMPLATES
from templates_app.media.judging_media import LARGEST as LARGEST_MEDIA

# Bytes, by the names of the forms' addresses.
LIMITS = {
    "campaigns_import_add": LARGEST_CSV,
    "campaigns_ratecard_add": LARGEST_RATES,
    "templates_app_template_import": LARGEST_TEMPLATES,
    "templates_app_template_media": max(LARGEST_MEDIA.values()),
}


class UploadLimit(FileUploadHandler):
    _limit = 0

    def handle_raw_input(self, *_args: Any, **_kwargs: Any) -> None:
        """Before anything is read."""
        self._limit = _limit_of(cast("HttpRequest", self.request))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > self._limit:
            # The rest is read and thrown away, so that the page can say what was wrong.
            self.request.upload_is_too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind keep the file."""


class FileOnDisk(TemporaryFileUploadHandler):
    """Django's own keeps a file that found no room until somebody collects garbage."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError:
            with suppress(OSError):
                self.upload_interrupted()
            raise


def _limit_of(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    try:
        name = resolve(request.path_info).url_name
    except Resolver404:
        return 0
    return LIMITS.get(name or "", 0)
