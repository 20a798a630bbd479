"""Send Test WhatsApp: open the conversation, send one message, watch what becomes of it.

The same panel is a page of its own and a dialog over the provider's form. Over the form its calls
bring along what is typed there, so that an account can be tried before it is saved. Everything is
posted: neither a phone nor a password belongs into an address.
"""

from typing import Any

from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

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
from campaigns.tryouts.whatsapp_link import link_to
from providers.admin.pages import Page
from providers.admin.typed_credentials import (
    hides_credentials,
    stored_credentials,
    typed_credentials,
    typed_number,
)
from providers.gateway.readable import readable
from providers.gateway.requests import Account, Credentials
from providers.models import Project, Provider, Role
from providers.people.access import actor_of
from providers.phones.countries import countries
from providers.phones.numbers import PhoneError, read_phone

# To htmx: the last look; nothing to swap, so that a text which is being selected stays.
STOP_POLLING, NOTHING_NEW = 286, 204


class SendTestPage(Page):
    address, name = "send/", "send"
    role = Role.MARKETER
    template = "campaigns/send_test.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        panel = _panel(request, project, over_form=False)
        return self.show(request, title="Send Test WhatsApp", opts=None, **panel)


class SendTestPanel(Page):
    """The panel alone, for the dialog over the provider's form."""

    address, name = "panel/", "panel"
    role = Role.MARKETER
    template = "campaigns/send_test_panel.html"

    @hides_credentials
    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self.part(request, **_panel(request, project, over_form=True))


class WindowPart(Page):
    """Whether the typed number may get free texts now."""

    address, name = "window/", "window"
    role = Role.MARKETER
    template = "campaigns/send_test_window.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        number = request.POST.get("to", "").strip()
        if not number:
            return self.part(request)
        try:
            phone = read_phone(number, default_country=request.POST.get("country", ""))
        except PhoneError as error:
            return self.part(request, problem=error.reason)
        return self.part(request, phone=phone, conversation=conversation_with(project, phone))


class SubmitTest(Page):
    address, name = "submit/", "submit"
    role = Role.MARKETER
    template = "campaigns/result_of_test.html"

    @hides_credentials
    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = SendTestForm(request.POST, project=project)
        if not form.is_valid():
            return tell_problems(request, form.problems())
        phone = form.cleaned_data["phone"]
        if not form.cleaned_data["anyway"] and conversation_with(project, phone) is None:
            return render(request, "campaigns/send_test_warning.html", {"phone": phone})
        try:
            test = _send(request, project, form)
        except ValidationError as error:
            return tell_problems(request, error.messages)
        except RefusedTestError as error:
            return tell_problems(request, [str(error)])
        return self.part(request, **result_context(test))


class ResultPart(Page):
    """What became of a test until now."""

    address, name = "<int:pk>/result/", "result"
    template = "campaigns/result_of_test.html"
    related = ("message__outbox",)

    def get(self, request: HttpRequest, test: TestSend) -> HttpResponse:
        context = result_context(test)
        if context["settled"]:
            return self.part(request, status=STOP_POLLING, **context)
        if request.GET.get("seen") == context["seen"]:
            return HttpResponse(status=NOTHING_NEW)
        return self.part(request, **context)


SENDING_TESTS = (SendTestPage, SendTestPanel, WindowPart, SubmitTest, ResultPart)


def _panel(request: HttpRequest, project: Project, *, over_form: bool) -> dict[str, Any]:
    provider = Provider.objects.filter(project=project).first()
    number, number_problem = _own_number(request, project, provider)
    return {
        "form": SendTestForm(project=project),
        "countries": countries(),
        "provider": provider,
        "opening": link_to(number) if number else None,
        "number_problem": number_problem,
        "over_form": over_form,
        "project_id": project.pk,
    }


def _own_number(
    request: HttpRequest, project: Project, provider: Provider | None
) -> tuple[str, str]:
    """The business number, and what is wrong with the one that is typed."""
    country = project.default_country
    try:
        return typed_number(request.POST, stored=provider, default_country=country), ""
    except ValidationError as error:
        return "", error.messages[0]


def result_context(test: TestSend) -> dict[str, Any]:
    """For campaigns/result_of_test.html, wherever it is shown."""
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


def tell_problems(request: HttpRequest, problems: list[str]) -> HttpResponse:
    return render(request, "campaigns/send_test_problems.html", {"problems": problems})
