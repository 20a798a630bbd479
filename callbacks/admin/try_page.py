"""A box to try a payload: shows what it would become, stores nothing and changes nothing.

Posted, since what people paste here holds phone numbers, which belong into no address.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from callbacks.admin.receipt_filters import KINDS
from callbacks.inspecting.trying import try_payload
from providers.admin.pages import Page
from providers.models import Project
from providers.views.plain_errors import PlainForm


class TryForm(PlainForm):
    payload = forms.CharField(
        label="What Gupshup sent",
        max_length=settings.CALLBACK_MAX_BYTES,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "kcb-payload"}),
        help_text=(
            "A body in any of its forms: JSON, response=…, a whole address with its ?, a line of "
            "Gupshup's log, or a sample of its documentation."
        ),
        error_messages={"required": "Paste a payload first."},
    )


class TryPage(Page):
    address, name = "try/", "try"
    template = "callbacks/try.html"

    def get(self, request: HttpRequest, project: Project) -> HttpResponse:
        return self._shown(request, TryForm())

    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        form = TryForm(request.POST)
        if not form.is_valid():
            return self._shown(request, form)
        tried = try_payload(project, form.cleaned_data["payload"], at=timezone.now())
        return self._shown(request, form, tried=tried, kind=KINDS[tried.kind])

    def _shown(self, request: HttpRequest, form: TryForm, **tried: Any) -> HttpResponse:
        title = "Try a payload"
        return self.show(request, title=title, original=title, form=form, **tried)
