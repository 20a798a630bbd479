"""What became of each button of a campaign's messages, from the tallies of its runs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaigns.feedback.which_button import links_of, replies_of
from campaigns.ledger.tallies import LINK, LINK_PEOPLE, PRESSED
from campaigns.models import Variant
from campaigns.results.numbers import Results, percent
from templates_app.wording.reading import read_wording

OPENS, REPLIES = "Link", "Quick reply"


@dataclass(frozen=True, slots=True)
class Pressed:
    """`slice` and `words` find its people. `clicks` is None of a quick reply, which nobody presses
    twice."""

    kind: str
    words: str
    people: int
    share: str
    clicks: int | None

    @property
    def slice(self) -> str:
        return "clicked" if self.kind == OPENS else "replied"


@dataclass(frozen=True, slots=True)
class ByButton:
    """`other` clicks were on links in the text, or came before buttons were told apart."""

    rows: Sequence[Pressed]
    other: int


def by_button(results: Results, variants: Iterable[Variant]) -> ByButton:
    """Also those that nobody pressed. No query."""
    wordings = [read_wording(variant.version.content) for variant in variants if variant.version]
    links = {words: None for wording in wordings for words in links_of(wording)}
    replies = {words: None for wording in wordings for words in replies_of(wording)}
    rows = [
        *(_link(words, results) for words in _all(links, LINK, results)),
        *(_reply(words, results) for words in _all(replies, PRESSED, results)),
    ]
    told = sum(row.clicks or 0 for row in rows)
    rows.sort(key=lambda row: (-row.people, row.kind, row.words))
    return ByButton(rows, max(results.clicks - told, 0))


def _all(known: Iterable[str], prefix: str, results: Results) -> list[str]:
    """Those of the wording, and whatever else was counted."""
    counted = [name.removeprefix(prefix) for name in results.numbers if name.startswith(prefix)]
    return list(dict.fromkeys([*known, *sorted(counted)]))


def _link(words: str, results: Results) -> Pressed:
    people, clicks = (results.count(f"{name}{words}") for name in (LINK_PEOPLE, LINK))
    return Pressed(OPENS, words, people, _share(people, results), clicks)


def _reply(words: str, results: Results) -> Pressed:
    people = results.count(f"{PRESSED}{words}")
    return Pressed(REPLIES, words, people, _share(people, results), None)


def _share(people: int, results: Results) -> str:
    """Of those who had it."""
    delivered = results.count("delivered")
    if not delivered or people > delivered:
        return ""
    return f"{percent(people, delivered)} of {delivered:,} delivered"
