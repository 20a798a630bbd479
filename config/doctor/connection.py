"""Does Gupshup let us in: credentials, number, and the addresses from which we send."""

import re
from datetime import timedelta

from django.conf import settings

from config.doctor.findings import Finding, Patient, fails, passes, unknown
from providers.models import (
    Incident,
    IncidentKind,
    SendingAccount,
    SendingIP,
    Verification,
    VerificationResult,
)
from providers.network import whitelist
from providers.phones.numbers import PhoneError, read_phone

_SHORTCODE = re.compile(r"\d{3,8}")
_LATELY = timedelta(days=1)
_VERIFY = "On WhatsApp Connect, press Verify or send a test."


def hsm_credentials(patient: Patient) -> Finding:
    return _credentials(patient, SendingAccount.HSM)


def two_way_credentials(patient: Patient) -> Finding:
    return _credentials(patient, SendingAccount.TWO_WAY)


def _credentials(patient: Patient, account: SendingAccount) -> Finding:
    known = patient.verifications.get(account.value)
    if known is None:
        return unknown("Not tried since the credentials were entered or changed.", _VERIFY)
    return _told_by(known)


def _told_by(known: Verification) -> Finding:
    match VerificationResult(known.result):
        case VerificationResult.WORKS:
            return passes("Gupshup takes this login.")
        case VerificationResult.WRONG_CREDENTIALS:
            return fails(
                "Gupshup refuses this login.",
                "Check ID and password on WhatsApp Connect, and that the two accounts are not"
                " swapped.",
            )
        case VerificationResult.IP_REFUSED:
            return unknown(
                "Gupshup refuses this server's address before it looks at the login.",
                "Have the addresses on the IP whitelist page allowed, then verify again.",
            )
        case VerificationResult.UNREACHABLE:
            return unknown(
                "Gupshup could not be reached the last time.", "Verify again in a minute."
            )
        case _:
            return unknown(
                "Gupshup's answer did not tell whether the login is right.",
                "Send a test: only a real message shows it for sure.",
            )


def number_format(patient: Patient) -> Finding:
    number = patient.provider.number
    if _SHORTCODE.fullmatch(number):
        return passes(f"{number} is a shortcode.")
    try:
        phone = read_phone(number, default_country=patient.project.default_country)
    except PhoneError:
        return fails(
            f"{number} is not a valid number.",
            "Enter your WhatsApp number with + and country code on WhatsApp Connect.",
        )
    return passes(f"{phone.e164} is a valid number.")


def server_address(patient: Patient) -> Finding:
    seen = whitelist.observed(patient.project)
    missing = [each.address for each in seen if not each.is_listed]
    if missing:
        return fails(
            f"This installation sends from {', '.join(missing)}, which is not on the IP whitelist.",
            "Add it there, and have Gupshup's support allow it on both accounts.",
        )
    if seen:
        return passes("Every address from which this installation sends is on the list.")
    if any(each.result == VerificationResult.WORKS for each in patient.verifications.values()):
        return passes("Gupshup lets this server in: it knows the address, or restricts nothing.")
    if not SendingIP.objects.of(patient.project).exists():
        return unknown(
            "No sending address is on the IP whitelist page.",
            "If Gupshup restricts your accounts by IP address, list your server's there.",
        )
    if not settings.EGRESS_IP_URL:
        return unknown(
            "Kabootar was not told how to find out its own address.",
            "Your operator can set EGRESS_IP_URL. Messages go out all the same.",
        )
    return unknown(
        "The own address could not be found out in the last hour.",
        "Your operator can check that EGRESS_IP_URL answers.",
    )


def address_refused(patient: Patient) -> Finding:
    way_out = (
        "Have Gupshup's support allow the addresses on the IP whitelist page, on both accounts."
    )
    if whitelist.open_incident(patient.project):
        return fails("Gupshup refuses messages from this server's address.", way_out)
    if accounts := whitelist.refused_accounts(patient.project):
        names = " and ".join(str(row.get_account_display()) for row in accounts)
        return fails(f"Gupshup refused this server's address: {names}.", way_out)
    lately = Incident.objects.filter(
        project=patient.project,
        kind=IncidentKind.IP_REFUSED,
        last_seen_at__gte=patient.now - _LATELY,
    )
    if lately.exists():
        return passes("Refused within the last day, but not any more.")
    return passes("Gupshup has not refused this server's address in the last day.")
