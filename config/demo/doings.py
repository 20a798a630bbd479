"""What the demo's people did in the shops, as a till would send it: some order often, some have not
come for a month, some never came."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from campaigns.audience.uploads.uploading_events import upload
from campaigns.audience.uploads.verdicts import Outcome
from campaigns.models import Campaign, Message, Reason
from config.demo.campaign import DemoError
from config.demo.people import Mix, identity_of
from providers.models import Project
from providers.watch.actors import Actor

TEAS = ("Assam", "Darjeeling", "Nilgiri", "Masala chai")
ORDERED, TASTED, CART = "Ordered", "Came to a tasting", "Cart left"
MOST_CARTS = 45


def orders_of(mix: Mix, *, now: datetime) -> list[dict[str, Any]]:
    """In each city some ordered once, some up to four times, some never; every seventh has not been
    there for a month."""
    turns = ((number, turn) for number in range(mix.total) for turn in range(_times(number)))
    return [_order(number, turn, now=now) for number, turn in turns]


def tastings_of(mix: Mix, *, now: datetime) -> list[dict[str, Any]]:
    return [
        {
            "identity": identity_of(number),
            "name": TASTED,
            "at": _said(now - timedelta(days=number % 20)),
            "properties": {"Tea": TEAS[number % 4], "Guests": number % 3 + 1},
        }
        for number in range(0, mix.total, 11)
    ]


def carts_before(mix: Mix, *, now: datetime) -> list[dict[str, Any]]:
    """In the last weeks: nothing can wait for what nobody has ever done."""
    return [
        _cart(number, now - timedelta(days=1 + number % 20)) for number in range(0, mix.total, 17)
    ]


def carts_after(mix: Mix, *, now: datetime) -> list[dict[str, Any]]:
    """Over the next ten minutes; every third of them orders half an hour later."""
    left = range(3, mix.total, mix.total // MOST_CARTS)
    carts = [_cart(number, now + timedelta(seconds=1 + number)) for number in left]
    orders = [
        {
            **_cart(number, now + timedelta(minutes=30, seconds=number)),
            "name": ORDERED,
            "id": f"bought-{number}",
        }
        for number in left[::3]
    ]
    return [*carts, *orders]


def _cart(number: int, at: datetime) -> dict[str, Any]:
    return {
        "identity": identity_of(number),
        "name": CART,
        "id": f"cart-{number}-{at:%d}",
        "at": _said(at),
        "properties": {"Amount": 200 + number * 61 % 800, "Tea": TEAS[number % 4]},
    }


def orders_after(campaign: Campaign, *, now: datetime) -> list[dict[str, Any]]:
    """Over the next ten minutes two in five of those who get it order again; of the control group
    one in five, who would have come anyway."""
    chosen = Message.objects.filter(
        campaign=campaign, send_key__isnull=False, profile__isnull=False
    )
    rows = chosen.order_by("pk").values_list("profile__identity", "reason")
    return [
        {
            "identity": identity,
            "name": ORDERED,
            "id": f"order-again-{identity}",
            "at": _said(now + timedelta(minutes=2 + number % 9, seconds=number % 60)),
            "properties": {"Amount": 150 + number * 37 % 700, "Tea": TEAS[number % 4]},
        }
        for number, (identity, reason) in enumerate(rows)
        if number % 5 < (1 if reason == Reason.CONTROL_GROUP else 2)
    ]


def often(records: list[dict[str, Any]], *, least: int) -> int:
    """How many people ordered at least so often."""
    return sum(times >= least for times in Counter(one["identity"] for one in records).values())


def send(project: Project, records: list[dict[str, Any]], *, by: Actor) -> None:
    """Once: who sends them again repeats nothing."""
    verdicts = upload(project, records, by=by)
    if refused := [one.reason for one in verdicts if one.outcome is Outcome.REFUSED]:
        raise DemoError(f"{len(refused)} events were refused: {refused[0]}")


def _times(number: int) -> int:
    return (1, 2, 3, 4, 0)[number // 5 % 5]


def _order(number: int, turn: int, *, now: datetime) -> dict[str, Any]:
    days_ago = number % 25 + turn * 9 + (35 if number % 7 == 6 else 0)
    return {
        "identity": identity_of(number),
        "name": ORDERED,
        "id": f"order-{number}-{turn}",
        "at": _said(now - timedelta(days=days_ago, minutes=number)),
        "properties": {
            "Amount": 120 + (number * 53 + turn * 170) % 900,
            "Tea": TEAS[(number + turn) % 4],
            "Gift": number % 9 == 0,
        },
    }


def _said(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
