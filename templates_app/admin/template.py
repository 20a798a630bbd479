"""The list of templates and the editor with its phone."""

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from providers.admin.scoping import ProjectScopedAdmin
from providers.models import User
from templates_app.admin.editor_state import editor_state
from templates_app.admin.template_form import TemplateForm, stored_wording
from templates_app.admin.wording_fields import WordingFields
from templates_app.editing import Edit, StaleEditError, save_template
from templates_app.languages import language_name
from templates_app.models import SendingStyle, Status, Template

STATUS_COLOURS = {
    Status.APPROVED: "green",
    Status.PENDING: "amber",
    Status.PAUSED: "amber",
    Status.REJECTED: "red",
    Status.DISABLED: "red",
}
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
class TemplateAdmin(ProjectScopedAdmin):
    form = TemplateForm
    change_form_show_cancel_button = True
    warn_unsaved_form = True
    compressed_fields = False  # the phone needs the room beside
    list_display = [
        "name",
        "language_shown",
        "type_shown",
        "category",
        "status_shown",
        "changed_at",
    ]
    list_filter = ["status", "language", "category", "kind"]
    search_fields = ["name", "vendor_id", "current__content"]
    search_help_text = "Name, Gupshup ID, or words of the text"
    list_select_related = ["current"]
    ordering = ["name", "language"]
    conditional_fields = {
        "header_text": "header_kind == 'TEXT'",
        "header_media": "['IMAGE', 'VIDEO', 'DOCUMENT'].includes(header_kind)",
    }

    class Media:
        css = {"all": ["templates_app/phone.css", "templates_app/editor.css"]}
        js = ["templates_app/phone.js", "templates_app/editor.js"]

    @admin.display(description="Language", ordering="language")
    def language_shown(self, template: Template) -> str:
        return language_name(template.language)

    @admin.display(description="Type", ordering="kind")
    def type_shown(self, template: Template) -> str:
        return template.get_kind_display()

    @admin.display(description="Status", ordering="status")
    def status_shown(self, template: Template) -> str:
        colour = STATUS_COLOURS.get(Status(template.status), "grey")
        label = Status(template.status).label
        return format_html('<span class="kb-pill kb-{}">{}</span>', colour, label)

    @admin.display(description="How it is sent")
    def style_shown(self, template: Template) -> str:
        return SendingStyle(template.sending_style).label

    @admin.display(description="Last change", ordering="current__created_at")
    def changed_at(self, template: Template) -> Any:
        return template.current.created_at if template.current else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("current__created_by")

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
        return super().render_change_form(request, context, *args, **kwargs)

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
