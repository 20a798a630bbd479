"""Does Gupshup let us in? One call per account that sends nothing, and what its answer tells.

Gupshup documents no call for this question, so which one is made, and which answers count as a
yes, are settings (GATEWAY_VERIFY_CALLS, GATEWAY_VERIFY_WORKS). Credentials that are typed into a
form are neither stored nor logged here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils import timezone

from providers.gateway.calling import call_now, list_now
from providers.gateway.codes import CONNECTION_LOST, TIMED_OUT, send_code
from providers.gateway.requests import Account, Credentials, EmptySend, ListTemplates
from providers.gateway.results import Answer, Verdict
from providers.gateway.settings import GatewaySettings, gateway_settings
from providers.gateway.troubles import Trouble
from providers.models import (
    IncidentKind,
    Provider,
    Verification,
    VerificationResult,
    VerificationSource,
)
from providers.watch import incidents

LIST_TEMPLATES, NONE = "list_templates", "none"

_RESULTS: Mapping[Trouble, VerificationResult] = {
    Trouble.CREDENTIALS: VerificationResult.WRONG_CREDENTIALS,
    Trouble.IP_REFUSED: VerificationResult.IP_REFUSED,
    Trouble.UNREACHABLE: VerificationResult.UNREACHABLE,
}
_INCIDENTS: Mapping[VerificationResult, IncidentKind] = {
    VerificationResult.WRONG_CREDENTIALS: IncidentKind.CREDENTIALS,
    VerificationResult.IP_REFUSED: IncidentKind.IP_REFUSED,
}
# The call was read, and refused for what it asked: of the login this says nothing for sure.
_ABOUT_THE_CALL = (Trouble.REQUEST, Trouble.NUMBER, Trouble.TEMPLATE, Trouble.NOT_OPTED_IN)
_NO_ANSWER = (TIMED_OUT, CONNECTION_LOST)
_AGAIN = (
    "Try again in a minute. If it lasts, ask your operator whether this server may open https "
    "connections to Gupshup."
)
_TEST = "Send a test: only a real message shows it for sure."


@dataclass(frozen=True, slots=True)
class Finding:
    """`answer` is None where no call was made."""

    result: VerificationResult
    meaning: str
    way_out: str = ""
    answer: Answer | None = None

    @property
    def is_clear(self) -> bool:
        """Unreachable says something of this moment, not of the account."""
        unsure = (VerificationResult.UNCLEAR, VerificationResult.UNREACHABLE)
        return self.result not in unsure


def verify(account: Account, credentials: Credentials) -> Finding:
    """Blocks up to GATEWAY_VERIFY_TIMEOUT. Raises nothing."""
    call = settings.GATEWAY_VERIFY_CALLS.get(account.value, NONE)
    if call == NONE:
        return Finding(VerificationResult.UNCLEAR, "Gupshup offers no call to find out", _TEST)
    quick = _quick(gateway_settings())
    if call == LIST_TEMPLATES:
        answer = list_now(ListTemplates(limit=5), credentials, quick).answer
    else:
        answer = call_now(EmptySend(account=account), credentials, quick)
    works = settings.GATEWAY_VERIFY_WORKS.get(account.value, ())
    return finding_of(answer, works=works)


def finding_of(answer: Answer, *, works: Collection[str] = ()) -> Finding:
    """What an answer to any call tells of its account; `works` are codes that mean a right login,
    although the call itself was refused."""
    if answer.verdict is Verdict.ACCEPTED or answer.code in works:
        return Finding(VerificationResult.WORKS, "Gupshup took the login", answer=answer)
    known = send_code(answer.code, gateway_settings().extra_codes)
    result = _RESULTS.get(known.trouble, VerificationResult.UNCLEAR)
    if answer.code in _NO_ANSWER or result is VerificationResult.UNREACHABLE:
        return Finding(VerificationResult.UNREACHABLE, known.meaning, _AGAIN, answer)
    if known.trouble in _ABOUT_THE_CALL:
        return Finding(result, "Gupshup answered, but not about the login", _TEST, answer)
    if (
        known.consequence.verdict is not Verdict.REFUSED
        and known.trouble is not Trouble.TURNED_AWAY
    ):
        return Finding(result, known.meaning, _TEST, answer)
    return Finding(result, known.meaning, known.way_out, answer)


def remember(
    provider: Provider,
    account: Account,
    finding: Finding,
    *,
    source: VerificationSource = VerificationSource.VERIFY,
) -> None:
    """The last finding about an account is the one that counts."""
    answer = finding.answer
    Verification.objects.update_or_create(
        provider=provider,
        account=account.value,
        defaults={
            "result": finding.result,
            "source": source,
            "code": answer.code[:40] if answer else "",
            "http_status": answer.http_status if answer else None,
            "milliseconds": round(answer.seconds * 1000) if answer else 0,
            "at": timezone.now(),
        },
    )
    _tell(provider, finding)


def _tell(provider: Provider, finding: Finding) -> None:
    """A refused login needs a person; it is over when no account is refused for it any more."""
    kind = _INCIDENTS.get(finding.result)
    if kind is not None:
        detail = f"{finding.meaning} {finding.way_out}".strip()
        incidents.report(provider.project_id, kind, detail=detail)
    known = set(provider.verifications.values_list("result", flat=True))
    over = [kind for result, kind in _INCIDENTS.items() if result not in known]
    if finding.result is VerificationResult.WORKS and over:
        incidents.close(provider.project_id, *over)


def forget(provider: Provider) -> None:
    """After its credentials or its number have changed nothing is known any more."""
    provider.verifications.all().delete()


def _quick(usual: GatewaySettings) -> GatewaySettings:
    """Somebody waits in front of the page."""
    patience = settings.GATEWAY_VERIFY_TIMEOUT
    return replace(
        usual,
        total_timeout=min(usual.total_timeout, patience),
        connect_timeout=min(usual.connect_timeout, patience),
    )
