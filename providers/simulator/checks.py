"""Whether Gupshup would take a request: parameters, login, account and template.

Codes and their texts are those of its error table. Where the real gateway's code is not public a
made-up one from the options is used, and where it would only notice later nothing is said here: the
failure comes as a report.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import time
from typing import Any

from providers.simulator.accounts import Account, Accounts, Login
from providers.simulator.options import Options
from providers.simulator.rich_parts import can_fetch, is_unfit, read_rich, wrong_part
from providers.simulator.templates import Template

Form = Mapping[str, str]
VERSIONS = frozenset({"1.0", "1.1"})
LONGEST_TEXT = 4096
MEDIA_TYPES = frozenset({"IMAGE", "VIDEO", "DOCUMENT", "AUDIO", "STICKER"})
_PHONE = re.compile(r"[1-9]\d{7,14}")


@dataclass(frozen=True, slots=True)
class Refusal:
    code: str
    details: str


WRONG_LOGIN = Refusal("102", "Authentication failed due to invalid userId or password.")
UNKNOWN_USER = Refusal("103", "The userId does not exist.")
DISABLED = Refusal("104", "The account is disabled.")
INVALID_PHONE = Refusal("105", "The phone number is not valid.")
NOT_ENABLED = Refusal("106", "The method is not enabled for this account.")
UNKNOWN_VERSION = Refusal("107", "The version is not supported.")


def missing(name: str) -> Refusal:
    return Refusal("101", f"The parameter '{name}' is missing or invalid.")


def check_login(form: Form, accounts: Accounts) -> Login | Refusal:
    for name in ("userid", "password", "method", "auth_scheme", "v"):
        if not form.get(name):
            return missing(name)
    if form["auth_scheme"].lower() != "plain":
        return missing("auth_scheme")
    if form["v"] not in VERSIONS:
        return UNKNOWN_VERSION
    login = accounts.logins.get(form["userid"])
    if login is None:
        return UNKNOWN_USER
    if login.password != form["password"]:
        return WRONG_LOGIN
    return DISABLED if login.account.disabled else login


def check_opt(form: Form, login: Login) -> Refusal | None:
    if not login.is_hsm:
        return NOT_ENABLED
    if form.get("channel", "").upper() != "WHATSAPP":
        return missing("channel")
    return None if _PHONE.fullmatch(form.get("phone_number", "")) else INVALID_PHONE


def check_message(form: Form, login: Login, options: Options) -> Refusal | None:
    if not _PHONE.fullmatch(form.get("send_to", "")):
        return INVALID_PHONE if form.get("send_to") else missing("send_to")
    if login.is_hsm:
        return _check_template_send(form, login.account, options)
    return _check_session_send(form)


def _check_session_send(form: Form) -> Refusal | None:
    if form.get("isHSM", "false").lower() == "true" or "whatsAppTemplateId" in form:
        return NOT_ENABLED
    if form["method"].lower() == "sendmediamessage":
        return _check_media(form)
    text = form.get("msg", "")
    return None if 0 < len(text) <= LONGEST_TEXT else missing("msg")


def _check_template_send(form: Form, account: Account, options: Options) -> Refusal | None:
    if form.get("isHSM", "true").lower() != "true":
        return NOT_ENABLED
    if form["method"].lower() == "sendmediamessage":
        refusal = _check_media(form)
        if refusal is not None:
            return refusal
    if options.require_opt_in and form["send_to"] not in account.opted_in:
        return Refusal(options.not_opted_in_code, "The number has not opted in.")
    if "whatsAppTemplateId" in form:
        return _check_template_by_id(form, account)
    return _check_template_by_text(form, account)


def _check_media(form: Form) -> Refusal | None:
    if form.get("msg_type", "").upper() not in MEDIA_TYPES:
        return missing("msg_type")
    return None if can_fetch(form.get("media_url", "")) else missing("media_url")


def _check_template_by_text(form: Form, account: Account) -> Refusal | None:
    """A text that matches no template is taken here: that comes to light as a report."""
    text = form.get("msg") or form.get("caption")
    if not text:
        return missing("msg")
    return _check_components(form, account.template_reading(text))


def _check_template_by_id(form: Form, account: Account) -> Refusal | None:
    template = account.template_called(form["whatsAppTemplateId"])
    if template is None:
        if account.refuses_unknown():
            return missing("whatsAppTemplateId")
        return _check_components(form, None)
    if not template.is_enabled:
        return missing("whatsAppTemplateId")
    checks: tuple[Callable[[Form, Template], Refusal | None], ...] = (
        _check_kind,
        _check_variables,
        _check_tail,
        _check_components,
    )
    for check in checks:
        refusal = check(form, template)
        if refusal is not None:
            return refusal
    return None


def _check_kind(form: Form, template: Template) -> Refusal | None:
    media = form["method"].lower() == "sendmediamessage"
    if media != (template.kind in MEDIA_TYPES):
        return missing("method")
    if template.kind != "TEXT" and form.get("msg_type", "").upper() != template.kind:
        return missing("msg_type")
    if template.kind == "LOCATION" and not isinstance(_json(form.get("location", "")), dict):
        return missing("location")
    return None


def _check_variables(form: Form, template: Template) -> Refusal | None:
    """Each value filled and fit, and not one more than the template has places."""
    for prefix, count in (("var", template.variables), ("hvar", template.header_variables)):
        for number in range(1, count + 1):
            if is_unfit(form.get(f"{prefix}{number}", "")):
                return missing(f"{prefix}{number}")
        if f"{prefix}{count + 1}" in form:
            return missing(f"{prefix}{count + 1}")
    return None


def _check_tail(form: Form, template: Template) -> Refusal | None:
    if "wa_template_json" in form:
        return None
    if template.dynamic_urls and not form.get("buttonUrlParam"):
        return missing("buttonUrlParam")
    if "buttonUrlParam" in form and template.dynamic_urls != 1:
        return missing("wa_template_json" if template.dynamic_urls else "buttonUrlParam")
    return None


def _check_components(form: Form, template: Template | None) -> Refusal | None:
    rich = read_rich(form)
    if rich is None:
        return missing("wa_template_json")
    if template is None or not (template.is_rich or "wa_template_json" in form):
        return None
    wrong = wrong_part(rich, template, form=form, now=time())
    return missing(f"wa_template_json: {wrong}") if wrong else None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
