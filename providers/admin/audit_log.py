"""The audit log: who did what in this project, newest first, for its admins; and what belongs to
no project, for operators."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from providers.admin.audit_searching import entries_with
from providers.admin.offered_filters import OfferedChangeList
from providers.admin.pages import Page
from providers.admin.period_filter import PeriodFilter
from providers.admin.read_only import ReadOnlyAdmin
from providers.admin.row_numbers import row_number
from providers.models import AuditEntry, Membership, Project, Role, User
from providers.people.access import active_project

KABOOTAR = "Kabootar"
MOST_PEOPLE = 200  # in the filter


def entries_of(project: Project) -> QuerySet[AuditEntry]:
    """Those of the project, and how its members signed in, which belongs to no project."""
    members = Membership.objects.filter(project=project).values("user")
    return AuditEntry.objects.filter(
        Q(project=project) | Q(project=None, by__in=members, action__startswith="person.")
    )


def _is_of_installation(request: HttpRequest) -> bool:
    return getattr(request, "kabootar_of_installation", False)


def _entries_for(request: HttpRequest) -> QuerySet[AuditEntry]:
    if _is_of_installation(request):
        return AuditEntry.objects.filter(project=None)
    project = active_project(request)
    return entries_of(project) if project else AuditEntry.objects.none()


def _people_for(request: HttpRequest) -> QuerySet[User]:
    if _is_of_installation(request):
        return User.objects.all()
    return User.objects.filter(memberships__project=active_project(request))


class WhoFilter(SimpleListFilter):
    title = "person"
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        people = _people_for(request).order_by("username")[:MOST_PEOPLE]
        named = [(str(person.pk), _name(person)) for person in people]
        return [*named, ("none", KABOOTAR)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if chosen == "none":
            return queryset.filter(by=None, key=None)
        number = row_number(chosen)
        return queryset.filter(by=number) if number else queryset


class WhatFilter(SimpleListFilter):
    title = "kind"
    parameter_name = "what"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        actions = _entries_for(request).order_by().values_list("action", flat=True).distinct()
        nouns = {action.partition(".")[0] for action in actions}
        return [(noun, noun.replace("_", " ").capitalize()) for noun in sorted(nouns)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action__startswith=f"{self.value()}.") if self.value() else queryset


class LatelyFilter(PeriodFilter):
    field = "at"
    periods = {
        "day": ("In the last 24 hours", timedelta(days=1)),
        "week": ("In the last 7 days", timedelta(days=7)),
        "month": ("In the last 30 days", timedelta(days=30)),
        "year": ("In the last 365 days", timedelta(days=365)),
    }


class NamingChangeList(OfferedChangeList):
    """Looks up what the entries of one page are about, with one query a kind."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        found = _targets(self.result_list)
        for entry in self.result_list:
            entry.target_now = found.get((entry.target_kind, entry.target_id))


class InstallationPage(Page):
    """The same list, of what belongs to no project."""

    address, name = "installation/", "installation"

    def about(self, request: HttpRequest, **named: Any) -> None:
        """Operators read it without any project, too."""

    def may_open(self, request: HttpRequest, about: None) -> bool:
        return request.user.is_superuser

    def get(self, request: HttpRequest, about: None) -> HttpResponse:
        request.kabootar_of_installation = True  # type: ignore[attr-defined]
        listed: HttpResponse = self.admin.changelist_view(
            request, {"title": "Audit log of the installation"}
        )
        return listed

    post = get


@admin.register(AuditEntry)
class AuditLogAdmin(ReadOnlyAdmin):
    pages = (InstallationPage,)
    change_list = NamingChangeList
    role_to_view = Role.ADMIN
    change_list_template = "providers/audit_log.html"
    list_display = ["when", "who", "what", "about", "details_shown"]
    list_display_links = None
    list_filter = [WhoFilter, WhatFilter, LatelyFilter]
    search_fields = ["note"]  # shows the search box; get_search_results does it all
    search_help_text = "The name of what it is about, a person, an API key, a word like “published”"
    list_select_related = ["by", "key"]
    ordering = ["-id"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Operators read the installation's log without any project, too."""
        return _is_of_installation(request) or super().has_view_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return _entries_for(request)

    def _is_in_active_project(self, request: HttpRequest, obj: Any, pk: Any) -> bool:
        return self.get_queryset(request).filter(pk=row_number(str(pk))).exists()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry], search_term: str
    ) -> tuple[QuerySet[AuditEntry], bool]:
        project = None if _is_of_installation(request) else active_project(request)
        found = entries_with(search_term, queryset, site=self.admin_site, project=project)
        return found, False

    @admin.display(description="When")
    def when(self, entry: AuditEntry) -> Any:
        return entry.at

    @admin.display(description="Who")
    def who(self, entry: AuditEntry) -> str:
        if entry.key is not None:
            return f"API key “{entry.key}”"
        if entry.by_id is None:
            return KABOOTAR
        return _name(entry.by) if entry.by else f"Person {entry.by_id}"

    @admin.display(description="What")
    def what(self, entry: AuditEntry) -> str:
        return entry.happened

    @admin.display(description="About")
    def about(self, entry: AuditEntry) -> str:
        target: Model | None = getattr(entry, "target_now", None)
        noun = entry.noun.capitalize()
        if isinstance(target, User) and target.pk == entry.by_id:
            return ""
        if target is None:
            return f"{noun} {entry.target_id}".strip()
        page = _page_of(target)
        name = _name(target) if isinstance(target, User) else str(target)
        noun = "Person" if isinstance(target, User) else str(target._meta.verbose_name).capitalize()
        return format_html('{} <a href="{}">{}</a>', noun, page, name) if page else f"{noun} {name}"

    @admin.display(description="Details")
    def details_shown(self, entry: AuditEntry) -> str:
        return entry.details


def _name(person: User) -> str:
    return person.get_full_name() or person.get_username()


def _targets(entries: Iterable[AuditEntry]) -> dict[tuple[str, str], Model]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        wanted[entry.target_kind].add(entry.target_id)
    found: dict[tuple[str, str], Model] = {}
    for kind, ids in wanted.items():
        try:
            model = apps.get_model(kind)
            rows = model._base_manager.filter(pk__in=ids).select_related()
        except (LookupError, ValueError):  # a kind of an older version
            continue
        found |= {(kind, str(row.pk)): row for row in rows}
    return found


def _page_of(target: Model) -> str:
    """Its page; of people the list of members, as their own page is the operators'."""
    if isinstance(target, User):
        return reverse("admin:providers_membership_changelist")
    name = f"admin:{target._meta.app_label}_{target._meta.model_name}_change"
    try:
        return reverse(name, args=[target.pk])
    except NoReverseMatch:
        return ""
