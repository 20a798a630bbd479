"""The book: every request that was read, entered before it is answered, answered or not.

It is the truth for "never twice, never lost": a person stands in it when the request was read, and
`accepted` says whether the message really went out.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple


class Row(NamedTuple):
    number: int
    time: float
    account: str
    method: str
    phone: str
    msg_id: str
    extra: str
    template_id: str
    verdict: str
    behaviour: str
    accepted: bool
    external_id: str


class Book:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.messages: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self.opt_ins: Counter[str] = Counter()
        self.opt_outs: Counter[str] = Counter()
        self.open = 0
        self.max_open = 0

    def enter(self, row: Row) -> None:
        self.rows.append(row)
        if row.method in ("sendmessage", "sendmediamessage"):
            self.messages[row.phone] += 1
            if row.accepted:
                self.accepted[row.phone] += 1
        elif row.method == "opt_in":
            self.opt_ins[row.phone] += 1
        elif row.method == "opt_out":
            self.opt_outs[row.phone] += 1

    def since(self, number: int) -> Iterator[dict[str, Any]]:
        """Rows after that number; the first row is number 1."""
        return (row._asdict() for row in self.rows[max(number, 0) :])

    def opened(self) -> None:
        self.open += 1
        self.max_open = max(self.max_open, self.open)

    def closed(self) -> None:
        self.open -= 1

    def summary(self) -> dict[str, Any]:
        return {
            "requests": len(self.rows),
            "open": self.open,
            "max_open": self.max_open,
            "messages": dict(self.messages),
            "accepted": dict(self.accepted),
            "opt_ins": dict(self.opt_ins),
            "opt_outs": dict(self.opt_outs),
            "verdicts": dict(Counter(row.verdict for row in self.rows)),
        }

    def clear(self) -> None:
        """Requests that are open stay counted as open."""
        self.rows.clear()
        for counter in (self.messages, self.accepted, self.opt_ins, self.opt_outs):
            counter.clear()
        self.max_open = self.open
