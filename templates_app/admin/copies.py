"""Clones, and Meta's JSON to take along."""

import json
import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import action
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from providers.people.access import actor_of
from providers.watch.actors import Actor
from templates_app.admin.own_template import PAGE, OwnTemplate
from templates_app.admin.template_form import language_choices
from templates_app.keeping.cloning import NameTakenError, clone, free_name
from templates_app.keeping.exporting import export
from templates_app.models import Template


class CloneForm(forms.Form):
    """The copy's name and language, which together must be free."""

    name = forms.CharField(
        max_length=512,
        widget=UnfoldAdminTextInputWidget(
            {"autocomplete": "off", "dir": "ltr", "data-begins": True}
        ),
        validators=[RegexValidator(r"^[a-z0-9_]+$", "Use a-z, 0-9 and _ only, as at Meta.")],
        help_text="Keep the name and choose another language to translate the template.",
    )
    language = forms.ChoiceField(choices=language_choices, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, template: Template, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._template = template

    def save(self, *, by: Actor) -> Template | None:
        """The copy; None where there is an error beside the name now."""
        try:
            return clone(self._template, **self.cleaned_data, by=by)
        except NameTakenError as taken:
            self.add_error("name", str(taken))
            return None


class Copies(OwnTemplate):
    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        return [
            path("<int:pk>/clone/", page(self.clone_view), name="templates_app_template_clone"),
            path(
                "<int:pk>/export/",
                page(require_GET(self.export_view)),
                name="templates_app_template_export",
            ),
            *super().get_urls(),
        ]

    def clone_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows the dialog, POST makes the copy, or shows what is wrong with its name."""
        template = self.own_template(request, pk)
        if request.method == "POST":
            form = CloneForm(request.POST, template=template)
            if form.is_valid() and (copy := form.save(by=actor_of(request))):
                messages.success(request, "This is the copy. Change what you like, then save it.")
                return _go_to(request, reverse(PAGE, args=[copy.pk]))
        else:
            start = {"name": free_name(template), "language": template.language}
            form = CloneForm(template=template, initial=start)
        context = {"template": template, "form": form}
        return render(request, "templates_app/clone_dialog.html", context)

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        template = self.own_template(request, pk, to_change=False)
        name = re.sub(r"[^A-Za-z0-9_]", "_", f"{template.name}_{template.language}")
        return _download(export([template], by=actor_of(request))[0], f"{name}.json")

    @action(description="Export as JSON", permissions=["view"])
    def export_many(self, request: HttpRequest, chosen: QuerySet[Template]) -> HttpResponse:
        templates = chosen.select_related("current").order_by("name", "language")
        return _download(export(templates, by=actor_of(request)), "templates.json")


def _go_to(request: HttpRequest, page: str) -> HttpResponse:
    """The dialog posts by htmx, which a plain redirect would not leave."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": page})
    return HttpResponseRedirect(page)


def _download(document: object, name: str) -> HttpResponse:
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
