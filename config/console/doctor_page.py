"""The doctor's page: what was found, the way out of each fault, and the end of trial mode."""

import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from config.doctor.examining import CHECKS, end_trial, is_green, worst_of
from config.tasks import examine_connection
from providers.hints import hint
from providers.models import Diagnosis, Health, Project, Provider, Role
from providers.people.access import access_of, actor_of
from providers.views.site_pages import Act, SitePage

STOP_POLLING = 286  # to htmx
PATIENCE = 30  # seconds
PAGE = "admin:doctor"
NOT_NOW = "The workers can't be told just now. Once they can be reached, they look every minute."


class DoctorPage(SitePage):
    address, name = "doctor/", "doctor"
    template = "kabootar/doctor.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self.show(request, title="Provider doctor", **_shown(request, project))


class DoctorPart(SitePage):
    address, name = "doctor/part/", "doctor_part"
    template = "kabootar/doctor_part.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        context = _shown(request, project)
        status = 200 if context["is_examining"] else STOP_POLLING
        return self.part(request, status=status, access=access_of(request), **context)


class ExamineAgain(SitePage):
    address, name = "doctor/check/", "doctor_check"
    role = Role.MARKETER

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        if not hint(examine_connection.name, project.pk):
            messages.warning(request, NOT_NOW)
        return HttpResponseRedirect(f"{reverse(PAGE)}?asked={time.time():.3f}")


class EndTrial(Act):
    address, name = "doctor/end-trial/", "doctor_end_trial"
    role = Role.ADMIN

    def act(self, request: HttpRequest, project: Project) -> str:
        provider = Provider.objects.filter(project=project).first()
        if provider is None or not end_trial(provider, by=actor_of(request)):
            return ""
        return "Trial mode is over: campaigns reach everybody now."

    def back(self, request: HttpRequest, project: Project) -> str:
        return reverse(PAGE)


DOCTOR = (DoctorPage, DoctorPart, ExamineAgain, EndTrial)


def _shown(request: HttpRequest, project: Project) -> dict[str, Any]:
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
