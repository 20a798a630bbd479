"""The page that takes the provider away, after naming what stops with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from providers.admin.scoping import ProjectScopedAdmin
from providers.connection.dependents import dependents_of
from providers.connection.disconnecting import disconnect
from providers.models import Provider, Role


class DisconnectPage(ProjectScopedAdmin):
    role_to_delete = Role.ADMIN
    delete_confirmation_template = "providers/disconnect.html"

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        provider = self.get_object(request, object_id)
        context = {
            "title": "Disconnect Gupshup",
            "dependents": dependents_of(provider) if provider else [],
            **(extra_context or {}),
        }
        return super().delete_view(request, object_id, context)

    def delete_model(self, request: HttpRequest, obj: Provider) -> None:
        stopped = disconnect(obj)
        if stopped:
            messages.warning(request, f"Stopped: {', '.join(each.name for each in stopped)}.")

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        messages.success(
            request,
            f"“{obj_display}” is disconnected. Campaigns, messages and results are still here. "
            "You can connect another account now.",
        )
        return HttpResponseRedirect(reverse("admin:providers_provider_changelist"))
