"""Templates from elsewhere: a file, a pasted text or Gupshup's list; a plan; the report."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from unfold.widgets import UnfoldAdminTextareaWidget

from providers.admin.pages import Page
from providers.models import Project, Provider, Role
from providers.people.access import actor_of
from providers.views.plain_errors import PlainForm
from templates_app.incoming.fetching_list import ask_for_list, is_silent
from templates_app.incoming.found import Haul, IncomingError
from templates_app.incoming.importing import bring_in, keep, plan
from templates_app.incoming.report import Line, Outcome, read
from templates_app.incoming.uploads import LARGEST, TOO_LARGE, read_upload
from templates_app.models import Source, TemplateImport

IMPORTS_SHOWN = 10


class SourceForm(PlainForm):
    """Either a file or a text."""

    file = forms.FileField(
        label="A file",
        required=False,
        widget=forms.FileInput(attrs={"accept": ".json,.csv,.txt", "class": "ki-file"}),
        help_text="Meta's JSON, or the CSV file that Gupshup's dashboard exports. Up to 4 MB.",
    )
    text = forms.CharField(
        label="Or its text",
        required=False,
        max_length=LARGEST,
        strip=False,  # or the lines that we name would not be those of the field
        widget=UnfoldAdminTextareaWidget(
            {"rows": 10, "spellcheck": "false", "dir": "ltr", "class": "tpl-code"}
        ),
        help_text="One template, or a list of them.",
    )

    def clean_file(self) -> "UploadedFile[Any] | None":
        file: UploadedFile[Any] | None = self.cleaned_data.get("file")
        if file is not None and (file.size or 0) > LARGEST:
            raise forms.ValidationError(TOO_LARGE)
        return file

    def haul(self) -> Haul:
        """Raises IncomingError."""
        file: UploadedFile[Any] | None = self.cleaned_data.get("file")
        if file is not None:
            return read_upload(file.read(LARGEST + 1), file_name=file.name or "")
        return read_upload(self.cleaned_data["text"].encode())

    @property
    def source(self) -> Source:
        return Source.UPLOAD if self.cleaned_data.get("file") else Source.PASTE


class ImportPage(Page):
    address, name = "import/", "import"
    role = Role.MARKETER
    template = "templates_app/import.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self._shown(request, project, SourceForm())

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = SourceForm(request.POST, request.FILES)
        incoming = self._accepted(request, form, project)
        if incoming is None:
            return self._shown(request, project, form)
        return HttpResponseRedirect(address_of(incoming, "look"))

    def _shown(self, request: HttpRequest, project: Project, form: SourceForm) -> HttpResponse:
        earlier = project.template_imports.select_related("by").order_by("-pk")
        return self.show(
            request,
            title="Import templates",
            form=form,
            provider=Provider.objects.filter(project=project).first(),
            earlier=earlier.defer("found", "refused", "report")[:IMPORTS_SHOWN],
        )

    def _accepted(
        self, request: HttpRequest, form: SourceForm, project: Project
    ) -> TemplateImport | None:
        """Or None, with the reason in the form or above it."""
        by = actor_of(request)
        if getattr(request, "upload_is_too_large", False):  # stopped while it came in
            messages.error(request, TOO_LARGE)
            return None
        try:
            if "fetch" in request.POST:
                return ask_for_list(project, by=by)
            if form.is_valid():
                return keep(project, form.haul(), source=form.source, by=by)
        except IncomingError as error:
            messages.error(request, str(error))
        return None


class ImportedPage(Page):
    """How the reading goes; then what it would do, with a button that does it; from then on the
    report. It is about an import and its step."""

    address, name = "imports/<int:number>/<str:step>/", "imported"
    role = Role.MARKETER
    template = "templates_app/imported.html"

    def about(self, request: HttpRequest, **named: Any) -> tuple[TemplateImport, str]:
        rows = TemplateImport.objects.filter(project=self.project(request))
        incoming, step = rows.filter(pk=named["number"]).first(), named["step"]
        if incoming is None or step not in ("look", "part", "take"):
            raise Http404("No such import in this project.")
        return incoming, step

    def get(self, request: HttpRequest, about: tuple[TemplateImport, str]) -> HttpResponse:
        incoming, step = about
        if step == "part":
            return _reading_part(request, incoming)
        if incoming.is_reading or incoming.trouble:
            reading = "templates_app/reading.html"
            return self.show(request, reading, title="Gupshup's list", **_how_it_goes(incoming))
        return self._plan_or_report(request, incoming)

    def post(self, request: HttpRequest, about: tuple[TemplateImport, str]) -> HttpResponse:
        incoming, step = about
        if step != "take" or incoming.is_reading or incoming.trouble:
            return self.get(request, about)
        _take(request, incoming)
        return HttpResponseRedirect(address_of(incoming, "look"))

    def _plan_or_report(self, request: HttpRequest, incoming: TemplateImport) -> HttpResponse:
        is_done = incoming.done_at is not None
        lines = read(incoming.report or []) if is_done else plan(incoming)
        return self.show(
            request,
            title="What came in" if is_done else "Look before it comes in",
            incoming=incoming,
            is_done=is_done,
            groups=_groups(lines, is_done=is_done),
            stops=sorted({name for line in lines for name in line.stops}),
            something=any(line.outcome in (Outcome.ADDED, Outcome.CHANGED) for line in lines),
        )


def _reading_part(request: HttpRequest, incoming: TemplateImport) -> HttpResponse:
    """What moves on the page of a list that is being read; it goes on when that is over."""
    if not incoming.is_reading:
        return HttpResponse(headers={"HX-Redirect": address_of(incoming, "look")})
    return render(request, "templates_app/reading_part.html", _how_it_goes(incoming))


def _take(request: HttpRequest, incoming: TemplateImport) -> None:
    lines = bring_in(incoming, by=actor_of(request))
    brought = sum(line.outcome in (Outcome.ADDED, Outcome.CHANGED) for line in lines)
    are = "template is" if brought == 1 else "templates are"
    messages.success(request, f"{brought:,} {are} in.")


def address_of(incoming: TemplateImport, step: str) -> str:
    return reverse("admin:templates_app_template_imported", args=[incoming.pk, step])


def _how_it_goes(incoming: TemplateImport) -> dict[str, Any]:
    return {"incoming": incoming, "is_silent": is_silent(incoming)}


def _groups(lines: list[Line], *, is_done: bool) -> list[tuple[str, str, list[Line]]]:
    """Title, colour and lines, what needs a look first."""
    titles = {
        Outcome.REFUSED: ("Refused", "red"),
        Outcome.CHANGED: ("Changed" if is_done else "Will change", "amber"),
        Outcome.ADDED: ("New", "green"),
        Outcome.SAME: ("As it was", "grey"),
    }
    return [
        (*titles[outcome], group)
        for outcome in titles
        if (group := [line for line in lines if line.outcome is outcome])
    ]
