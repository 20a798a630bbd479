"""Send Test WhatsApp: open the conversation, send one message, watch what becomes of it.

The same panel is a page of its own and a dialog over the provider's form. Over the form its calls
bring along what is typed there, so that an account can be tried before it is saved. Everything is
posted: neither a phone nor a password belongs into an address.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from campaigns.admin.tryouts.send_test_form import SendTestForm, conversation_with
from campaigns.models import TestSend
from campaigns.results.message_story import life_of
from campaigns.tryouts.outcomes import (
    is_settled,
    outcome_of,
    seconds_to_next_look,
    with_its_neighbours,
)
from campaigns.tryouts.sending_tests import RefusedTestError, send_text, send_text_with
from campaigns.tryouts.whatsapp_link import invitation_to
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.typed_credentials import (
    hides_credentials,
    stored_credentials,
    typed_credentials,
    typed_number,
)
from providers.gateway.readable import readable
from providers.gateway.requests import Account, Credentials
from providers.models import Project, Provider
from providers.people.access import actor_of
from providers.phones.countries import countries
from providers.phones.numbers import PhoneError, read_phone

# To htmx: the last look; nothing to swap, so that a text which is being selected stays.
STOP_POLLING, NOTHING_NEW = 286, 204


class SendTestPage(ProjectScopedAdmin):
    def get_urls(self) -> list[URLPattern]:
        def place(name: str, view: Any, *, method: Any = require_POST) -> Any:
            guarded = self.admin_site.admin_view(method(view))
            return path(f"{name}/", guarded, name=f"campaigns_testsend_{name}")

        result = self.admin_site.admin_view(require_GET(self.result_view))
        return [
            place("send", self.send_page, method=require_GET),
            place("panel", self.panel_view),
            place("window", self.window_view),
            place("submit", self.submit_view),
            path("<int:pk>/result/", result, name="campaigns_testsend_result"),
            *super().get_urls(),
        ]

    def send_page(self, request: HttpRequest) -> HttpResponse:
        project = self._project_to_test(request)
        context = {
            **self.admin_site.each_context(request),
            **self._panel(request, project, over_form=False),
            "title": "Send Test WhatsApp",
            "media": self.media,
        }
        return TemplateResponse(request, "campaigns/send_test.html", context)

    @hides_credentials
    def panel_view(self, request: HttpRequest) -> HttpResponse:
        """The panel alone, for the dialog over the provider's form."""
        project = self._project_to_test(request)
        context = self._panel(request, project, over_form=True)
        return render(request, "campaigns/send_test_panel.html", context)

    def window_view(self, request: HttpRequest) -> HttpResponse:
        """Whether the typed number may get free texts now."""
        project = self._project_to_test(request)
        context: dict[str, Any] = {}
        number = request.POST.get("to", "").strip()
        if number:
            try:
                phone = read_phone(number, default_country=request.POST.get("country", ""))
                context = {"phone": phone, "conversation": conversation_with(project, phone)}
            except PhoneError as error:
                context = {"problem": error.reason}
        return render(request, "campaigns/send_test_window.html", context)

    @hides_credentials
    def submit_view(self, request: HttpRequest) -> HttpResponse:
        project = self._project_to_test(request)
        form = SendTestForm(request.POST, project=project)
        if not form.is_valid():
            return _problems(request, form.problems())
        phone = form.cleaned_data["phone"]
        if not form.cleaned_data["anyway"] and conversation_with(project, phone) is None:
            return render(request, "campaigns/send_test_warning.html", {"phone": phone})
        try:
            test = _send(request, project, form)
        except (ValidationError, RefusedTestError) as error:
            texts = error.messages if isinstance(error, ValidationError) else [str(error)]
            return _problems(request, texts)
        return render(request, "campaigns/test_result.html", result_context(test))

    def result_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What became of a test until now."""
        test: TestSend = self.own_row(request, pk, "message__outbox")
        context = result_context(test)
        if context["settled"]:
            return render(request, "campaigns/test_result.html", context, status=STOP_POLLING)
        if request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=NOTHING_NEW)
        return render(request, "campaigns/test_result.html", context)

    def _project_to_test(self, request: HttpRequest) -> Project:
        if not self.access(request).can_change:
            raise PermissionDenied
        return self.project(request)

    def _panel(self, request: HttpRequest, project: Project, *, over_form: bool) -> dict[str, Any]:
        provider = Provider.objects.filter(project=project).first()
        number = typed_number(request.POST, stored=provider)
        return {
            "form": SendTestForm(project=project),
            "countries": countries(),
            "provider": provider,
            "invitation": invitation_to(number) if number else None,
            "over_form": over_form,
            "project_id": project.pk,
        }


def result_context(test: TestSend) -> dict[str, Any]:
    """For campaigns/test_result.html, wherever it is shown."""
    now = timezone.now()
    outcome = with_its_neighbours(outcome_of(test, at=now), test)
    next_look = seconds_to_next_look(test, at=now)
    life = life_of(test.message)
    return {
        "test": test,
        "outcome": outcome,
        "settled": is_settled(test, at=now),
        "next_look": next_look,
        "seen": f"{test.verdict}-{test.message.state}-{len(life)}-{outcome.tone}-{next_look}",
        "answer": readable(test.answer),
        "life": life,
    }


def _send(request: HttpRequest, project: Project, form: SendTestForm) -> TestSend:
    by = actor_of(request)
    phone, text = form.cleaned_data["phone"], form.cleaned_data["text"]
    typed = _typed(request, project)
    if typed is None:
        return send_text(project, by=by, phone=phone, text=text)
    return send_text_with(typed, project, by=by, phone=phone, text=text)


def _typed(request: HttpRequest, project: Project) -> Credentials | None:
    """None where nothing else is typed than what is stored."""
    if "two_way_user_id" not in request.POST:
        return None
    stored = Provider.objects.filter(project=project).first()
    typed = typed_credentials(request.POST, Account.TWO_WAY, stored=stored)
    return None if typed == stored_credentials(stored, Account.TWO_WAY) else typed


def _problems(request: HttpRequest, problems: list[str]) -> HttpResponse:
    return render(request, "campaigns/send_test_problems.html", {"problems": problems})
