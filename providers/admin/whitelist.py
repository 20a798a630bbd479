"""The IP whitelist page: our addresses, for Gupshup to allow, and Gupshup's, for us to take."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from providers.admin.network_forms import CallbackSourceForm, SendingIPForm
from providers.admin.pages import Page
from providers.admin.scoping import ProjectScopedAdmin
from providers.models import CallbackSource, Project, Role, SendingIP
from providers.network import whitelist
from providers.people.access import access_of

PAGE = "admin:providers_sendingip_changelist"


class NetworkAdmin(ProjectScopedAdmin):
    """Rows that stand on the one page of networks, and have forms of their own."""

    role_to_add = role_to_change = role_to_delete = Role.ADMIN
    delete_confirmation_template = "providers/network_delete.html"

    def form_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        return {"show_save_and_add_another": True, "show_save_and_continue": False}

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(PAGE))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(PAGE))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(request, f"{obj_display} is off the list.")
        return HttpResponseRedirect(reverse(PAGE))


class WhitelistPage(Page):
    """Instead of a list: both kinds of networks, and what the wire says of them."""

    address, name = "", "changelist"
    template = "providers/ip_whitelist.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        rows = list(self.admin.get_queryset(request))
        return self.show(
            request,
            title="IP whitelist",
            opts=None,  # it is the list itself
            rows=[(row, self.admin.has_change_permission(request, row)) for row in rows],
            all_networks="\n".join(row.network for row in rows),
            observed=whitelist.observed(project),
            looks_for_address=bool(settings.EGRESS_IP_URL),
            verifications=whitelist.verifications_of(project),
            incident=whitelist.open_incident(project),
            sources=CallbackSource.objects.filter(project=project).order_by("pk"),
            refused=whitelist.refused_callbacks(project),
        )

    post = get


class SourcesPage(Page):
    """They stand on the whitelist's page."""

    address, name = "", "changelist"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse(PAGE)}#sources")

    post = get


@admin.register(SendingIP)
class SendingIPAdmin(NetworkAdmin):
    pages = (WhitelistPage,)
    form = SendingIPForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[SendingIP]:
        """The project's, and those of the installation, which everybody sees."""
        project = access_of(request).project
        if project is None:
            return SendingIP.objects.none()
        rows: QuerySet[SendingIP] = SendingIP.objects.of(project).order_by("project", "pk")
        return rows

    def _is_in_active_project(self, request: HttpRequest, obj: Any, pk: Any) -> bool:
        project = access_of(request).project
        if isinstance(obj, SendingIP) and project:
            return obj.project_id in {None, project.pk}
        return super()._is_in_active_project(request, obj, pk)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    @staticmethod
    def _may_touch(request: HttpRequest, obj: Any) -> bool:
        """The installation's addresses are the operators'."""
        if obj is None or request.user.is_superuser:
            return True
        if isinstance(obj, SendingIP):
            return obj.project_id is not None
        return SendingIP.objects.filter(pk=obj, project__isnull=False).exists()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = ["network", "label", "note"]
        return ["everywhere", *fields] if request.user.is_superuser else fields

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        # An address of the installation stays one, whichever project is open.
        form.sets_project = False
        form.is_operator = request.user.is_superuser
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        everywhere = form.cleaned_data.get("everywhere", change and obj.project_id is None)
        obj.project = None if everywhere else (obj.project or self.project(request))
        super(ProjectScopedAdmin, self).save_model(request, obj, form, change)

    def audited_project(self, request: HttpRequest, obj: Any) -> Project | None:
        project: Project | None = obj.project
        return project


@admin.register(CallbackSource)
class CallbackSourceAdmin(NetworkAdmin):
    pages = (SourcesPage,)
    form = CallbackSourceForm
