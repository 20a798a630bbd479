"""Invented people for the demo: the last four digits of a number decide what happens to a message
(docs/simulator.md), so a file of people is a plan of what will be seen.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

FIRST_NAMES = ("Asha", "Ravi", "Meera", "Imran", "Divya", "Kiran", "Farah", "Arjun", "Lata", "Noor")
LAST_NAMES = ("Rao", "Iyer", "Khan", "Das", "Patel", "Menon", "Gill", "Shah", "Bose", "Nair")
CITIES = ("Pune", "Mumbai", "Delhi", "Chennai", "Kolkata")
PLAIN = "0001"  # digits that mean nothing to the simulator: the message is read
HEADER = (
    *("identity", "Name", "Phone", "MSG-whatsapp"),
    *("City", "Points", "Joined", "Birthday", "VIP"),
)


@dataclass(frozen=True)
class Mix:
    """How many people of which kind: by ending digits, and those whom nothing is sent to."""

    endings: Mapping[str, int]
    total: int
    not_subscribed: int = 0
    same_phone: int = 0
    refused: int = 0  # rows that no import can take, on top of the total


# For looking at: something of everything.
SHOWN = Mix(
    total=500,
    endings={
        "9901": 60, "9902": 12, "9904": 45, "9905": 10, "9906": 5, "9907": 14, "9908": 4,
        "9909": 6, "9910": 3, "9911": 9, "9912": 4, "9913": 6, "9917": 2, "9921": 5, "9923": 3,
        "9935": 3, "9936": 2, "9943": 3, "9951": 5, "9952": 5, "9953": 5, "9954": 5,
    },
    not_subscribed=20,
    same_phone=6,
    refused=4,
)  # fmt: skip

# For counting: no reactions of their own, so that what is played afterwards stands alone, and
# nothing that takes minutes to settle.
COUNTED = Mix(
    total=500,
    endings={
        "9901": 40, "9902": 20, "9903": 10, "9911": 15, "9912": 5, "9913": 5, "9917": 5,
        "9921": 10, "9923": 5, "9935": 5, "9943": 5, "9951": 10, "9952": 10, "9953": 10, "9954": 10,
    },
    not_subscribed=15,
    same_phone=5,
    refused=3,
)  # fmt: skip


def csv_of(mix: Mix) -> bytes:
    """As a marketer would upload it: UTF-8 with a mark, and a few rows that are wrong."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(HEADER)
    rows.writerows(_rows(mix))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def identity_of(number: int) -> str:
    return f"customer-{number + 1:04d}"


def _rows(mix: Mix) -> Iterator[list[str]]:
    phones = list(_phones(mix))
    for number in range(mix.total):
        unsubscribed = number >= mix.total - mix.not_subscribed
        yield [
            identity_of(number),
            f"{FIRST_NAMES[number % 10]} {LAST_NAMES[number // 10 % 10]}",
            phones[number],
            "FALSE" if unsubscribed else "TRUE",
            CITIES[number % 5],
            str(number * 37 % 500),
            f"2025-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
            f"{1960 + number % 45}-{number // 28 % 12 + 1:02d}-{number % 28 + 1:02d}",
            "TRUE" if number % 4 == 0 else "FALSE",
        ]
    for number in range(mix.refused):
        wrong = ["", f"No Identity {number + 1}", f"12{number}", "TRUE"]
        yield [*wrong, "Pune", "0", "2025-01-01", "", ""]


def _phones(mix: Mix) -> Iterator[str]:
    """As many as there are people; the first ones share the number of the one after them."""
    plain = mix.total - sum(mix.endings.values()) - mix.same_phone
    endings = [ending for ending, count in mix.endings.items() for _ in range(count)]
    yield from [_phone(0, PLAIN)] * mix.same_phone
    for number, ending in enumerate([PLAIN] * plain + endings):
        yield _phone(number, ending)


def _phone(number: int, ending: str) -> str:
    return f"+9190{number + 100:04d}{ending}"
