"""What becomes of a request: refused, in trouble, or out to the person; entered in the book."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import time
from typing import Any

from providers.simulator.accounts import Account, Accounts, Login
from providers.simulator.answers import MessageIds
from providers.simulator.behaviours import (
    BY_DIGITS,
    BY_NAME,
    DEFAULT,
    NO_SUCH_TEMPLATE,
    WINDOW_CLOSED,
    Answering,
    Behaviour,
    Order,
)
from providers.simulator.book import Book, Row
from providers.simulator.checks import (
    NOT_ENABLED,
    Refusal,
    check_login,
    check_message,
    check_opt,
    missing,
)
from providers.simulator.events import Sent
from providers.simulator.options import Options
from providers.simulator.people import People

EARLY_SECONDS = 1.5
OUTAGES = {
    "unavailable": Answering.UNAVAILABLE,
    "reset": Answering.RESET,
    "hang": Answering.HANG,
    "html": Answering.HTML,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How the request ends. `external_id` is set where a success is to be answered."""

    answering: Answering
    external_id: str = ""
    refusal: Refusal | None = None
    page: "TemplatePage | None" = None
    extra_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class TemplatePage:
    rows: tuple[Mapping[str, Any], ...]
    total: int


def _refused(refusal: Refusal) -> Decision:
    return Decision(answering=Answering.ERROR, refusal=refusal)


