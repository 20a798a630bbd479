"""A receipt in words and tables, for its page: what it held, and what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from callbacks.models import Receipt
from callbacks.parsers import AccountEvent, Click, DeliveryReport, Fact, Inbound, fact_as_json
from callbacks.receipts.applying import trace_of
from callbacks.receipts.reading import read
from campaigns.feedback.matching import find

TITLES: dict[type[Fact], str] = {
    DeliveryReport: "Delivery report",
    Click: "Click",
    Inbound: "Inbound message",
    AccountEvent: "Account event",
}
NAMES = {
    "external_id": "Gupshup's ID",
    "msg_id": "Our ID",
    "extra": "Reference (extra)",
    "url": "Link",
    "short_url": "Short link",
    "wa_number": "To",
    "reply_to": "Answers",
    "user_agent": "Browser",
    "at": "Time",
    "is_proposal": "Only proposed",
    "at_is_arrival": "That is when it arrived: it tells no time of its own that makes sense",
}
MOST_FACTS = 100
MOST_SHOWN = 20_000  # characters of a body


@dataclass(frozen=True)
class ToldFact:
    """`message_id` is the message it is about, where there is one."""

    title: str
    values: list[tuple[str, object]]
    message_id: int | None


def facts_of(receipt: Receipt) -> list[ToldFact]:
    return told_facts(receipt.project_id, read(receipt).facts[:MOST_FACTS])


def told_facts(project_id: int, facts: Sequence[Fact]) -> list[ToldFact]:
    messages = find([trace_of(fact, project_id=project_id) for fact in facts])
    return [_told(fact, to) for fact, to in zip(facts, messages, strict=True)]


def _told(fact: Fact, message_id: int | None) -> ToldFact:
    values = [
        (NAMES.get(name, name.replace("_", " ").capitalize()), value)
        for name, value in fact_as_json(fact).items()
        if name != "kind" and value not in (None, False)
    ]
    return ToldFact(TITLES[type(fact)], values, message_id)


def body_text(receipt: Receipt) -> str:
    """As text, however broken; signs that can't be shown are replaced."""
    text = bytes(receipt.body)[: 4 * MOST_SHOWN].decode("utf-8", "replace")[:MOST_SHOWN]
    return "".join(sign if sign.isprintable() or sign in "\r\n\t" else "\ufffd" for sign in text)


def is_cut(receipt: Receipt) -> bool:
    return len(bytes(receipt.body).decode("utf-8", "replace")) > MOST_SHOWN


def held_words(receipt: Receipt) -> str:
    """Like: 20 applied, 1 not understood. Empty before it is processed."""
    counts: Sequence[tuple[int, str]] = (
        (receipt.applied, "applied"),
        (receipt.parked, "waiting for their message"),
        (receipt.left_out, "too many to wait"),
        (receipt.foreign_count, "of another system"),
        (len(receipt.rejected), "not understood"),
    )
    return ", ".join(f"{n} {words}" for n, words in counts if n)
