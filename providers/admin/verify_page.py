"""Verify: the answer to "does Gupshup let us in?", about what stands in the form."""

from typing import Any

from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from providers.admin.pages import Page
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
from providers.models import Project, Provider, Role, VerificationResult

COLOURS = {VerificationResult.WORKS: "green", VerificationResult.UNCLEAR: "grey"}


class _Verify(Page):
    role = Role.MARKETER
    template = "providers/gupshup/finding.html"
    account: Account

    @hides_credentials
    def post(self, request: HttpRequest, project: Project) -> HttpResponse:
        """Only a finding about what is stored is remembered."""
        stored = Provider.objects.filter(project=project).first()
        try:
            typed = typed_credentials(request.POST, self.account, stored=stored)
        except ValidationError as error:
            problem = {"problem": " ".join(error.messages)}
            return render(request, "providers/gupshup/not_asked.html", problem)
        finding = verify(self.account, typed)
        if stored and typed == stored_credentials(stored, self.account):
            remember(stored, self.account, finding)
        return self.part(request, **_shown(finding, self.account))


class VerifyHsm(_Verify):
    account = Account.HSM
    address, name = "verify/hsm/", "verify_hsm"


class VerifyTwoWay(_Verify):
    account = Account.TWO_WAY
    address, name = "verify/two_way/", "verify_two_way"


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
