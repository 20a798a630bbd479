"""Something is sent by somebody whose session is over: nothing of it is lost.

The page that answers holds what was sent, apart from passwords and files, and sends it once more
when the person has signed in again. Only what this console's own form sent gets here: the CSRF
check comes before.
"""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # the name of a field


def refuse_nul(request: HttpRequest) -> None:
    """No address of ours has one, and no text in PostgreSQL can. Answered with 400."""
    if "%00" in request.META.get("QUERY_STRING", ""):
        raise SuspiciousOperation("A NUL in the address.")


def is_sent_too_late(request: HttpRequest) -> bool:
    """Of a whole form; parts of a page ask by themselves, and their script sees to it."""
    is_part = "HX-Request" in request.headers
    return request.method == "POST" and not request.user.is_authenticated and not is_part


def kept_for_later(request: HttpRequest) -> HttpResponse:
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != TOKEN and "password" not in name
    ]
    context = {
        "fields": fields,
        "has_password": any("password" in name for name in request.POST),
        # Whoever isn't signed in may send none: it was stopped while it came in.
        "has_file": bool(request.FILES) or hasattr(request, "upload_is_too_large"),
    }
    return render(request, "kabootar/signed_out.html", context, status=403)
