"""The simulator's own addresses, /_sim/…: accounts, options, the book, playing the customer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from time import time
from typing import Any

from aiohttp import web

from providers.simulator.accounts import Account
from providers.simulator.behaviours import BY_NAME
from providers.simulator.chats import (
    Line,
    buttons,
    cards,
    footer_text,
    header_text,
    link_target,
    message_text,
    offer,
)
from providers.simulator.options import changed_options
from providers.simulator.parts import Parts
from providers.simulator.people import name_of

Query = Mapping[str, Any]
Act = Callable[[Query], Any]


class ControlError(ValueError):
    """An order that can't be followed; the text says why."""


class Control:
    def __init__(self, parts: Parts, *, refuse_for: Callable[[float], None]) -> None:
        """`refuse_for` stops listening for so many seconds."""
        self._parts = parts
        self._refuse_for = refuse_for
        self._acts: dict[tuple[str, str], Act] = {
            ("GET", "/_sim/accounts"): self._accounts,
            ("POST", "/_sim/accounts"): self._register,
            ("GET", "/_sim/templates"): self._templates,
            ("POST", "/_sim/templates"): self._learn,
            ("GET", "/_sim/options"): self._options,
            ("POST", "/_sim/options"): self._change_options,
            ("GET", "/_sim/behaviours"): self._behaviours,
            ("POST", "/_sim/phones"): self._name_behaviour,
            ("POST", "/_sim/opt_in"): self._opt_in,
            ("GET", "/_sim/book/summary"): self._summary,
            ("GET", "/_sim/state"): self._state,
            ("POST", "/_sim/reset"): self._reset,
            ("POST", "/_sim/refuse"): self._refuse,
            ("POST", "/_sim/inbound"): self._inbound,
            ("POST", "/_sim/click"): self._click,
            ("GET", "/_sim/people"): self._people,
            ("GET", "/_sim/chat"): self._chat,
        }

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if (request.method, request.path) == ("GET", "/_sim/book"):
            return self._book(request.query)
        act = self._acts.get((request.method, request.path))
        if act is None:
            return web.json_response({"error": "no such address"}, status=404)
        try:
            return web.json_response(act(await _given(request)))
        except KeyError as error:
            return web.json_response({"error": f"{error.args[0]} is missing"}, status=400)
        except (ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)

    def _book(self, query: Mapping[str, str]) -> web.Response:
        """One JSON object a line; `since` is the number of the last row already known."""
        rows = self._parts.book.since(int(query.get("since", "0")))
        lines = "".join([json.dumps(row) + "\n" for row in rows])
        return web.Response(text=lines, content_type="application/x-ndjson")

    def _accounts(self, _: Query) -> Any:
        return [_shown(account) for account in self._parts.accounts.by_name.values()]

    def _register(self, given: Query) -> Any:
        return _shown(self._parts.accounts.register(given))

    def _templates(self, given: Query) -> Any:
        return [template.listed for template in (self._account(given).templates or {}).values()]

    def _learn(self, given: Query) -> Any:
        """`templates` in Meta's component form with an id, or as the gateway lists them; with
        `only` false those that are not known are taken too."""
        account = self._account(given)
        account.learn(given["templates"])
        account.only_known = bool(given.get("only", account.only_known))
        return _shown(account)

    def _options(self, _: Query) -> Any:
        return asdict(self._parts.options)

    def _change_options(self, given: Query) -> Any:
        self._parts.options = changed_options(self._parts.options, given)
        return asdict(self._parts.options)

    def _behaviours(self, _: Query) -> Any:
        return [
            {
                "name": row.name,
                "digits": row.digits,
                "what": row.what,
                "reports": [report.event for report in row.reports],
            }
            for row in BY_NAME.values()
        ]

    def _name_behaviour(self, given: Query) -> Any:
        if given["behaviour"] not in BY_NAME:
            raise ControlError("no such behaviour")
        self._parts.decider.named[given["phone"]] = BY_NAME[given["behaviour"]]
        return {}

    def _opt_in(self, given: Query) -> Any:
        self._account(given).opted_in.update(given["phones"])
        return {}

    def _summary(self, _: Query) -> Any:
        return self._parts.book.summary() | {"callbacks": self._callbacks()}

    def _state(self, _: Query) -> Any:
        """Without the counts by phone, so cheap enough to be asked often."""
        book = self._parts.book
        return {
            "requests": len(book.rows),
            "open": book.open,
            "max_open": book.max_open,
            "callbacks": self._callbacks(),
        }

    def _callbacks(self) -> dict[str, Any]:
        waiting = self._parts.courier.waiting + self._parts.people.waiting
        return asdict(self._parts.courier.counts) | {"waiting": waiting}

    def _reset(self, _: Query) -> Any:
        self._parts.forget()
        return {}

    def _refuse(self, given: Query) -> Any:
        self._refuse_for(float(given["seconds"]))
        return {}

    def _inbound(self, given: Query) -> Any:
        """`text`, `button` (with an optional `payload`) or `picture`; `form` true posts a text
        form-encoded."""
        account, phone, name = self._account(given), given["phone"], given.get("name", "")
        people, chats = self._parts.people, self._parts.chats
        if "button" in given:
            people.press(
                account,
                phone,
                name,
                text=given["button"],
                payload=given.get("payload") or given["button"],
                answers=chats.last_sent(account, phone),
            )
        elif "picture" in given:
            people.send_picture(account, phone, name, given["picture"])
        else:
            as_form = bool(given.get("form", False))
            people.say(account, phone, name, given["text"], as_form=as_form)
        return {}

    def _click(self, given: Query) -> Any:
        account, phone = self._account(given), given["phone"]
        chats = self._parts.chats
        sent = (
            chats.find(account, phone, given["external_id"])
            if "external_id" in given
            else chats.last_sent(account, phone)
        )
        if sent is None:
            raise ControlError("no such message on this phone")
        target = given.get("target") or link_target(sent)
        self._parts.people.click(sent, target, generic=bool(given.get("generic", False)))
        return {"target": target}

    def _people(self, _: Query) -> Any:
        people = self._parts.chats.people()
        return [
            {"account": name, "phone": phone, "name": name_of(phone), "last": _bubble(line)}
            for name, phone, line in people
        ]

    def _chat(self, given: Query) -> Any:
        account, phone = self._account(given), given["phone"]
        lines = self._parts.chats.lines(account, phone)
        return {
            "account": account.name,
            "phone": phone,
            "name": name_of(phone),
            "business": account.number,
            "window_open": account.window_is_open(phone, time()),
            "messages": [_bubble(line) for line in lines],
        }

    def _account(self, given: Query) -> Account:
        accounts = self._parts.accounts
        if "account" not in given:
            only = accounts.only()
            if only is None:
                raise ControlError("name the account: there is none, or more than one")
            return only
        if given["account"] not in accounts.by_name:
            raise ControlError("no such account")
        return accounts.by_name[given["account"]]


async def _given(request: web.BaseRequest) -> Query:
    if request.method == "GET":
        return dict(request.query)
    text = await request.text()
    given = json.loads(text) if text.strip() else {}
    if not isinstance(given, dict):
        raise ControlError("send one JSON object")
    return given


def _shown(account: Account) -> dict[str, Any]:
    """Without passwords and without the callback addresses, which carry a key."""
    return {
        "name": account.name,
        "hsm_user": account.hsm_user,
        "two_way_user": account.two_way_user,
        "number": account.number,
        "templates": None if account.templates is None else sorted(account.templates),
        "opted_in": len(account.opted_in),
    }


def _bubble(line: Line) -> dict[str, Any]:
    sent = line.sent
    if sent is None:
        return {"from": "customer", "at": line.at, "text": line.text}
    return {
        "from": "business",
        "at": line.at,
        "text": message_text(sent),
        "header": header_text(sent),
        "footer": footer_text(sent),
        "media": sent.form.get("media_url", ""),
        "external_id": sent.external_id,
        "stage": sent.stage(time()),
        "buttons": buttons(sent),
        "offer": offer(sent),
        "cards": cards(sent),
    }
