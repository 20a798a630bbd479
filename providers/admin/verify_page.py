"""Verify: the answer to "does Gupshup let us in?", about what stands in the form."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from providers.admin.scoping import ProjectScopedAdmin
from providers.admin.typed_credentials import (
    hides_credentials,
    stored_credentials,
    typed_credentials,
)
from providers.connection.verifying import Finding, remember, verify
from providers.gateway.codes import send_code
from providers.gateway.readable import readable
from providers.gateway.requests import Account
from providers.gateway.settings import gateway_settings
from providers.gateway.troubles import Trouble
from providers.models import Provider, VerificationResult

COLOURS = {VerificationResult.WORKS: "green", VerificationResult.UNCLEAR: "grey"}


class VerifyPage(ProjectScopedAdmin):
    def get_urls(self) -> list[URLPattern]:
        def of(account: Account) -> Any:
            view = self.admin_site.admin_view(
                require_POST(partial(self.verify_view, account=account))
            )
            name = f"providers_provider_verify_{account.value}"
            return path(f"verify/{account.value}/", view, name=name)

        return [of(Account.HSM), of(Account.TWO_WAY), *super().get_urls()]

    @hides_credentials
    def verify_view(self, request: HttpRequest, *, account: Account) -> HttpResponse:
        """Only a finding about what is stored is remembered."""
        if not self.access(request).can_change:
            raise PermissionDenied
        stored = Provider.objects.filter(project=self.project(request)).first()
        try:
            typed = typed_credentials(request.POST, account, stored=stored)
        except ValidationError as error:
            problem = {"problem": " ".join(error.messages)}
            return render(request, "providers/gupshup/not_asked.html", problem)
        finding = verify(account, typed)
        if stored and typed == stored_credentials(stored, account):
            remember(stored, account, finding)
        return render(request, "providers/gupshup/finding.html", _shown(finding, account))


def _shown(finding: Finding, account: Account) -> dict[str, Any]:
    answer = finding.answer
    known = send_code(answer.code, gateway_settings().extra_codes) if answer else None
    return {
        "finding": finding,
        "account": account.value,
        "colour": COLOURS.get(finding.result, "red"),
        "answer": readable(answer.body) if answer else "",
        "milliseconds": round(answer.seconds * 1000) if answer else 0,
        "about_ip": known and known.trouble in (Trouble.IP_REFUSED, Trouble.TURNED_AWAY),
    }
