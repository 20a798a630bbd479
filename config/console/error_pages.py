"""What a page says that broke: why, where that is known and passes, and what to do."""

import sys

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.defaults import server_error

from providers.watch.full_disk import is_full

NO_ROOM = (
    "The server's disk is full, so nothing of this was saved. Tell your operator; once there is "
    "room, do it again."
)


def broke(request: HttpRequest) -> HttpResponse:
    """Called while the error is being handled. Scripts are answered in their own form."""
    if not is_full(sys.exc_info()[1]):
        return server_error(request)
    if not request.accepts("text/html"):
        return JsonResponse({"said": NO_ROOM, "tone": "error", "url": ""}, status=503)
    return render(None, "no_room.html", {"words": NO_ROOM}, status=503)
