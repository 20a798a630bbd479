"""What happened to a template, what each version changed, and the way back to an older one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from providers.admin.row_numbers import row_number
from providers.connection.dependents import dependents_of
from providers.people.access import actor_of
from templates_app.admin.own_template import PAGE, OwnTemplate
from templates_app.keeping.comparing import Difference, differences
from templates_app.keeping.readiness import EditingError
from templates_app.keeping.restoring import restore
from templates_app.models import Status, Template, TemplateChange, TemplateVersion
from templates_app.wording.components import Wording
from templates_app.wording.reading import read_wording

SHOWN = 200


@dataclass(frozen=True)
class Step:
    """A change, and what it changed in the wording. Only an older version can be restored."""

    change: TemplateChange
    differences: tuple[Difference, ...]
    restorable: int | None

    @property
    def status_label(self) -> str:
        return Status(self.change.status).label if self.change.status else ""


class HistoryPage(OwnTemplate):
    def get_urls(self) -> list[URLPattern]:
        restoring = self.admin_site.admin_view(self.restore_view)
        return [
            path("<int:pk>/restore/", restoring, name="templates_app_template_restore"),
            *super().get_urls(),
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        template = self.own_template(request, object_id, to_change=False)
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {template}",
            "opts": self.model._meta,
            "template": template,
            "steps": steps_of(template),
            "shown": SHOWN,
            "may_change": self.has_change_permission(request, template),
            "media": self.media,
        }
        return TemplateResponse(request, "templates_app/history.html", context)

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows the dialog, POST restores; `version` is the number of an older one."""
        template = self.own_template(request, pk)
        wanted = request.POST.get("version") or request.GET.get("version", "")
        version = template.versions.filter(number=row_number(wanted)).first()
        if version is None:
            raise Http404("No such version.")
        if request.method == "POST":
            self._restore(request, template, version)
            return HttpResponseRedirect(reverse(PAGE, args=[pk]))
        now = read_wording(template.current.content) if template.current else Wording()
        context = {
            "template": template,
            "version": version,
            "differences": differences(now, read_wording(version.content)),
            "stops": dependents_of(template),
        }
        return render(request, "templates_app/restore_dialog.html", context)

    def _restore(self, request: HttpRequest, template: Template, version: TemplateVersion) -> None:
        based_on = row_number(request.POST.get("based_on", "")) or template.current_id
        try:
            new = restore(template, version, by=actor_of(request), based_on=based_on)
        except EditingError as error:
            messages.error(request, str(error))
        else:
            said = f"Version {version.number} is back, as version {new.number}."
            messages.success(request, said)


def steps_of(template: Template) -> list[Step]:
    """The newest first."""
    changes = template.changes.select_related("by", "version").order_by("-at", "-pk")[:SHOWN]
    versions = {version.number: version for version in template.versions.all()}
    current = template.current.number if template.current else 0
    told: set[int] = set()
    steps = []
    for change in _oldest_first(changes):
        number = change.version.number if change.version else 0
        is_new = number not in told
        told.add(number)
        differs = _what_changed(versions, number) if is_new else ()
        steps.append(Step(change, differs, number if is_new and 0 < number < current else None))
    return steps[::-1]


def _oldest_first(changes: Iterable[TemplateChange]) -> list[TemplateChange]:
    return list(changes)[::-1]


def _what_changed(versions: dict[int, TemplateVersion], number: int) -> tuple[Difference, ...]:
    before, after = versions.get(number - 1), versions.get(number)
    if before is None or after is None:
        return ()
    return tuple(differences(read_wording(before.content), read_wording(after.content)))
