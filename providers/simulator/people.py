"""The people at the other end: their phones report, and they click, reply and press buttons."""

import asyncio
import random
from collections.abc import Callable
from time import time

from providers.simulator.accounts import Account
from providers.simulator.behaviours import Behaviour, Order, Reaction, Report
from providers.simulator.chats import Chats, Line, link_target, quick_reply
from providers.simulator.courier import Courier
from providers.simulator.events import (
    Event,
    Post,
    Sent,
    button_message,
    click_post,
    generic_click_post,
    inbound_post,
    picture_message,
    text_message,
)
from providers.simulator.options import Options
from providers.simulator.shopping import Shopping

LATE_SECONDS = 30.0
SHUFFLE_SECONDS = 2.0
CLICKED_AGAIN = 1.1  # seconds
NAMES = ("Asha Rao", "Vikram Iyer", "Meera Nair", "Kabir Khan", "Zoya Das", "Arjun Sen")


class People:
    def __init__(self, courier: Courier, chats: Chats, shopping: Shopping) -> None:
        self._courier = courier
        self._chats = chats
        self._shopping = shopping
        self._reactions: set[asyncio.TimerHandle] = set()

    @property
    def waiting(self) -> int:
        return len(self._reactions)

    def receive(self, sent: Sent, behaviour: Behaviour, options: Options, answered: float) -> None:
        """The message is out; `answered` is when the gateway answers the send."""
        self._chats.add(sent.account, sent.phone, Line(at=sent.at, sent=sent))
        if options.reports and sent.account.status_url:
            self._report(sent, behaviour, options, answered)
        if sent.account.shop_url and any(report.event == "READ" for report in behaviour.reports):
            pause = answered - sent.at + max(options.delays.read)
            self._later(pause, lambda: self._shopping.visit(sent))
        if behaviour.reaction is not None:
            pause = answered - sent.at + random.uniform(*options.delays.reaction)  # noqa: S311
            self._later(pause, lambda: self._react(sent, behaviour.reaction))

    def forget(self) -> None:
        for handle in self._reactions:
            handle.cancel()
        self._reactions.clear()

    def say(self, account: Account, phone: str, name: str, text: str, *, as_form: bool) -> None:
        fields = text_message(account, phone, name or name_of(phone), text)
        self._write(account, phone, text, inbound_post(account, fields, as_form=as_form))

    def press(
        self,
        account: Account,
        phone: str,
        name: str,
        *,
        text: str,
        payload: str,
        answers: Sent | None,
    ) -> None:
        fields = button_message(
            account, phone, name or name_of(phone), text=text, payload=payload, answers=answers
        )
        self._write(account, phone, text, inbound_post(account, fields, as_form=True))

    def send_picture(self, account: Account, phone: str, name: str, caption: str) -> None:
        fields = picture_message(account, phone, name or name_of(phone), caption)
        self._write(account, phone, "[picture]", inbound_post(account, fields, as_form=True))

    def click(self, sent: Sent, target: str, *, generic: bool) -> None:
        make = generic_click_post if generic else click_post
        if sent.account.status_url:
            self._courier.schedule(make(sent, target, time()), time())

    def _write(self, account: Account, phone: str, text: str, post: Post) -> None:
        now = time()
        account.windows[phone] = now
        self._chats.add(account, phone, Line(at=now, text=text))
        if account.response_url:
            self._courier.schedule(post, now)

    def _report(self, sent: Sent, behaviour: Behaviour, options: Options, answered: float) -> None:
        events = _events(sent, behaviour, options, answered)
        sent.stages = tuple([(event.at, event.report.event) for event in events])
        if behaviour.order is Order.EARLY:
            self._courier.post_together(sent.account.status_url, events)
        elif behaviour.order is Order.TOGETHER:
            self._later(
                max(event.at for event in events) - time(),
                lambda: self._courier.post_together(sent.account.status_url, events),
            )
        else:
            self._post_one_by_one(events, behaviour.order, options)

    def _post_one_by_one(self, events: list[Event], order: Order, options: Options) -> None:
        times = [event.at for event in events]
        if order is Order.REVERSED:
            times.reverse()
        for event, at in zip(events, times, strict=True):
            posted = at + LATE_SECONDS if order is Order.LATE else at
            if options.shuffle:
                posted += random.uniform(0.0, SHUFFLE_SECONDS)  # noqa: S311
            self._courier.schedule(event, posted)
            if order is Order.TWICE or random.random() < options.duplicates:  # noqa: S311
                self._courier.schedule(event, posted)

    def _react(self, sent: Sent, reaction: Reaction | None) -> None:
        account, phone = sent.account, sent.phone
        if reaction is Reaction.REPLY:
            self.say(account, phone, "", "Thank you, that is good to know!", as_form=False)
        elif reaction is Reaction.STOP:
            self.say(account, phone, "", "STOP", as_form=False)
        elif reaction is Reaction.PICTURE:
            self.send_picture(account, phone, "", "my order")
        elif reaction is Reaction.BUTTON:
            text, payload = quick_reply(sent)
            self.press(account, phone, "", text=text, payload=payload, answers=sent)
        else:
            target, generic = link_target(sent), reaction is Reaction.CLICK_GENERIC
            self.click(sent, target, generic=generic)
            if reaction is Reaction.CLICK_TWICE:
                # Click times are whole seconds: within one, two clicks could not be told apart.
                self._later(CLICKED_AGAIN, lambda: self.click(sent, target, generic=generic))

    def _later(self, pause: float, act: Callable[[], None]) -> None:
        def run() -> None:
            self._reactions.discard(handle)
            act()

        handle = asyncio.get_running_loop().call_later(max(pause, 0.0), run)
        self._reactions.add(handle)


def name_of(phone: str) -> str:
    return NAMES[int(phone[-6:] or 0) % len(NAMES)]


def _events(sent: Sent, behaviour: Behaviour, options: Options, answered: float) -> list[Event]:
    start = sent.at if behaviour.order is Order.EARLY else answered
    events, at = [], start
    for report in behaviour.reports:
        at = max(at, start + _delay(report, options))
        events.append(Event(sent, report, at))
    return events


def _delay(report: Report, options: Options) -> float:
    delays = options.delays
    if report.event == "READ":
        return random.uniform(*delays.read)  # noqa: S311
    if report.event == "DELIVERED":
        return random.uniform(*delays.delivered)  # noqa: S311
    return random.uniform(*delays.sent)  # noqa: S311
