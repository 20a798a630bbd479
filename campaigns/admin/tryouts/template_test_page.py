"""Send test of a template: to whom, what stands in its placeholders, what goes out, what came back.

Linked from the templates' pages by its URL name; they know nothing of campaigns.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.admin.tryouts.send_test_page import result_context
from campaigns.tryouts.sending_tests import RefusedTestError
from campaigns.tryouts.testing_templates import (
    Recipient,
    Trial,
    last_test_of,
    recipient_of,
    sample_of,
    send_trial,
    team_profiles,
    trial_of,
)
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Provider
from providers.people.access import actor_of
from providers.phones.numbers import PhoneError, read_phone
from templates_app.models import Template, TemplateVersion
from templates_app.rendering.checking import with_label
from templates_app.rendering.variants import slots_of
from templates_app.rules.problems import errors_in
from templates_app.values.slots import Slot

LONGEST_VALUE = 4096


class TemplateTestPage(ProjectScopedAdmin):
    def get_urls(self) -> list[URLPattern]:
        def place(address: str, name: str, view: Any) -> Any:
            page = self.admin_site.admin_view(view)
            return path(f"template/<int:pk>/{address}", page, name=f"campaigns_testsend_{name}")

        return [
            place("", "template", require_GET(self.template_page)),
            place("request/", "template_request", require_POST(self.request_view)),
            place("send/", "template_send", require_POST(self.template_send_view)),
            place("last/", "template_last", require_GET(self.last_view)),
            *super().get_urls(),
        ]

    def template_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        template = self._own(request, pk)
        version = _current(template)
        zoned = timezone.localtime()
        shown = {slot: sample_of(slot, zoned=zoned) for slot in slots_of(version)}
        data = QueryDict(mutable=True)
        data.update({name_of(slot): value for slot, value in shown.items()})
        trial = _trial(version, data, recipient=None)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Test of {template}",
            "opts": self.opts,
            "media": self.media,
            "template": template,
            "version": version,
            "slots": [
                {"slot": slot, "value": value, **_beside(slot, trial)}
                for slot, value in shown.items()
            ],
            "profiles": team_profiles(template.project),
            "provider": Provider.objects.filter(project=template.project).first(),
            "trial": trial,
        }
        return TemplateResponse(request, "campaigns/template_test.html", context)

    def request_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The phone and the request, as they would be with what stands in the form."""
        version = _current(self._own(request, pk))
        recipients, _problems = self._recipients(request)
        trial = _trial(version, request.POST, recipient=next(iter(recipients), None))
        slots = [_beside(slot, trial) for slot in slots_of(version)]
        context = {"trial": trial, "slots": slots, "is_part": True}
        return render(request, "campaigns/template_test_part.html", context)

    def template_send_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        template = self._own(request, pk)
        version = _current(template)
        recipients, problems = self._recipients(request)
        trial = _trial(version, request.POST, recipient=None)
        slots = slots_of(version)
        problems += [with_label(problem, slots) for problem in errors_in(trial.problems)]
        if not recipients and not problems:
            problems = ["Choose a test profile, or type a number."]
        if problems:
            return render(request, "campaigns/send_test_problems.html", {"problems": problems})
        values = _values(version, request.POST)
        try:
            tests = send_trial(version, values, recipients, by=actor_of(request))
        except RefusedTestError as error:
            return render(request, "campaigns/send_test_problems.html", {"problems": [str(error)]})
        context = {"results": [result_context(test) for test in tests]}
        return render(request, "campaigns/template_test_results.html", context)

    def last_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For the template's editor: when it was last tried, and how that went."""
        template = self._own(request, pk, to_change=False)
        test = last_test_of(template)
        context = {"test": test, "outcome": result_context(test)["outcome"] if test else None}
        return render(request, "campaigns/template_test_last.html", context)

    def _own(self, request: HttpRequest, pk: int, *, to_change: bool = True) -> Template:
        access = self.access(request)
        if not (access.can_change if to_change else access.can_view):
            raise PermissionDenied
        rows = Template.objects.select_related("current", "project")
        template = rows.filter(project=self.project(request), pk=pk).first()
        if template is None:
            raise Http404("No such template in this project.")
        return template

    def _recipients(self, request: HttpRequest) -> tuple[list[Recipient], list[str]]:
        """Those that were chosen, and what is wrong with any of them."""
        project = self.project(request)
        chosen = set(request.POST.getlist("profile"))
        recipients, problems = [], []
        for profile in team_profiles(project):
            if str(profile.pk) not in chosen:
                continue
            try:
                recipients.append(recipient_of(profile))
            except PhoneError as error:
                problems.append(f"{profile}: {error.reason}")
        number = request.POST.get("to", "").strip()
        if number:
            try:
                phone = read_phone(number, default_country=project.default_country)
                recipients.append(Recipient(phone))
            except PhoneError as error:
                problems.append(error.reason)
        return recipients, problems


def name_of(slot: Slot) -> str:
    return f"slot-{slot.key.replace('.', '-')}"


def _beside(slot: Slot, trial: Trial) -> dict[str, Any]:
    """What the page says beside a value's field."""
    problems = [problem for problem in trial.problems if problem.place == slot.key]
    return {"name": name_of(slot), "problems": problems}


def _current(template: Template) -> TemplateVersion:
    version = template.current
    if version is None:
        raise Http404("This template says nothing yet.")
    version.template = template
    return version


def _values(version: TemplateVersion, data: QueryDict) -> dict[str, object]:
    written = {
        slot.key: data.get(name_of(slot), "").replace("\x00", "").strip()[:LONGEST_VALUE]
        for slot in slots_of(version)
    }
    return {key: {"text": text, "fallback": ""} for key, text in written.items() if text}


def _trial(version: TemplateVersion, data: QueryDict, *, recipient: Recipient | None) -> Trial:
    return trial_of(version, _values(version, data), recipient=recipient)
