"""The editor: the gallery of types, the form of one, its live phone, what it keeps by itself."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from providers.admin.row_numbers import row_number
from providers.models import User
from providers.people.access import actor_of
from providers.watch.auditing import changes_of
from templates_app.admin.editor_state import editor_state
from templates_app.admin.moves import moves_for
from templates_app.admin.own_template import PAGE, OwnTemplate
from templates_app.admin.template_form import STORED_FIELDS, TemplateForm, form_for, stored_wording
from templates_app.admin.template_list import quality_pill, status_pill
from templates_app.admin.wording_fields import FIELDS, NAMES, initial_of
from templates_app.keeping import unsaved
from templates_app.keeping.editing import StaleEditError, save_template
from templates_app.keeping.readiness import samples_asked_for, waits_for_meta
from templates_app.models import Category, Kind, Template

SHOWN_FIELDS = ["name", "language_shown", "category", "status_shown", "vendor_id", "style_shown"]
JUDGED_FIELDS = ("name", "language", "category", "vendor_id", "sending_style")
GALLERY = (
    (Kind.BASIC, "chat", "A text with a picture, a footer and buttons, if you like."),
    (
        Kind.LIMITED_TIME_OFFER,
        "timer",
        "An offer with a countdown and a code to copy. Always marketing.",
    ),
    (Kind.CAROUSEL, "view_carousel", "A text and up to ten cards to swipe through."),
)


class EditorPage(OwnTemplate):
    audited_by_acts = ("added", "changed")
    change_form_show_cancel_button = True
    warn_unsaved_form = True
    compressed_fields = False  # the phone needs the room beside
    conditional_fields = {
        "header_text": "header_kind == 'TEXT'",
        "header_media": "['IMAGE', 'VIDEO', 'DOCUMENT'].includes(header_kind)",
        "status_reason": "['rejected', 'paused', 'disabled'].includes(status)",
    }

    class Media:
        css = {
            "all": [
                "templates_app/phone.css",
                "templates_app/media_tools.css",
                "templates_app/editor.css",
            ]
        }
        js = [
            "templates_app/phone.js",
            "templates_app/editor_rows.js",
            "templates_app/editor_cards.js",
            "templates_app/media_tools.js",
            "templates_app/editor_keeping.js",
            "templates_app/editor.js",
        ]

    def get_urls(self) -> list[URLPattern]:
        def part(name: str, view: Callable[[HttpRequest], HttpResponse]) -> URLPattern:
            guarded = self.admin_site.admin_view(require_POST(view))
            return path(f"{name}/", guarded, name=f"templates_app_template_{name}")

        return [
            part("preview", self.preview_view),
            part("keep", self.keep_view),
            *super().get_urls(),
        ]

    # The form ------------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kind = kind_asked(request, obj)
        form = super().get_form(request, obj, change=change, **{**kwargs, "form": form_for(kind)})
        form.may_set_aside = self.access(request).can_administer
        form.unsaved = self._continued(request, obj, kind)
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self.access(request).can_change:
            return [("Template", {"fields": SHOWN_FIELDS})]
        kind = kind_asked(request, obj)
        return [
            ("Template", {"fields": ["name", "language", "category"]}),
            ("What it says", {"fields": [*NAMES[kind], "based_on", "seen"]}),
            ("At Gupshup", {"fields": ["vendor_id", "sending_style", "status", "status_reason"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if self.access(request).can_change else SHOWN_FIELDS

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        category = request.GET.get("category", "")
        return {"category": category} if category in Category.values else {}

    def save_model(self, request: HttpRequest, obj: Template, form: Any, change: bool) -> None:
        if not change:
            obj.project = self.project(request)
        place = self._place(request, obj if change else None, Kind(obj.kind))
        edit = replace(form.edit(), changes=changes_of(form) if change else ())
        save_template(obj, edit, by=actor_of(request))
        unsaved.forget(place)

    # The page ------------------------------------------------------------------------------------

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        if request.method == "GET" and "kind" not in request.GET:
            return self._gallery(request)
        return super().add_view(request, form_url, extra_context)

    def _gallery(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "New template",
            "opts": self.model._meta,
            "media": self.media,
            "kinds": GALLERY,
            "categories": Category.choices,
        }
        return TemplateResponse(request, "templates_app/gallery.html", context)

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

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        form: TemplateForm = context["adminform"].form
        template = form.instance
        context.update(self._side(request, form))
        context.update(self._head(template))
        if context["editor_is_live"]:
            place = self._place(request, template if template.pk else None, Kind(template.kind))
            left = None if form.is_bound or form.unsaved else unsaved.kept(place)
            context["left"] = left if left and left.form else None
        return super().render_change_form(request, context, *args, **kwargs)

    def _side(self, request: HttpRequest, form: TemplateForm) -> dict[str, Any]:
        """The phone and the problems, of what the form shows."""
        template, current = form.instance, form.instance.current
        if form.is_bound:
            wording, set_aside, samples = form.wording(), form.set_aside(), form.samples()
        else:
            wording = form.unsaved["wording"] if form.unsaved else stored_wording(template)
            set_aside = current.set_aside if current else []
            samples = samples_asked_for(template, wording)
        access = self.access(request)
        return {
            "editor": editor_state(template, wording, set_aside=set_aside, samples=samples),
            "editor_is_live": access.can_change,
            "may_set_aside": access.can_administer,
            "template_kind": template.kind,
        }

    def _head(self, template: Template) -> dict[str, Any]:
        """What stands above the form of a template that is there already."""
        kind_label = Kind(template.kind).label
        if template._state.adding:
            return {"kind_label": kind_label}
        siblings = list(
            Template.objects.filter(project_id=template.project_id, name=template.name)
            .only("pk", "language")
            .order_by("language")
        )
        return {
            "kind_label": kind_label,
            "status_pill": status_pill(template),
            "quality_pill": quality_pill(template),
            "moves": moves_for(template),
            "waits_for_meta": waits_for_meta(template),
            "siblings": siblings if len(siblings) > 1 else [],
        }

    # While somebody types ------------------------------------------------------------------------

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """The phone and the problems of what stands in the editor; nothing is saved."""
        if not self.has_view_permission(request):
            raise Http404("No such page in this project.")
        kind = kind_asked(request, None)
        form = FIELDS[kind](request.POST)
        form.full_clean()
        given = {field: request.POST.get(field, "").strip() for field in JUDGED_FIELDS}
        template = Template(**given, kind=kind)
        may_set_aside = self.access(request).can_administer
        set_aside = request.POST.getlist("set_aside") if may_set_aside else ()
        wording = form.wording()
        samples = samples_asked_for(self._edited(request), wording)
        context = {
            "editor": editor_state(template, wording, set_aside=set_aside, samples=samples),
            "editor_is_live": True,
            "may_set_aside": may_set_aside,
        }
        return render(request, "templates_app/editor_side.html", context)

    def _edited(self, request: HttpRequest) -> Template | None:
        """The template that the editor has open, if it is there already."""
        version = row_number(request.POST.get("based_on", ""))
        rows = Template.objects.filter(project=self.project(request)).select_related("current")
        return rows.filter(current=version).first() if version else None

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keeps what is written, or forgets it, and says who else is here."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        number = request.POST.get("template", "")
        template = self.own_template(request, number) if number else None
        place = self._place(request, template, kind_asked(request, template))
        if "forget" in request.POST:
            unsaved.forget(place)
            return HttpResponseRedirect(_editor_of(place))
        at = timezone.now()
        is_written = "body" in request.POST
        unsaved.keep(place, request.POST.urlencode() if is_written else None, at=at)
        context = {"kept_at": at if is_written else None, "others": unsaved.others_at(place, at=at)}
        return render(request, "templates_app/editor_presence.html", context)

    def _place(self, request: HttpRequest, template: Template | None, kind: Kind) -> unsaved.Place:
        return unsaved.Place(
            project=self.project(request),
            kind=kind,
            by=cast("User", request.user),
            template=template,
        )

    def _continued(
        self, request: HttpRequest, obj: Model | None, kind: Kind
    ) -> dict[str, Any] | None:
        """What the form shows instead of what is stored, for who goes on where they left off."""
        if request.method != "GET" or "continue" not in request.GET:
            return None
        found = unsaved.kept(self._place(request, cast("Template | None", obj), kind))
        if found is None or found.form is None:
            return None
        data = QueryDict(found.form)
        fields = FIELDS[kind](data)
        fields.full_clean()
        wording = fields.wording()
        plain = {name: data[name] for name in STORED_FIELDS if name in data}
        seen = {name: data[name] for name in ("based_on", "seen") if data.get(name)}
        return {**initial_of(wording), **plain, **seen, "wording": wording}


def _editor_of(place: unsaved.Place) -> str:
    if place.template is not None:
        return reverse(PAGE, args=[place.template.pk])
    return f"{reverse('admin:templates_app_template_add')}?kind={place.kind}"


def kind_asked(request: HttpRequest, obj: Any) -> Kind:
    """A template's own type; of a new one what the address or the form says."""
    if isinstance(obj, Template):
        return Kind(obj.kind)
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    return Kind(asked) if asked in Kind.values else Kind.BASIC
