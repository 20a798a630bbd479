"""The doctor's page: what was found, the way out of each fault, and the end of trial mode."""

import time
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from config.doctor.examining import CHECKS, end_trial, is_green, worst_of
from config.tasks import examine_connection
from providers.hints import hint
from providers.models import Diagnosis, Health, Project, Provider
from providers.people.access import Access, access_of, actor_of

STOP_POLLING = 286  # to htmx
PATIENCE = 30  # seconds
PAGE = "admin:doctor"
NOT_NOW = "The workers can't be told just now. Once they can be reached, they look every minute."


class DoctorPage:
    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def urls(self) -> list[URLPattern]:
        view = self.site.admin_view
        return [
            path("doctor/", view(require_GET(self.page)), name="doctor"),
            path("doctor/part/", view(require_GET(self.part)), name="doctor_part"),
            path("doctor/check/", view(require_POST(self.check)), name="doctor_check"),
            path("doctor/end-trial/", view(require_POST(self.end_trial)), name="doctor_end_trial"),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.site.each_context(request),
            "title": "Provider doctor",
            **_shown(request),
        }
        return TemplateResponse(request, "kabootar/doctor.html", context)

    def part(self, request: HttpRequest) -> HttpResponse:
        context = {**_shown(request), "access": access_of(request)}
        status = 200 if context["is_examining"] else STOP_POLLING
        return render(request, "kabootar/doctor_part.html", context, status=status)

    def check(self, request: HttpRequest) -> HttpResponse:
        access, project = _opened(request)
        if not access.can_change:
            raise PermissionDenied
        if not hint(examine_connection.name, project.pk):
            messages.warning(request, NOT_NOW)
        return HttpResponseRedirect(f"{reverse(PAGE)}?asked={time.time():.3f}")

    def end_trial(self, request: HttpRequest) -> HttpResponse:
        access, project = _opened(request)
        if not access.can_administer:
            raise PermissionDenied
        provider = Provider.objects.filter(project=project).first()
        if provider and end_trial(provider, by=actor_of(request)):
            messages.success(request, "Trial mode is over: campaigns reach everybody now.")
        return HttpResponseRedirect(reverse(PAGE))


def _opened(request: HttpRequest) -> tuple[Access, Project]:
    access = access_of(request)
    if access.project is None:
        raise Http404("You have no project yet.")
    return access, access.project


def _shown(request: HttpRequest) -> dict[str, Any]:
    _access, project = _opened(request)
    kept = {row.name: row for row in Diagnosis.objects.of(project)}
    found = [(check, kept[check.name]) for check in CHECKS if check.name in kept]
    rows = [row for _check, row in found]
    return {
        "provider": Provider.objects.filter(project=project).first(),
        "found": found,
        "is_green": is_green(rows),
        "worst": worst_of(rows),
        "fails": sum(row.health == Health.FAIL for row in rows),
        "examined_at": max((row.at for row in rows), default=None),
        "is_examining": _is_examining(request, rows),
        "asked": request.GET.get("asked", ""),
    }


def _is_examining(request: HttpRequest, rows: list[Diagnosis]) -> bool:
    """Whether what somebody asked for has not come yet. Nobody waits for ever."""
    try:
        asked = float(request.GET.get("asked", ""))
    except ValueError:
        return False
    if not 0 <= time.time() - asked <= PATIENCE:
        return False
    return not any(row.at.timestamp() >= asked for row in rows)
