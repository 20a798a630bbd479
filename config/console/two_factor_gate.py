"""In a project that asks for it, nobody sees a page before having a second factor.

Whoever has one gave it when signing in. Read with the session's project: another project of the
same person, which does not ask, stays open.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from providers.people.access import access_of
from providers.people.two_factor import is_on
from providers.views.two_factor_pages import NAMES

OPEN = {*NAMES, "login", "logout", "sign_in_code", "switch_project", "password_change"}
OPEN |= {"password_change_done", "jsi18n", "invitation", "invitation_open"}


class TwoFactorGateMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.app_name != "admin" or match.url_name in OPEN:
            return None
        project = access_of(request).project
        if project is None or not project.requires_two_factor or is_on(request.user):  # type: ignore[arg-type]
            return None
        page = reverse("admin:two_factor")
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": page})
        return HttpResponseRedirect(page)
