"""The WhatsApp Connect page: one Gupshup account per project.

There is no list: the menu leads to the connected account, or to the choice of a provider.
"""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format

from providers.admin.callback_key_page import CallbackKeyPage, EndOldKeys
from providers.admin.disconnect_page import DisconnectPage
from providers.admin.gupshup import GUPSHUP
from providers.admin.pages import AddPage, Page
from providers.admin.picker import VENDORS, vendor_of
from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.typed_credentials import hides_credentials
from providers.admin.vendor import Vendor
from providers.admin.verify_page import VerifyHsm, VerifyTwoWay
from providers.connection.callback_urls import callback_urls, masked_callback_urls
from providers.connection.connecting import save_provider
from providers.connection.messaging_limit import limit_words
from providers.models import Project, Provider, Role, SendingIP
from providers.people.access import actor_of
from providers.watch.auditing import changes_of


def _masked(account_id: str) -> str:
    return f"••••{account_id[-3:]}"


class ConnectPage(Page):
    """Instead of a list: the connected account, or the choice of a provider."""

    address, name = "", "changelist"
    template = "providers/connect.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        if provider := Provider.objects.filter(project=project).first():
            return HttpResponseRedirect(self.admin.page_of(provider))
        title = "WhatsApp Connect"
        return self.show(request, title=title, opts=None, vendors=VENDORS.values())

    post = get


class ConnectFormPage(AddPage):
    """The form of a new account, for a project that has none."""

    role = Role.VIEWER  # it leads them to the account that there is

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        if provider := Provider.objects.filter(project=project).first():
            messages.info(request, "This project is connected already: this is its account.")
            return HttpResponseRedirect(self.admin.page_of(provider))
        return self.post(request, project)

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        if vendor_of(request.GET.get("kind", GUPSHUP.kind)) is None:
            messages.error(request, "There is no such provider. Pick one of these.")
            return HttpResponseRedirect(self.admin.list_page)
        return super().post(request, project)


@admin.register(Provider)
class ProviderAdmin(ProjectScopedAdmin):
    audited_by_acts = ("added", "changed")
    role_to_delete = Role.ADMIN
    pages = (
        ConnectPage,
        ConnectFormPage,
        VerifyHsm,
        VerifyTwoWay,
        CallbackKeyPage,
        EndOldKeys,
        DisconnectPage,
    )
    form = GUPSHUP.form
    conditional_fields = {"auto_reply_text": "auto_reply_enabled == true"}
    readonly_fields = [
        "inbound_masked",
        "status_masked",
        "hsm_account",
        "two_way_account",
        "messaging_limit_shown",
    ]

    @admin.display(description="Inbound message callback URL")
    def inbound_masked(self, provider: Provider) -> str:
        return masked_callback_urls(provider.project).inbound

    @admin.display(description="Delivery report callback URL")
    def status_masked(self, provider: Provider) -> str:
        return masked_callback_urls(provider.project).status

    @admin.display(description="HSM account ID")
    def hsm_account(self, provider: Provider) -> str:
        return _masked(provider.hsm_user_id)

    @admin.display(description="Two-way account user ID")
    def two_way_account(self, provider: Provider) -> str:
        return _masked(provider.two_way_user_id)

    @admin.display(description="Meta's messaging limit")
    def messaging_limit_shown(self, provider: Provider) -> str:
        words = limit_words(provider.messaging_limit)
        if not words or provider.messaging_limit_at is None:
            return "Not told yet: Gupshup reports it when it changes."
        told = date_format(timezone.localtime(provider.messaging_limit_at), "j M Y")
        return f"{words[:1].upper()}{words[1:]} may be written to first. Told on {told}."

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(
            request, obj, change, form=self._vendor(request, obj).form, **kwargs
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.access(request).can_change:
            return self._vendor(request, obj).fieldsets
        urls = ["inbound_masked", "status_masked"]
        accounts = ["hsm_account", "two_way_account", "number", "messaging_limit_shown"]
        rest = ["auto_reply_enabled", "auto_reply_text", "rate", "opt_in_by"]
        return [(None, {"fields": ["nickname", *urls, *accounts, *rest]})]

    def _vendor(self, request: HttpRequest, provider: Provider | None) -> Vendor:
        kind = provider.kind if provider else request.GET.get("kind", GUPSHUP.kind)
        return vendor_of(kind) or GUPSHUP

    def form_context(self, request: HttpRequest, object_id: str | None) -> dict[str, Any]:
        context: dict[str, Any] = {
            "title": "WhatsApp Connect",
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            "show_delete": False,  # it has a button of its own, which says what stops
        }
        if not self.access(request).can_change:
            return context
        project = self.project(request)
        vendor = self._vendor(request, self.get_object(request, object_id) if object_id else None)
        return context | {
            "urls": callback_urls(project),
            "addresses": SendingIP.objects.of(project).order_by("network"),
            "vendor_name": vendor.name,
            "setup_mail": vendor.setup_mail,
        }

    @hides_credentials
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Provider, form: Any, change: bool) -> None:
        if not change:
            obj.project, obj.kind = self.project(request), self._vendor(request, None).kind
        changes = changes_of(form) if change else []
        if stopped := save_provider(obj, by=actor_of(request), changes=changes):
            messages.warning(request, f"Stopped: {', '.join(each.name for each in stopped)}.")

    def response_add(
        self, request: HttpRequest, obj: Provider, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(
            request,
            "Gupshup is connected. Next: give both callback URLs to Gupshup's support, "
            "then add a template.",
        )
        return HttpResponseRedirect(self.page_of(obj))

    def response_change(self, request: HttpRequest, obj: Provider) -> HttpResponse:
        messages.success(request, "Saved.")
        return HttpResponseRedirect(self.page_of(obj))
