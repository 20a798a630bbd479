"""Times on the console's pages are the project's: shown in its zone, and typed in its zone."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from providers.people.access import active_project


class ProjectTimeZoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self._get_response(request)
        finally:
            timezone.deactivate()  # the thread serves other projects too

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """After the check against forged forms: only then may the form be read, which may name
        the project it was opened in."""
        project = active_project(request)
        if project is not None:
            timezone.activate(ZoneInfo(project.time_zone))
