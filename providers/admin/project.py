"""The General page for everybody, and the list of all projects for operators."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from providers.admin.pages import Page
from providers.admin.project_form import ProjectForm
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import CAP_DAYS, Project, Role
from providers.people.access import enter
from providers.phones.countries import countries

GENERAL = "admin:providers_project_general"
# Fields that say more in words of their own to those who may not change them.
SHOWN = {
    name: f"{name}_shown"
    for name in ("default_country", "imported_as_subscribed", "opt_out_words", "opt_in_words")
}


_WHAT_THEY_HOLD_BACK = (
    "Of all campaigns of this project with a marketing template. Utility templates reach everybody."
)


def _word_list(field: str, label: str) -> Callable[[Any, Project], str]:
    @admin.display(description=label)
    def shown(_self: Any, project: Project) -> str:
        return format_html_join(" · ", "{}", ((word,) for word in getattr(project, field)))

    return shown


def _fieldsets(*, about: list[str]) -> list[tuple[str, dict[str, Any]]]:
    stops = ["opt_out_words", "opt_out_confirmation"]
    returns = ["opt_in_words", "opt_in_confirmation"]
    marketing = ["control_percent", *CAP_DAYS]
    replies = ["auto_reply_pause_minutes", "auto_reply_daily_limit", "reply_window_hours"]
    return [
        ("Project", {"fields": ["name", *about, "time_zone", "default_country"]}),
        ("Imports", {"fields": ["imported_as_subscribed"]}),
        ("Stopping and coming back", {"fields": [*stops, *returns]}),
        ("Marketing", {"fields": marketing, "description": _WHAT_THEY_HOLD_BACK}),
        ("Campaigns", {"fields": ["needs_approval"]}),
        ("Replies", {"fields": replies, "description": _where_the_words_are()}),
        ("Signing in", {"fields": ["requires_two_factor"]}),
    ]


def _where_the_words_are() -> str:
    connect = reverse("admin:providers_provider_changelist")
    return format_html(
        'What the auto-reply says, and whether there is one, stands in <a href="{}">WhatsApp '
        "Connect</a>.",
        connect,
    )


class GeneralPage(Page):
    """The form of the active project, wherever that is its settings' page."""

    address, name = "general/", "general"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        context = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return self.form(request, project, **context)

    post = get


class ProjectsPage(Page):
    """The list of all, for operators; everybody else has one project before them."""

    address, name = "", "changelist"

    def about(self, request: HttpRequest, **named: Any) -> None:
        """Operators come here before there is any, too."""

    def may_open(self, request: HttpRequest, about: None) -> bool:
        return True

    def get(self, request: HttpRequest, about: None) -> HttpResponse:
        if not request.user.is_superuser:
            return HttpResponseRedirect(reverse(GENERAL))
        listed: HttpResponse = self.admin.changelist_view(request)
        return listed

    post = get


@admin.register(Project)
class ProjectAdmin(ProjectScopedAdmin):
    pages = (GeneralPage, ProjectsPage)
    project_path = "pk"
    role_to_change = Role.ADMIN
    form = ProjectForm
    list_display = ["name", "account_id", "time_zone", "created_at"]
    search_fields = ["name", "account_id"]
    ordering = ["name"]
    readonly_fields = ["account_id", *SHOWN.values()]

    opt_out_words_shown = _word_list("opt_out_words", "Words to stop")
    opt_in_words_shown = _word_list("opt_in_words", "Words to come back")

    @admin.display(description="Default country")
    def default_country_shown(self, project: Project) -> str:
        return next(str(each) for each in countries() if each.code == project.default_country)

    @admin.display(description="Imported people are subscribed")
    def imported_as_subscribed_shown(self, project: Project) -> str:
        return {True: "Yes", False: "No", None: "Unknown"}[project.imported_as_subscribed]

    def get_queryset(self, request: HttpRequest) -> Any:
        if request.user.is_superuser:
            return Project.objects.all()
        return super().get_queryset(request)

    def _may(self, request: HttpRequest, role: Role | None) -> bool:
        """Operators may before there is a project, too."""
        if role is not None and request.user.is_superuser:
            return True
        return super()._may(request, role)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_superuser

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = _fieldsets(about=["account_id"] if obj else [])
        if self.has_change_permission(request, obj):
            return fieldsets
        return [
            (name, {**options, "fields": [SHOWN.get(field, field) for field in options["fields"]]})
            for name, options in fieldsets
        ]

    def response_add(
        self, request: HttpRequest, obj: Project, post_url_continue: Any = None
    ) -> Any:
        """Whoever makes a project works in it next: Home says what it needs."""
        enter(request, obj)
        if "_addanother" in request.POST:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, f"“{obj.name}” is there, and you are in it now.")
        return HttpResponseRedirect(reverse("admin:index"))

    def response_change(self, request: HttpRequest, obj: Project) -> HttpResponse:
        messages.success(request, "Saved.")
        return HttpResponseRedirect(request.get_full_path())
