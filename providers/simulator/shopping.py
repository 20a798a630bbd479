"""What people do in a business's shop once they have read its message: of ten some buy, some leave
a cart, and half of those buy a little later.

It is told to an address that takes events, as a till would: `POST` with a key, several at a time,
and again while no answer comes. Each has an id, so who hears it twice can tell.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from time import time
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from providers.simulator.accounts import Account
from providers.simulator.events import Sent

TELL_SECONDS = 0.5
POST_SECONDS = 15.0
MOST_AT_ONCE = 500
# By a digit of their number that says nothing of how they behave.
BUY, LEAVE, BUY_LATER = (1, 4), (6, 8), (8,)
LATER = 90.0  # seconds
BOUGHT, LEFT = "Ordered", "Cart left"
GOODS = ("Assam", "Darjeeling", "Nilgiri", "Masala chai")

Record = dict[str, Any]


class Shopping:
    def __init__(self) -> None:
        self._told: list[tuple[float, Account, Record]] = []

    def visit(self, sent: Sent) -> None:
        """Somebody has read this message now."""
        if sent.account.shop_url:
            visits = deeds_of(sent.phone, sent.external_id, time())
            self._told += [(at, sent.account, record) for at, record in visits]

    def forget(self) -> None:
        self._told.clear()

    async def tell(self) -> None:
        """What is due, as long as nobody cancels it."""
        async with ClientSession(timeout=ClientTimeout(total=POST_SECONDS)) as session:
            while True:
                await asyncio.sleep(TELL_SECONDS)
                due = [one for one in self._told if one[0] <= time()][:MOST_AT_ONCE]
                for account in {id(one[1]): one[1] for one in due}.values():
                    mine = [one for one in due if one[1] is account]
                    if await _told(session, account, [record for _, _, record in mine]):
                        told = {id(one) for one in mine}
                        self._told = [one for one in self._told if id(one) not in told]


async def _told(session: ClientSession, account: Account, records: list[Record]) -> bool:
    """Or refused for good, which another try would not change."""
    headers = {"Authorization": f"Bearer {account.shop_key}"}
    try:
        async with session.post(
            account.shop_url, json={"records": records}, headers=headers, allow_redirects=False
        ) as response:
            await response.read()
            return response.status < 500 and response.status != 429
    except (ClientError, TimeoutError, OSError):
        return False


def deeds_of(phone: str, message: str, now: float) -> Iterator[tuple[float, Record]]:
    """What they do after they have read a message, and when."""
    draw = int(phone[-5:-4] or 0)
    if draw in BUY:
        yield now, _deed(BOUGHT, phone, message, now)
    if draw in LEAVE:
        yield now, _deed(LEFT, phone, message, now)
    if draw in BUY_LATER:
        yield now + LATER, _deed(BOUGHT, phone, message, now + LATER)


def _deed(name: str, phone: str, message: str, at: float) -> Record:
    number = int(phone[-6:] or 0)
    return {
        "phone": f"+{phone}",
        "name": name,
        "id": f"{message}-{name}",
        "at": datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds"),
        "properties": {"Amount": 150 + number * 37 % 700, "Tea": GOODS[number % len(GOODS)]},
    }
