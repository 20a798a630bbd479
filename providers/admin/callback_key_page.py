"""The page on which a project admin gives the callback addresses a new key."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.widgets import UnfoldAdminRadioSelectWidget

from providers.admin.pages import Page
from providers.connection.callback_keys import (
    GRACE_PERIODS,
    USUAL,
    end_old_keys,
    keys_in_use,
    rotate_key,
)
from providers.connection.callback_urls import masked_key
from providers.connection.last_calls import last_call
from providers.models import Project, Role
from providers.people.access import actor_of
from providers.views.plain_errors import PlainForm
from providers.views.site_pages import Act

PAGE = "admin:providers_provider_callback_key"


class RotateForm(PlainForm):
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    grace = forms.ChoiceField(
        label="How long the old addresses still work",
        choices=[(key, label) for key, (label, _) in GRACE_PERIODS.items()],
        initial=USUAL,
        widget=UnfoldAdminRadioSelectWidget,
    )


class CallbackKeyPage(Page):
    address, name = "callback-key/", "callback_key"
    role = Role.ADMIN
    template = "providers/callback_key.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        at = timezone.now()
        seen = keys_in_use(project, at=at).current.pk
        return self._shown(request, project, RotateForm(initial={"seen": seen}), at=at)

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        at, form = timezone.now(), RotateForm(request.POST)
        if not form.is_valid():
            return self._shown(request, project, form, at=at)
        self._rotate(request, project, form.cleaned_data, at=at)
        return HttpResponseRedirect(reverse(PAGE))

    def _shown(
        self, request: HttpRequest, project: Project, form: RotateForm, *, at: datetime
    ) -> HttpResponse:
        return self.show(
            request,
            title="Callback key",
            opts=None,  # it has no list above it
            form=form,
            keys=keys_in_use(project, at=at),
            masked_key=masked_key(project),
            last_calls=[
                ("Inbound messages", last_call(project, "response")),
                ("Delivery reports", last_call(project, "status")),
            ],
        )

    def _rotate(
        self, request: HttpRequest, project: Project, chosen: dict[str, Any], *, at: datetime
    ) -> None:
        _label, grace = GRACE_PERIODS[chosen["grace"]]
        by = actor_of(request)
        if not rotate_key(project, seen=chosen["seen"], grace=grace, at=at, by=by):
            messages.info(request, "Somebody has rotated the key just before you. Nothing changed.")
            return
        messages.success(
            request,
            "The callback addresses have a new key. Send the new set-up mail to Gupshup's "
            "support now: copy it on the page WhatsApp Connect.",
        )


class EndOldKeys(Act, Page):
    address, name = "callback-key/end/", "end_old_keys"
    role = Role.ADMIN

    def act(self, request: HttpRequest, project: Project) -> str:
        if not end_old_keys(project, at=timezone.now(), by=actor_of(request)):
            return ""
        return "The old addresses are not taken any more."

    def back(self, request: HttpRequest, project: Project) -> str:
        return reverse(PAGE)
