"""Send test of a template: to whom, what stands in its placeholders, what goes out, what came back.

Linked from the templates' pages by its URL name; they know nothing of campaigns.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils import timezone

from campaigns.admin.tryouts.recipients import NOBODY_CHOSEN, chosen_recipients
from campaigns.admin.tryouts.send_test_page import result_context, tell_problems
from campaigns.tryouts.sending_tests import RefusedTestError
from campaigns.tryouts.testing_templates import (
    Recipient,
    TemplateDraft,
    draft_of,
    last_test_of,
    sample_of,
    send_draft,
    team_profiles,
)
from providers.admin.pages import Page
from providers.models import Provider, Role
from providers.people.access import actor_of
from templates_app.models import Template, TemplateVersion
from templates_app.rendering.checking import with_label
from templates_app.rendering.variants import slots_of
from templates_app.rules.problems import errors_in
from templates_app.values.personalization import SOURCE_MAX
from templates_app.values.slots import Slot


class _TemplatePage(Page):
    """About a template, which is another app's row."""

    role = Role.MARKETER

    def about(self, request: HttpRequest, **named: Any) -> Template:
        rows = Template.objects.select_related("current", "project")
        template = rows.filter(project=self.project(request), pk=named["pk"]).first()
        if template is None:
            raise Http404("No such template in this project.")
        return template


class TemplateTestPage(_TemplatePage):
    address, name = "template/<int:pk>/", "template"
    template = "campaigns/template_test.html"

    def get(self, request: HttpRequest, template: Template) -> HttpResponse:
        version = _current(template)
        zoned = timezone.localtime()
        shown = {slot: sample_of(slot, zoned=zoned) for slot in slots_of(version)}
        data = QueryDict(mutable=True)
        data.update({name_of(slot): value for slot, value in shown.items()})
        draft = _draft(version, data, recipient=None)
        return self.show(
            request,
            title=f"Test of {template}",
            template=template,
            version=version,
            slots=[
                {"slot": slot, "value": value, **_beside(slot, draft)}
                for slot, value in shown.items()
            ],
            profiles=team_profiles(template.project),
            provider=Provider.objects.filter(project=template.project).first(),
            draft=draft,
            longest_value=SOURCE_MAX,
        )


class RequestPart(_TemplatePage):
    """The phone and the request, as they would be with what stands in the form."""

    address, name = "template/<int:pk>/request/", "template_request"
    template = "campaigns/template_test_part.html"

    def post(self, request: HttpRequest, template: Template) -> HttpResponse:
        version = _current(template)
        recipients, _problems = chosen_recipients(request, template.project)
        draft = _draft(version, request.POST, recipient=next(iter(recipients), None))
        slots = [_beside(slot, draft) for slot in slots_of(version)]
        return self.part(request, draft=draft, slots=slots, is_part=True)


class SendTemplateTest(_TemplatePage):
    address, name = "template/<int:pk>/send/", "template_send"
    template = "campaigns/template_test_results.html"

    def post(self, request: HttpRequest, template: Template) -> HttpResponse:
        version = _current(template)
        recipients, problems = chosen_recipients(request, template.project)
        draft = _draft(version, request.POST, recipient=None)
        slots = slots_of(version)
        problems += [with_label(problem, slots) for problem in errors_in(draft.problems)]
        if not recipients and not problems:
            problems = [NOBODY_CHOSEN]
        if problems:
            return tell_problems(request, problems)
        values = _values(version, request.POST)
        try:
            tests = send_draft(version, values, recipients, by=actor_of(request))
        except RefusedTestError as error:
            return tell_problems(request, [str(error)])
        return self.part(request, results=[result_context(test) for test in tests])


class LastTestPart(_TemplatePage):
    """For the template's editor: when it was last tried, and how that went."""

    address, name = "template/<int:pk>/last/", "template_last"
    role = Role.VIEWER
    template = "campaigns/template_test_last.html"

    def get(self, request: HttpRequest, template: Template) -> HttpResponse:
        test = last_test_of(template)
        outcome = result_context(test)["outcome"] if test else None
        return self.part(request, test=test, outcome=outcome)


TESTING_TEMPLATES = (TemplateTestPage, RequestPart, SendTemplateTest, LastTestPart)


def name_of(slot: Slot) -> str:
    return f"slot-{slot.key.replace('.', '-')}"


def _beside(slot: Slot, draft: TemplateDraft) -> dict[str, Any]:
    """What the page says beside a value's field."""
    problems = [problem for problem in draft.problems if problem.place == slot.key]
    return {"name": name_of(slot), "problems": problems}


def _current(template: Template) -> TemplateVersion:
    version = template.current
    if version is None:
        raise Http404("This template says nothing yet.")
    version.template = template
    return version


def _values(version: TemplateVersion, data: QueryDict) -> dict[str, object]:
    written = {
        slot.key: data.get(name_of(slot), "").replace("\x00", "").strip()[:SOURCE_MAX]
        for slot in slots_of(version)
    }
    return {key: {"text": text, "fallback": ""} for key, text in written.items() if text}


def _draft(
    version: TemplateVersion, data: QueryDict, *, recipient: Recipient | None
) -> TemplateDraft:
    return draft_of(version, _values(version, data), recipient=recipient)
