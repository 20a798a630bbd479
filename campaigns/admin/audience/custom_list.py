"""Custom lists: fixed sets of people, filled by imports and from what finds people."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string

from campaigns.admin.lists.list_pages import DeleteList, ExportList, ListOfList, ThinList
from campaigns.audience.lists import MOST_COUNTED, ListError, delete_list, save_list, with_counts
from campaigns.models import CustomList
from providers.admin.dialogs import BY_DIALOG
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.short_time import short_time
from providers.models import Role
from providers.people.access import actor_of
from providers.watch.auditing import changes_of


@admin.register(CustomList)
class CustomListAdmin(ProjectScopedAdmin):
    audited_by_acts = ("added", "changed", "deleted")
    save_refusals = (ListError,)
    pages = (ListOfList, ThinList, ExportList, DeleteList)
    role_to_delete = Role.MARKETER
    change_list_template = "campaigns/custom_list_list.html"
    list_display = ["name", "people_shown", "created"]
    search_fields = ["name"]
    search_help_text = "A list's name"
    ordering = ["name"]
    actions = None
    fields = ["name", "people_now"]
    readonly_fields = ["people_now"]

    class Media:
        css = {"all": ["campaigns/campaigns.css", "campaigns/import.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_counts(super().get_queryset(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ["name"]

    def save_model(self, request: HttpRequest, obj: CustomList, form: Any, change: bool) -> None:
        if not change:
            obj.project = self.project(request)
        save_list(obj, by=actor_of(request), changes=changes_of(form))

    def response_add(
        self, request: HttpRequest, obj: CustomList, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(request, f"“{obj}” is there. Now put people into it.")
        return HttpResponseRedirect(self.page_of(obj))

    def form_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        return BY_DIALOG

    def delete_model(self, request: HttpRequest, obj: CustomList) -> None:
        delete_list(obj, by=actor_of(request))

    @admin.display(description="People")
    def people_shown(self, custom_list: Any) -> str:
        if custom_list.people > MOST_COUNTED:
            return f"more than {MOST_COUNTED:,}"
        return f"{custom_list.people:,}"

    @admin.display(description="People")
    def people_now(self, custom_list: CustomList) -> str:
        return render_to_string(
            "campaigns/custom_list_people.html",
            {"list": custom_list, "people": custom_list.members.count()},
        )

    @admin.display(description="Made", ordering="created_at")
    def created(self, custom_list: CustomList) -> str:
        return short_time(custom_list.created_at)
