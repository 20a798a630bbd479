"""The customers of this Gupshup: two logins each, templates, opt-ins and open windows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WINDOW_SECONDS = 24 * 3600
_PLACEHOLDER = re.compile(r"\{\{\s*(\d+)\s*\}\}")


class AccountError(ValueError):
    """An account that can't be registered as described."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """An approved template, described as the gateway's own list does."""

    template_id: str
    listed: Mapping[str, Any]
    """The row of `get_whatsapp_hsm`: id, name, type, body, header, footer, buttons, status …"""
    variables: int
    header_variables: int
    dynamic_urls: int

    @property
    def is_enabled(self) -> bool:
        return str(self.listed.get("status", "ENABLED")).upper() == "ENABLED"

    @property
    def kind(self) -> str:
        return str(self.listed.get("type", "TEXT")).upper()

    @property
    def body(self) -> str:
        return str(self.listed.get("body", ""))

    @property
    def buttons(self) -> list[dict[str, Any]]:
        found = self.listed.get("buttons") or []
        return [button for button in found if isinstance(button, dict)]


@dataclass(slots=True, kw_only=True)
class Account:
    """`templates` None means that any template id is taken as approved."""

    name: str
    hsm_user: str
    hsm_password: str = field(repr=False)
    two_way_user: str
    two_way_password: str = field(repr=False)
    number: str
    status_url: str = field(default="", repr=False)
    response_url: str = field(default="", repr=False)
    mask: str = "KABOOT"
    templates: dict[str, Template] | None = None
    disabled: bool = False
    opted_in: set[str] = field(default_factory=set)
    windows: dict[str, float] = field(default_factory=dict)
    """Phone to the time of the customer's last message."""
    second: int = 0
    in_second: int = 0

    def over_rate(self, limit: float, now: float) -> bool:
        if not limit:
            return False
        if int(now) != self.second:
            self.second, self.in_second = int(now), 0
        self.in_second += 1
        return self.in_second > limit

    def window_is_open(self, phone: str, now: float) -> bool:
        return now - self.windows.get(phone, 0.0) < WINDOW_SECONDS

    def forget_people(self) -> None:
        self.opted_in.clear()
        self.windows.clear()


@dataclass(frozen=True, slots=True)
class Login:
    account: Account
    password: str = field(repr=False)
    is_hsm: bool = field(kw_only=True)


class Accounts:
    def __init__(self) -> None:
        self.by_name: dict[str, Account] = {}
        self.logins: dict[str, Login] = {}

    def register(self, described: Mapping[str, Any]) -> Account:
        """Replaces an account of the same name; its people and their opt-ins are forgotten."""
        account = _account(described)
        taken = {self.logins[user].account.name for user in _users(account) if user in self.logins}
        if taken - {account.name}:
            raise AccountError("another account has this user id")
        before = self.by_name.get(account.name)
        for user in _users(before) if before else ():
            self.logins.pop(user, None)
        self.by_name[account.name] = account
        self.logins[account.hsm_user] = Login(account, account.hsm_password, is_hsm=True)
        self.logins[account.two_way_user] = Login(account, account.two_way_password, is_hsm=False)
        return account

    def only(self) -> Account | None:
        """The account that is meant where none is named."""
        return next(iter(self.by_name.values())) if len(self.by_name) == 1 else None


def _users(account: Account) -> tuple[str, str]:
    return account.hsm_user, account.two_way_user


def _account(described: Mapping[str, Any]) -> Account:
    given = dict(described)
    templates = given.pop("templates", None)
    opted_in = given.pop("opted_in", ())
    given.setdefault("name", "demo")
    try:
        account = Account(**given)
    except TypeError:
        raise AccountError(
            "an account has: name, hsm_user, hsm_password, two_way_user, two_way_password, number,"
            " status_url, response_url, mask, disabled, templates, opted_in"
        ) from None
    account.opted_in.update(opted_in)
    if templates is not None:
        account.templates = {row.template_id: row for row in map(read_template, templates)}
    return account


def read_template(listed: Mapping[str, Any]) -> Template:
    """How many values it takes is counted from its placeholders."""
    if not listed.get("id"):
        raise AccountError("a template needs an id")
    buttons = [button for button in listed.get("buttons") or [] if isinstance(button, dict)]
    return Template(
        template_id=str(listed["id"]),
        listed=dict(listed),
        variables=_placeholders(str(listed.get("body", ""))),
        header_variables=_placeholders(str(listed.get("header") or "")),
        dynamic_urls=sum(
            1 for button in buttons if _PLACEHOLDER.search(str(button.get("url", "")))
        ),
    )


def _placeholders(text: str) -> int:
    return max((int(number) for number in _PLACEHOLDER.findall(text)), default=0)
