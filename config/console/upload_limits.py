"""Stops what is sent while it comes in: a file before it fills the disk, that is too large for its
form, sent to a page that takes none, or by nobody (the first of Django's upload handlers); and a
form before it fills the memory, where nobody is signed in.

Forms are read by the check against forged ones, before any page asks for rights.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from django.conf import settings
from django.core.files.uploadhandler import (
    FileUploadHandler,
    StopUpload,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.urls import Resolver404, resolve

from campaigns.audience.imports.uploading import LARGEST as LARGEST_CSV
from campaigns.planning.reading_rates import LARGEST as LARGEST_RATES
from config.console.error_pages import too_large
from providers.api.bodies import sent_bytes
from templates_app.incoming.uploads import LARGEST as LARGEST_TEMPLATES
from templates_app.media.judging_media import LARGEST as LARGEST_MEDIA

# Bytes, by the names of the forms' addresses.
LIMITS = {
    "campaigns_import_add": LARGEST_CSV,
    "campaigns_ratecard_add": LARGEST_RATES,
    "templates_app_template_import": LARGEST_TEMPLATES,
    "templates_app_template_media": max(LARGEST_MEDIA.values()),
}

# Bytes of what somebody sends who is not signed in: it takes several times the memory to keep it
# until they are.
LARGEST_OF_STRANGERS = 1024 * 1024
PART = 64 * 1024


class StrangersSendLittle:
    """Stands before the check against forged forms, which reads all of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], *_: Any
    ) -> HttpResponse | None:
        """What programs send proves by itself whose it is, and is not a form."""
        is_form = not getattr(view, "csrf_exempt", False)
        size = sent_bytes(request.META)
        if not is_form or size <= LARGEST_OF_STRANGERS or request.user.is_authenticated:
            return None
        if size <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            _throw_away(request)
        return too_large(request)


def _throw_away(request: HttpRequest) -> None:
    """A browser that is not done with sending shows no answer."""
    with suppress(UnreadablePostError):
        while request.read(PART):
            pass


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
