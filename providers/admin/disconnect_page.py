"""The page that takes the provider away, after naming what stops with it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from providers.admin.dialogs import RowAct
from providers.connection.dependents import dependents_of
from providers.connection.disconnecting import disconnect
from providers.models import Provider, Role
from providers.people.access import actor_of


class DisconnectPage(RowAct):
    address, name = "<path:object_id>/delete/", "delete"
    role = Role.ADMIN
    template = "providers/disconnect.html"

    def get(self, request: HttpRequest, provider: Provider) -> HttpResponse:
        dependents = dependents_of(provider)
        return self.show(
            request, title="Disconnect Gupshup", object=provider, dependents=dependents
        )

    def act(self, request: HttpRequest, provider: Provider) -> str:
        name = str(provider)
        stopped = disconnect(provider, by=actor_of(request))
        if stopped:
            messages.warning(request, f"Stopped: {', '.join(each.name for each in stopped)}.")
        return (
            f"“{name}” is disconnected. Campaigns, messages and results are still here. "
            "You can connect another account now."
        )
