"""What happened to a template, what each version changed, and the way back to an older one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from providers.admin.dialogs import Dialog
from providers.admin.pages import Page
from providers.admin.row_numbers import row_number
from providers.connection.dependents import dependents_of
from providers.models import Role
from providers.people.access import actor_of
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


class HistoryPage(Page):
    """Instead of the audit log's entries about it."""

    address, name = "<path:object_id>/history/", "history"
    template = "templates_app/history.html"

    def get(self, request: HttpRequest, template: Template) -> HttpResponse:
        return self.show(
            request,
            title=f"History of {template}",
            template=template,
            steps=steps_of(template),
            shown=SHOWN,
            may_change=self.admin.has_change_permission(request, template),
        )

    post = get


class RestoreVersion(Dialog):
    """`version` is the number of an older one."""

    address, name = "<int:pk>/restore/", "restore"
    role = Role.MARKETER
    template = "templates_app/restore_dialog.html"
    button = "Bring it back"
    refusals = (EditingError,)
    refused_as = messages.ERROR

    def shown(self, request: HttpRequest, template: Template) -> dict[str, Any]:
        version = _version_asked(request.GET, template)
        now = read_wording(template.current.content) if template.current else Wording()
        return {
            "template": template,
            "version": version,
            "differences": differences(now, read_wording(version.content)),
            "stops": dependents_of(template),
        }

    def act(self, request: HttpRequest, template: Template) -> str:
        version = _version_asked(request.POST, template)
        based_on = row_number(request.POST.get("based_on", "")) or template.current_id
        new = restore(template, version, by=actor_of(request), based_on=based_on)
        return f"Version {version.number} is back, as version {new.number}."


def _version_asked(asked: Mapping[str, str], template: Template) -> TemplateVersion:
    version = template.versions.filter(number=row_number(asked.get("version", ""))).first()
    if version is None:
        raise Http404("No such version.")
    return version


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
