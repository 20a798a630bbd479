"""The page on which a project admin gives the callback addresses a new key."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST
from unfold.widgets import UnfoldAdminRadioSelectWidget

from providers.admin.scoping import ProjectScopedAdmin
from providers.connection.callback_keys import (
    GRACE_PERIODS,
    USUAL,
    end_old_keys,
    keys_in_use,
    rotate_key,
)
from providers.connection.callback_urls import masked_key
from providers.connection.last_calls import last_call
from providers.models import Project

PAGE = "admin:providers_provider_callback_key"


class RotateForm(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    grace = forms.ChoiceField(
        label="How long the old addresses still work",
        choices=[(key, label) for key, (label, _) in GRACE_PERIODS.items()],
        initial=USUAL,
        widget=UnfoldAdminRadioSelectWidget,
    )


class CallbackKeyPage(ProjectScopedAdmin):
    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.callback_key_view)
        end = self.admin_site.admin_view(require_POST(self.end_old_keys_view))
        return [
            path("callback-key/", page, name="providers_provider_callback_key"),
            path("callback-key/end/", end, name="providers_provider_end_old_keys"),
            *super().get_urls(),
        ]

    def callback_key_view(self, request: HttpRequest) -> HttpResponse:
        project = self._project_to_rotate(request)
        at = timezone.now()
        form = RotateForm(request.POST or None, initial=self._initial(project, at))
        if request.method == "POST" and form.is_valid():
            return self._rotate(request, project, form.cleaned_data, at=at)
        context = {
            **self.admin_site.each_context(request),
            "title": "Callback key",
            "form": form,
            "keys": keys_in_use(project, at=at),
            "masked_key": masked_key(project),
            "last_calls": [
                ("Inbound messages", last_call(project, "response")),
                ("Delivery reports", last_call(project, "status")),
            ],
        }
        return TemplateResponse(request, "providers/callback_key.html", context)

    def end_old_keys_view(self, request: HttpRequest) -> HttpResponse:
        project = self._project_to_rotate(request)
        if end_old_keys(project, at=timezone.now()):
            self.record(request, project, "ended_old_keys")
            messages.success(request, "The old addresses are not taken any more.")
        return HttpResponseRedirect(reverse(PAGE))

    def _rotate(
        self, request: HttpRequest, project: Project, chosen: dict[str, Any], *, at: datetime
    ) -> HttpResponse:
        label, grace = GRACE_PERIODS[chosen["grace"]]
        if rotate_key(project, seen=chosen["seen"], grace=grace, at=at):
            self.record(request, project, "rotated_key", note=f"Grace period: {label}")
            messages.success(
                request,
                "The callback addresses have a new key. Send the new set-up mail to Gupshup's "
                "support now: copy it on the page WhatsApp Connect.",
            )
        else:
            messages.info(request, "Somebody has rotated the key just before you. Nothing changed.")
        return HttpResponseRedirect(reverse(PAGE))

    def _initial(self, project: Project, at: datetime) -> dict[str, Any]:
        return {"seen": keys_in_use(project, at=at).current.pk, "grace": USUAL}

    def _project_to_rotate(self, request: HttpRequest) -> Project:
        if not self.access(request).can_administer:
            raise PermissionDenied
        return self.project(request)
