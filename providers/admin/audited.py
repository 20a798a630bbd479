"""Every page of rows writes the audit log, and shows as a row's history what stands in it.

Django's own log of the admin site is not written: it keeps names and numbers of people.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from providers.admin.placing import PagedAdmin
from providers.models import AuditEntry, Project
from providers.people.access import access_of, actor_of
from providers.watch import auditing

ENTRIES_A_PAGE = 50


class AuditedAdmin(PagedAdmin):
    """`audit_noun` is the first half of its actions; the model's name where it isn't set.
    `audited_by_acts` names what of "added", "changed", "deleted" an act does that the page calls:
    it writes the entry itself."""

    audit_noun = ""
    audited_by_acts: Collection[str] = ()
    is_about_people = False

    def record(
        self, request: HttpRequest, obj: Model, happened: str, *, noun: str = "", **more: Any
    ) -> None:
        """One entry "noun.happened" about this row, by whoever asks."""
        auditing.record(
            f"{noun or self.audit_noun or self.opts.model_name}.{happened}",
            by=actor_of(request),
            project=self.audited_project(request, obj),
            target=obj,
            **more,
        )

    def audited_project(self, request: HttpRequest, obj: Model) -> Project | None:
        """In whose log the entry stands."""
        return access_of(request).project

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> Any:
        changes = [] if add else auditing.changes_of(form)
        if self.is_about_people:
            changes = auditing.without_values(changes)
        request.kabootar_changes = changes  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        self._record_saved(request, obj, "added")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing where a form was saved without a change."""
        if message:
            changes = getattr(request, "kabootar_changes", [])
            note = message if isinstance(message, str) else ""
            self._record_saved(request, obj, "changed", changes=changes, note=note)

    def log_deletions(self, request: HttpRequest, queryset: "Iterable[Any]") -> Any:
        for obj in queryset:
            self._record_saved(request, obj, "deleted")

    def _record_saved(self, request: HttpRequest, obj: Model, happened: str, **more: Any) -> None:
        if happened not in self.audited_by_acts:
            self.record(request, obj, happened, **more)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404("No such row in this project.")
        pages = Paginator(self._entries_about(obj), ENTRIES_A_PAGE)
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {obj}",
            "entries": pages.get_page(request.GET.get("page")),
            "opts": self.opts,
            "object": obj,
            "original": obj,
            "preserved_filters": self.get_preserved_filters(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/object_history.html", context)

    @staticmethod
    def _entries_about(obj: Model) -> QuerySet[AuditEntry]:
        about = AuditEntry.objects.filter(target_kind=obj._meta.label_lower, target_id=str(obj.pk))
        return about.select_related("by", "key").order_by("-id")
