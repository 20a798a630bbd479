"""A box to try a payload: shows what it would become, stores nothing and changes nothing.

Posted, since what people paste here holds phone numbers, which belong into no address.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from callbacks.admin.receipt_filters import KINDS
from callbacks.inspecting.trying import try_payload
from providers.admin.scoping import ProjectScopedAdmin


class TryForm(forms.Form):
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


class TryPage(ProjectScopedAdmin):
    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.try_view)
        return [path("try/", page, name="callbacks_receipt_try"), *super().get_urls()]

    def try_view(self, request: HttpRequest) -> HttpResponse:
        form = TryForm(request.POST if request.method == "POST" else None)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Try a payload",
            "opts": self.opts,
            "original": "Try a payload",
            "media": self.media,
            "form": form,
        }
        if form.is_valid():
            tried = try_payload(
                self.project(request), form.cleaned_data["payload"], at=timezone.now()
            )
            context |= {"tried": tried, "kind": KINDS[tried.kind]}
        return TemplateResponse(request, "callbacks/try.html", context)
