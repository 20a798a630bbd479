"""The WhatsApp Connect page: one Gupshup account per project.

There is no list: the menu leads to the connected account, or to the choice of a provider.
"""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from providers.admin.provider_form import ProviderForm
from providers.admin.scoping import ProjectScopedAdmin
from providers.callback_urls import callback_urls, masked_callback_urls
from providers.models import Provider

# Where one of these changes, what was verified before says nothing any more.
CREDENTIALS = ("hsm_user_id", "hsm_password", "two_way_user_id", "two_way_password", "number")


def _masked(account_id: str) -> str:
    return f"••••{account_id[-3:]}"


@admin.register(Provider)
class ProviderAdmin(ProjectScopedAdmin):
    form = ProviderForm
    conditional_fields = {"auto_reply_text": "auto_reply_enabled == true"}
    readonly_fields = ["inbound_masked", "status_masked", "hsm_account", "two_way_account"]

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

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        auto_reply = ["auto_reply_enabled", "auto_reply_text"]
        if not self.access(request).can_change:
            urls = ["inbound_masked", "status_masked"]
            accounts = ["hsm_account", "two_way_account", "number"]
            sending = ["rate", "opt_in_by"]
            return [(None, {"fields": ["nickname", *urls, *accounts, *auto_reply, *sending]})]
        return [
            ("Gupshup", {"fields": ["nickname"]}),
            (
                "Give these addresses to Gupshup",
                {
                    "fields": ["inbound_url", "status_url"],
                    "description": "They can't be changed here. Gupshup's support sets them on "
                    "both of your accounts; the text further down asks them to.",
                },
            ),
            (
                "HSM account (one-way): sends your templates",
                {"fields": ["hsm_user_id", "hsm_password"]},
            ),
            (
                "Two-way account: sends answers in a conversation",
                {"fields": ["two_way_user_id", "two_way_password"]},
            ),
            ("Your number", {"fields": ["number"]}),
            ("Auto-reply", {"fields": auto_reply}),
            ("Sending", {"fields": ["rate", "opt_in_by"]}),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        provider = self.get_queryset(request).first()
        if provider:
            return HttpResponseRedirect(self._page_of(provider))
        context = {**self.admin_site.each_context(request), "title": "WhatsApp Connect"}
        return TemplateResponse(request, "providers/connect.html", context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        provider = self.get_queryset(request).first()
        if provider and request.method == "GET":
            messages.info(request, "This project is connected already: this is its account.")
            return HttpResponseRedirect(self._page_of(provider))
        return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {
            "title": "WhatsApp Connect",
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
            **(extra_context or {}),
        }
        if self.access(request).can_change:
            context["urls"] = callback_urls(self.project(request))
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Provider, form: Any, change: bool) -> None:
        before = Provider.objects.filter(pk=obj.pk).first()
        if any(getattr(before, name, None) != getattr(obj, name) for name in CREDENTIALS):
            obj.start_trial(at=timezone.now())
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Provider, post_url_continue: str | None = None
    ) -> HttpResponse:
        messages.success(
            request,
            "Gupshup is connected. Next: give both callback URLs to Gupshup's support, "
            "then add a template.",
        )
        return HttpResponseRedirect(self._page_of(obj))

    def response_change(self, request: HttpRequest, obj: Provider) -> HttpResponse:
        messages.success(request, "Saved.")
        return HttpResponseRedirect(self._page_of(obj))

    def _page_of(self, provider: Provider) -> str:
        return reverse("admin:providers_provider_change", args=[provider.pk])
