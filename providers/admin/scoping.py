"""The one place where a console page learns whose rows it may show.

Every admin class of ours inherits ProjectScopedAdmin (inlines: ProjectScopedTabularInline or
ProjectScopedStackedInline). It limits rows, choices of relations, filters and history to the
active project, answers 404 for anything else, and derives every permission from the role in it.

Not covered, so take care: querysets that a page makes by itself, and AllValuesFieldListFilter
(its values come from all rows of the table).
"""

from typing import Any

from django.contrib import messages
from django.contrib.admin import RelatedFieldListFilter
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError
from django.db.models import Field, ForeignKey, ManyToManyField, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from providers.admin.audited import AuditedAdmin
from providers.admin.belonging import within_project
from providers.admin.bound_form import BoundToProject
from providers.admin.paging import CappedPaginator
from providers.admin.placing import LONGEST_SEARCH
from providers.admin.skin import UnfoldStackedInline, UnfoldTabularInline
from providers.models import Project, Role
from providers.people.access import Access, access_of

MOST_WORDS = 20


class ProjectRelatedFilter(RelatedFieldListFilter):
    """Offers the active project's rows only; used for every relation named in list_filter."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        ordering = self.field_admin_ordering(field, request, model_admin)
        rows = field.related_model._default_manager.order_by(*ordering)
        mine = within_project(rows, access_of(request).project)
        return [(row.pk, str(row)) for row in mine]


class _ScopedPermissions:
    """Rights by role. None means nobody, not even an operator."""

    project_path = "project"
    role_to_view: Role | None = Role.VIEWER
    role_to_add: Role | None = Role.MARKETER
    role_to_change: Role | None = Role.MARKETER
    role_to_delete: Role | None = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.role_to_view)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.role_to_view) and self._is_mine(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.role_to_add) and self._is_mine(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.role_to_change) and self._is_mine(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.role_to_delete) and self._is_mine(request, obj)

    def has_administer_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """For @action(permissions=["administer"]): what only project admins may do."""
        return self._may(request, Role.ADMIN) and self._is_mine(request, obj)

    def _may(self, request: HttpRequest, role: Role | None) -> bool:
        return role is not None and access_of(request).at_least(role)

    def _is_mine(self, request: HttpRequest, obj: Any) -> bool:
        """Takes a row or, from Unfold's actions, an id. Asked often, so remembered."""
        raise NotImplementedError

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["queryset"] = self._choices(db_field, request, kwargs.get("queryset"))
        return super().formfield_for_foreignkey(  # type: ignore[misc]
            db_field, request, **kwargs
        )

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        kwargs["queryset"] = self._choices(db_field, request, kwargs.get("queryset"))
        return super().formfield_for_manytomany(  # type: ignore[misc]
            db_field, request, **kwargs
        )

    @staticmethod
    def _choices(db_field: Any, request: HttpRequest, given: QuerySet[Any] | None) -> QuerySet[Any]:
        rows = db_field.remote_field.model._default_manager.all() if given is None else given
        return within_project(rows, access_of(request).project)


class ProjectScopedAdmin(_ScopedPermissions, AuditedAdmin):
    """A page of the active project's rows.

    Set `project_path` where the row has no `project` of its own, the `role_to_…` where they
    differ, `can_delete_selected` for the bulk action, which is off otherwise. `save_refusals` and
    `delete_refusals` say in words why that can't be; `races` are what somebody's saving at the
    same moment makes of ours.
    """

    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50
    can_delete_selected = False
    save_refusals: tuple[type[Exception], ...] = ()
    delete_refusals: tuple[type[Exception], ...] = ()
    races: tuple[type[Exception], ...] = (IntegrityError,)

    def access(self, request: HttpRequest) -> Access:
        return access_of(request)

    def project(self, request: HttpRequest) -> Project:
        """The active project, for pages that make no sense without one."""
        project = access_of(request).project
        if project is None:
            raise Http404("You have no project yet.")
        return project

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        project = access_of(request).project
        return rows.filter(**{self.project_path: project.pk}) if project else rows.none()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Each word is a condition for each field: thousands of them kept PostgreSQL planning."""
        few = " ".join(search_term[:LONGEST_SEARCH].split(" ")[:MOST_WORDS])
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, few)
        return found

    def own_row(self, request: HttpRequest, pk: int | str, *related: str) -> Any:
        """For a page about one row, with what it shows of `related` ones. Whatever is not there,
        not of this project or not to be seen by this person is a 404."""
        rows = self.get_queryset(request)
        try:
            row = (rows.select_related(*related) if related else rows).filter(pk=pk).first()
        except ValueError:  # no number, or one of thousands of digits
            row = None
        if row is None or not self.has_view_permission(request, row):
            raise Http404(f"No {self.opts.verbose_name} with this number in this project.")
        return row

    def _is_mine(self, request: HttpRequest, obj: Any) -> bool:
        pk = obj.pk if isinstance(obj, Model) else obj
        if pk is None:
            return True
        known: dict[tuple[Any, str], bool] = request.__dict__.setdefault("_kabootar_mine", {})
        key = (self.model, str(pk))
        if key not in known:
            known[key] = self._is_in_active_project(request, obj, pk)
        return known[key]

    def _is_in_active_project(self, request: HttpRequest, obj: Any, pk: Any) -> bool:
        project = access_of(request).project
        if isinstance(obj, Model) and self.project_path == "project" and project:
            return bool(obj.project_id == project.pk)  # type: ignore[attr-defined]
        try:
            return self.get_queryset(request).filter(pk=pk).exists()
        except (ValueError, ValidationError):
            return False

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404(f"No {opts.verbose_name} with this number in this project.")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        bound = {
            "project": access_of(request).project,
            "sets_project": self.project_path == "project",
        }
        metaclass: Any = type(form)
        return metaclass(form.__name__, (BoundToProject, form), bound)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and self.project_path == "project":
            obj.project = self.project(request)
        super().save_model(request, obj, form, change)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except self.races:
            # The second time what the other one saved is seen, and the form says what is the
            # matter instead of being lost.
            return super().changeform_view(request, object_id, form_url, extra_context)
        except self.save_refusals as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.list_page)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except self.delete_refusals as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(self.page_of(object_id))

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [self._scoped_filter(entry) for entry in super().get_list_filter(request)]

    def _scoped_filter(self, entry: Any) -> Any:
        return (entry, ProjectRelatedFilter) if self._is_relation(entry) else entry

    def _is_relation(self, entry: Any) -> bool:
        if not isinstance(entry, str):
            return False
        field: Field[Any, Any] | Any = None
        model: Any = self.model
        for part in entry.split("__"):
            try:
                field = model._meta.get_field(part)
            except FieldDoesNotExist:
                return False
            model = field.related_model
        return bool(field.is_relation)

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        if not self.can_delete_selected:
            actions.pop("delete_selected", None)
        return actions

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        if not self._is_mine(request, object_id):
            raise Http404("No such row in this project.")
        return super().history_view(request, object_id, extra_context)


class _ScopedInline(_ScopedPermissions):
    """Rows of a parent that the page has already found to be the project's own."""

    def _is_mine(self, request: HttpRequest, obj: Any) -> bool:
        return True


class ProjectScopedTabularInline(_ScopedInline, UnfoldTabularInline):
    extra = 0


class ProjectScopedStackedInline(_ScopedInline, UnfoldStackedInline):
    extra = 0
