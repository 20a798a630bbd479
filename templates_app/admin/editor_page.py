"""The editor: the gallery of types, the form of one, its live phone, what it keeps by itself."""

from dataclasses import replace
from typing import Any, cast

from django.db import IntegrityError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict

from providers.admin.pages import AddPage
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import Project
from providers.people import unsaved
from providers.people.access import actor_of
from providers.watch.auditing import changes_of
from templates_app.admin.card_widgets import FIRST_CARDS
from templates_app.admin.editor_state import editor_state
from templates_app.admin.moves import moves_for
from templates_app.admin.place_asked import kind_asked, place_asked
from templates_app.admin.template_form import TemplateForm, form_for, stored_wording
from templates_app.admin.template_list import quality_pill, status_pill
from templates_app.admin.wording_fields import FIELDS, NAMES, initial_of
from templates_app.keeping.editing import EDITED_FIELDS, StaleEditError, save_template
from templates_app.keeping.readiness import samples_asked_for, waits_for_meta
from templates_app.keeping.room import NoRoomError
from templates_app.models import Category, Kind, Template
from templates_app.wording.components import Wording

SHOWN_FIELDS = ["name", "language_shown", "category", "status_shown", "vendor_id", "style_shown"]
GALLERY = (
    (Kind.BASIC, "chat", "A text with a picture, a footer and buttons, if you like."),
    (
        Kind.LIMITED_TIME_OFFER,
        "timer",
        "An offer with a countdown and a code to copy. Always marketing.",
    ),
    (Kind.CAROUSEL, "view_carousel", "A text and up to ten cards to swipe through."),
)


class GalleryPage(AddPage):
    """Of what type? Then comes the form of one."""

    template = "templates_app/gallery.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        if "kind" in request.GET:
            return self.form(request)
        categories = Category.choices
        return self.show(request, title="New template", kinds=GALLERY, categories=categories)


class EditorAdmin(ProjectScopedAdmin):
    """The form's half of the templates' admin."""

    audited_by_acts = ("added", "changed")
    save_refusals = (NoRoomError,)
    races = (IntegrityError, StaleEditError)  # saved by somebody between our check and our lock
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
        written = obj if change else None
        place = place_asked(request, self.project(request), written, Kind(obj.kind))
        edit = replace(form.edit(), changes=changes_of(form) if change else ())
        save_template(obj, edit, by=actor_of(request))
        unsaved.forget(place)

    # The page ------------------------------------------------------------------------------------

    def form_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        return {"show_save_and_add_another": False}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        form: TemplateForm = context["adminform"].form
        template = form.instance
        context.update(self._side(request, form))
        context.update(self._head(template))
        if context["editor_is_live"]:
            stored, kind = template if template.pk else None, Kind(template.kind)
            place = place_asked(request, self.project(request), stored, kind)
            left = None if form.is_bound or form.unsaved else unsaved.kept(place)
            context["left"] = left if left and left.form else None
        return super().render_change_form(request, context, *args, **kwargs)

    def _side(self, request: HttpRequest, form: TemplateForm) -> dict[str, Any]:
        """The phone and the problems, of what the form shows."""
        template, current = form.instance, form.instance.current
        if form.is_bound:
            wording, set_aside, samples = form.wording(), form.set_aside(), form.samples()
        else:
            wording = form.unsaved["wording"] if form.unsaved else _as_shown(template)
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

    def _continued(
        self, request: HttpRequest, obj: Model | None, kind: Kind
    ) -> dict[str, Any] | None:
        """What the form shows instead of what is stored, for who goes on where they left off."""
        if request.method != "GET" or "continue" not in request.GET:
            return None
        template = cast("Template | None", obj)
        found = unsaved.kept(place_asked(request, self.project(request), template, kind))
        if found is None or found.form is None:
            return None
        data = QueryDict(found.form)
        fields = FIELDS[kind](data)
        fields.full_clean()
        wording = fields.wording()
        plain = {name: data[name] for name in EDITED_FIELDS if name in data}
        seen = {name: data[name] for name in ("based_on", "seen") if data.get(name)}
        return {**initial_of(wording), **plain, **seen, "wording": wording}


def _as_shown(template: Template) -> Wording:
    """With the cards that the form of a carousel without any begins with."""
    wording = stored_wording(template)
    is_bare = template.kind == Kind.CAROUSEL and not wording.cards
    return replace(wording, cards=FIRST_CARDS) if is_bare else wording
