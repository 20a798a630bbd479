"""What the editor asks for while somebody types: the phone and the problems, and keeping it."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from providers.admin.pages import Page
from providers.admin.row_numbers import row_number
from providers.models import Project, Role
from providers.people import unsaved
from providers.people.access import access_of
from templates_app.admin.editor_state import editor_state
from templates_app.admin.place_asked import editor_of, kind_asked, place_asked
from templates_app.admin.wording_fields import FIELDS, LONGEST_TEXT
from templates_app.keeping.readiness import samples_asked_for
from templates_app.models import Template

JUDGED_FIELDS = ("name", "language", "category", "vendor_id", "sending_style")


class PreviewPart(Page):
    """The phone and the problems of what stands in the editor; nothing is saved."""

    address, name = "preview/", "preview"
    template = "templates_app/editor_side.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        kind = kind_asked(request, None)
        form = FIELDS[kind](request.POST)
        form.full_clean()
        given = {
            field: request.POST.get(field, "").strip()[:LONGEST_TEXT] for field in JUDGED_FIELDS
        }
        template = Template(**given, kind=kind)
        may_set_aside = access_of(request).can_administer
        set_aside = request.POST.getlist("set_aside") if may_set_aside else ()
        wording = form.wording()
        samples = samples_asked_for(_edited(request, project), wording)
        editor = editor_state(template, wording, set_aside=set_aside, samples=samples)
        return self.part(request, editor=editor, editor_is_live=True, may_set_aside=may_set_aside)


class KeepPart(Page):
    """Keeps what is written, or forgets it, and says who else is here."""

    address, name = "keep/", "keep"
    role = Role.MARKETER
    template = "templates_app/editor_presence.html"

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        number = request.POST.get("template", "")
        template = cast("Template", self.admin.own_row(request, number)) if number else None
        place = place_asked(request, project, template, kind_asked(request, template))
        if "forget" in request.POST:
            unsaved.forget(place)
            return HttpResponseRedirect(editor_of(place))
        at = timezone.now()
        is_written = "body" in request.POST
        is_kept = unsaved.keep(place, request.POST.urlencode() if is_written else None, at=at)
        others = unsaved.others_at(place, at=at)
        return self.part(request, kept_at=at if is_kept else None, others=others)


def _edited(request: HttpRequest, project: Project) -> Template | None:
    """The template that the editor has open, if it is there already."""
    version = row_number(request.POST.get("based_on", ""))
    rows = Template.objects.filter(project=project).select_related("current")
    return rows.filter(current=version).first() if version else None