class Decider:
    def __init__(self, *, accounts: Accounts, book: Book, people: People, options: Options) -> None:
        self.options = options
        self._accounts = accounts
        self._book = book
        self._people = people
        self._ids = MessageIds()
        self._met: set[tuple[str, str]] = set()
        self.named: dict[str, Behaviour] = {}
        """Behaviours of single phones, set from outside."""

    def forget(self) -> None:
        self._met.clear()
        self.named.clear()

    def decide(self, form: Mapping[str, str]) -> Decision:
        if self.options.outage:
            decision = Decision(answering=OUTAGES[self.options.outage])
            self._enter(form, "", decision, behaviour="outage")
            return decision
        login = check_login(form, self._accounts)
        if isinstance(login, Refusal):
            return self._entered(form, "", _refused(login))
        account = login.account
        if self.options.ip_refused:
            refusal = Refusal(self.options.ip_refused_code, "The IP is not whitelisted.")
            return self._entered(form, account.name, _refused(refusal))
        if account.over_rate(self.options.rate_per_second, time()):
            throttled = Decision(answering=Answering.THROTTLED)
            return self._entered(form, account.name, throttled)
        return self._act(form, login)

    def _act(self, form: Mapping[str, str], login: Login) -> Decision:
        method, account = form["method"].lower(), login.account
        if method in ("sendmessage", "sendmediamessage"):
            refusal = check_message(form, login, self.options)
            if refusal is None:
                return self._send(form, login)
            return self._entered(form, account.name, _refused(refusal))
        if method in ("opt_in", "opt_out"):
            refusal = check_opt(form, login) or self._opt(method, form["phone_number"], account)
            done = Decision(answering=Answering.NORMAL, external_id=self._ids.new(""))
            return self._entered(form, account.name, _refused(refusal) if refusal else done)
        if method == "get_whatsapp_hsm":
            return self._entered(form, account.name, self._list(form, login))
        return self._entered(form, account.name, _refused(missing("method")))

    def _opt(self, method: str, phone: str, account: Account) -> Refusal | None:
        behaviour = self._behaviour(phone)
        if method == "opt_out":
            if behaviour.answering is Answering.ERROR and not behaviour.once:
                return Refusal(behaviour.code, behaviour.text)
            account.opted_in.discard(phone)
            return None
        if behaviour.refuses_opt_in:
            return Refusal(self.options.opt_in_refused_code, "The opt-in was refused.")
        if phone in account.opted_in:
            return Refusal("322", "The number is already marked as requested.")
        account.opted_in.add(phone)
        return None

    def _list(self, form: Mapping[str, str], login: Login) -> Decision:
        if not login.is_hsm:
            return _refused(NOT_ENABLED)
        try:
            first, length = int(form.get("offset", "0")), int(form.get("limit", "200"))
        except ValueError:
            return _refused(missing("limit"))
        rows = [template.listed for template in (login.account.templates or {}).values()]
        page = TemplatePage(tuple(rows[first : first + length]), len(rows))
        return Decision(answering=Answering.NORMAL, page=page)

    def _send(self, form: Mapping[str, str], login: Login) -> Decision:
        account, phone, now = login.account, form["send_to"], time()
        behaviour = self._behaviour_now(account, phone)
        external_id = self._ids.new(form.get("msg_id", ""))
        decision = _sending(behaviour, external_id)
        self._enter(form, account.name, decision, behaviour=behaviour.name, at=now)
        if behaviour.accepts:
            sent = Sent(
                account=account,
                phone=phone,
                external_id=external_id,
                msg_id=form.get("msg_id", ""),
                extra=form.get("extra", ""),
                form=form,
                at=now,
            )
            answered = now + self.options.latency
            self._people.receive(sent, _fate(sent, login, behaviour), self.options, answered)
        return decision

    def _behaviour_now(self, account: Account, phone: str) -> Behaviour:
        behaviour = self._behaviour(phone)
        if not behaviour.once:
            return behaviour
        met = (account.name, phone) in self._met
        self._met.add((account.name, phone))
        return DEFAULT if met else behaviour

    def _behaviour(self, phone: str) -> Behaviour:
        if phone in self.named:
            return self.named[phone]
        if self.options.behaviours and phone[-4:] in BY_DIGITS:
            return BY_DIGITS[phone[-4:]]
        if self.options.mix:
            drawn = random.random()  # noqa: S311
            for name, share in self.options.mix.items():
                drawn -= share
                if drawn < 0:
                    return BY_NAME[name]
        return BY_NAME[self.options.behaviour]

    def _entered(self, form: Mapping[str, str], account: str, decision: Decision) -> Decision:
        self._enter(form, account, decision, behaviour="")
        return decision

    def _enter(
        self,
        form: Mapping[str, str],
        account: str,
        decision: Decision,
        *,
        behaviour: str,
        at: float | None = None,
    ) -> None:
        refusal = decision.refusal
        accepted = bool(decision.external_id)
        verdict = f"error {refusal.code}" if refusal else str(decision.answering)
        self._book.enter(
            Row(
                len(self._book.rows) + 1,
                at or time(),
                account,
                form.get("method", "").lower(),
                form.get("send_to") or form.get("phone_number", ""),
                form.get("msg_id", ""),
                form.get("extra", ""),
                form.get("whatsAppTemplateId", ""),
                verdict,
                behaviour,
                accepted,
                decision.external_id,
            )
        )


def _sending(behaviour: Behaviour, external_id: str) -> Decision:
    refusal = Refusal(behaviour.code, behaviour.text) if behaviour.code else None
    return Decision(
        answering=behaviour.answering,
        external_id=external_id if behaviour.accepts else "",
        refusal=refusal,
        extra_seconds=EARLY_SECONDS if behaviour.order is Order.EARLY else 0.0,
    )


def _fate(sent: Sent, login: Login, behaviour: Behaviour) -> Behaviour:
    """What only WhatsApp notices: a closed window, a text that matches no template."""
    account = login.account
    if not login.is_hsm:
        if account.window_is_open(sent.phone, sent.at):
            return behaviour
        return replace(behaviour, reports=WINDOW_CLOSED, reaction=None)
    if not account.refuses_unknown() or "whatsAppTemplateId" in sent.form:
        return behaviour
    text = sent.form.get("msg") or sent.form.get("caption", "")
    if account.template_reading(text) is not None:
        return behaviour
    return replace(behaviour, reports=NO_SUCH_TEMPLATE, reaction=None)
