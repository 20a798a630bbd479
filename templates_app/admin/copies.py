"""Clones, and Meta's JSON to take along."""

import json
import re
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import action
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from providers.admin.dialogs import Dialog
from providers.admin.pages import Page
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Role
from providers.people.access import actor_of
from providers.views.plain_errors import PlainForm
from providers.views.site_pages import go_to
from providers.watch.actors import Actor
from templates_app.admin.template_form import language_choices
from templates_app.keeping.cloning import NameTakenError, clone, free_name
from templates_app.keeping.exporting import export
from templates_app.keeping.room import NoRoomError
from templates_app.models import Template


class CloneForm(PlainForm):
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
        except (NameTakenError, NoRoomError) as refused:
            self.add_error("name", str(refused))
            return None


class CloneTemplate(Dialog):
    """POST makes the copy, or shows what is wrong with its name."""

    address, name = "<int:pk>/clone/", "clone"
    role = Role.MARKETER
    template = "templates_app/clone_dialog.html"
    button = "Clone"

    def shown(self, request: HttpRequest, template: Template) -> dict[str, Any]:
        start = {"name": free_name(template), "language": template.language}
        return {"template": template, "form": CloneForm(template=template, initial=start)}

    def post(self, request: HttpRequest, template: Template) -> HttpResponse:
        form = CloneForm(request.POST, template=template)
        copy = form.save(by=actor_of(request)) if form.is_valid() else None
        if copy is None:
            return self.ask(request, template=template, form=form)
        messages.success(request, "This is the copy. Change what you like, then save it.")
        return go_to(request, self.admin.page_of(copy))


class ExportTemplate(Page):
    address, name = "<int:pk>/export/", "export"

    def get(self, request: HttpRequest, template: Template) -> HttpResponse:
        name = re.sub(r"[^A-Za-z0-9_]", "_", f"{template.name}_{template.language}")
        return _download(export([template], by=actor_of(request))[0], f"{name}.json")


@action(description="Export as JSON", permissions=["view"])
def export_many(
    _admin: ProjectScopedAdmin, request: HttpRequest, chosen: QuerySet[Template]
) -> HttpResponse:
    templates = chosen.select_related("current").order_by("name", "language")
    return _download(export(templates, by=actor_of(request)), "templates.json")


def _download(document: object, name: str) -> HttpResponse:
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return HttpResponse(
        text,
        content_type="application/json; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
