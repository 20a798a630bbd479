"""The pages of templates: the list, the editor with its phone, and what can be done with one."""

from typing import Any, cast

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from providers.models import User
from templates_app.admin.copies import Copies
from templates_app.admin.editor_state import editor_state
from templates_app.admin.history_page import HistoryPage
from templates_app.admin.import_page import ImportPage
from templates_app.admin.moves import Moves, moves_for
from templates_app.admin.template_form import TemplateForm, stored_wording
from templates_app.admin.template_list import TemplateListPage, status_pill
from templates_app.admin.wording_fields import WordingFields
from templates_app.editing import Edit, StaleEditError, save_template
from templates_app.models import Template

SHOWN_FIELDS = ["name", "language_shown", "category", "status_shown", "vendor_id", "style_shown"]
WORDING_FIELDSETS = [
    ("Template", {"fields": ["name", "language", "category"]}),
    (
        "What it says",
        {
            "fields": [
                "header_kind",
                "header_text",
                "header_media",
                "body",
                "samples",
                "footer",
                "buttons",
                "based_on",
            ]
        },
    ),
    ("At Gupshup", {"fields": ["vendor_id", "sending_style", "status"]}),
]


@admin.register(Template)
class TemplateAdmin(Moves, Copies, HistoryPage, ImportPage, TemplateListPage):
    form = TemplateForm
    change_form_show_cancel_button = True
    warn_unsaved_form = True
    compressed_fields = False  # the phone needs the room beside
    conditional_fields = {
        "header_text": "header_kind == 'TEXT'",
        "header_media": "['IMAGE', 'VIDEO', 'DOCUMENT'].includes(header_kind)",
    }

    class Media:
        css = {"all": ["templates_app/phone.css", "templates_app/editor.css"]}
        js = ["templates_app/phone.js", "templates_app/editor.js"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.access(request).can_change:
            return WORDING_FIELDSETS
        return [("Template", {"fields": SHOWN_FIELDS})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if self.access(request).can_change else SHOWN_FIELDS

    def get_urls(self) -> list[URLPattern]:
        preview = self.admin_site.admin_view(require_POST(self.preview_view))
        return [
            path("preview/", preview, name="templates_app_template_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The phone and the problems of what stands in the editor; nothing is saved."""
        if not self.has_view_permission(request):
            raise Http404("No such page in this project.")
        form = WordingFields(request.POST)
        form.full_clean()
        template = Template(
            **{
                field: request.POST.get(field, "").strip()
                for field in ("name", "language", "category", "vendor_id", "sending_style")
            }
        )
        context = {"editor": editor_state(template, form.wording())}
        return render(request, "templates_app/editor_side.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        form = context["adminform"].form
        template = form.instance
        wording = form.wording() if form.is_bound else stored_wording(template)
        context["editor"] = editor_state(template, wording)
        context["editor_is_live"] = self.access(request).can_change
        context.update(self._head(template))
        return super().render_change_form(request, context, *args, **kwargs)

    def _head(self, template: Template) -> dict[str, Any]:
        """What stands above the form of a template that is there already."""
        if template._state.adding:
            return {}
        siblings = list(
            Template.objects.filter(project_id=template.project_id, name=template.name)
            .only("pk", "language")
            .order_by("language")
        )
        return {
            "status_pill": status_pill(template),
            "moves": moves_for(template),
            "siblings": siblings if len(siblings) > 1 else [],
        }

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {"show_save_and_add_another": False, **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except StaleEditError:
            # Somebody saved between our check and our lock; the second time the form sees it.
            return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Template, form: Any, change: bool) -> None:
        if not change:
            obj.project = self.project(request)
        edit = Edit(wording=form.wording(), based_on=form.cleaned_data.get("based_on"))
        save_template(obj, edit, by=cast("User", request.user))
