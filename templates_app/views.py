"""The one address of templates that is open to everybody: the files that messages show."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from templates_app.models import MediaFile

FOR_A_YEAR = "public, max-age=31536000, immutable"


@require_safe
def media_file(_request: HttpRequest, token: str, extension: str) -> HttpResponseBase:
    """Whoever has the address may have the file: Gupshup and WhatsApp come without a login."""
    media = MediaFile.objects.filter(token=token, extension=extension).first()
    if media is None:
        raise Http404("No such file.")
    try:
        file = media.file.open("rb")
    except FileNotFoundError:
        raise Http404("This file is gone.") from None
    return FileResponse(
        file,
        content_type=media.content_type,
        headers={
            "Cache-Control": FOR_A_YEAR,
            # A file is looked at, never run: whatever somebody hid in it.
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )
