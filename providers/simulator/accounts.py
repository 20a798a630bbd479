"""The customers of this Gupshup: two logins each, templates, opt-ins and open windows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from providers.simulator.templates import Template, read_template

WINDOW_SECONDS = 24 * 3600


class AccountError(ValueError):
    """An account that can't be registered as described."""


@dataclass(slots=True, kw_only=True)
class Account:
    """`templates` None means that any template id is taken as approved; with `only_known` False
    those that are not among them are taken too."""

    name: str
    hsm_user: str
    hsm_password: str = field(repr=False)
    two_way_user: str
    two_way_password: str = field(repr=False)
    number: str
    status_url: str = field(default="", repr=False)
    response_url: str = field(default="", repr=False)
    shop_url: str = ""
    """Where what people do in its shop is told, with this key; empty: there is no shop."""
    shop_key: str = field(default="", repr=False)
    mask: str = "KABOOT"
    templates: dict[str, Template] | None = None
    only_known: bool = True
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

    def learn(self, described: Iterable[Mapping[str, Any]]) -> None:
        """Beside those that it knows; one of the same id is replaced."""
        learnt = {row.template_id: row for row in map(read_template, described)}
        self.templates = (self.templates or {}) | learnt

    def template_called(self, template_id: str) -> Template | None:
        return (self.templates or {}).get(template_id)

    def template_reading(self, text: str) -> Template | None:
        """The first whose text this is, filled in."""
        templates = (self.templates or {}).values()
        return next((template for template in templates if template.matches(text)), None)

    def refuses_unknown(self) -> bool:
        return self.templates is not None and self.only_known

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
            " status_url, response_url, shop_url, shop_key, mask, disabled, templates, only_known,"
            " opted_in"
        ) from None
    account.opted_in.update(opted_in)
    if templates is not None:
        account.learn(templates)
    return account
