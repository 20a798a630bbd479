"""Numbers that add up: what went out, and apart from it what became of that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campaigns.results.numbers import PARTS, Results


@dataclass(frozen=True, slots=True)
class Part:
    """`slice` finds its people."""

    count: int
    words: str
    slice: str

    @property
    def has_no_other_place(self) -> bool:
        """On the page, where its people could be put into a list."""
        return self.slice in PARTS


@dataclass(frozen=True, slots=True)
class Adding:
    """`whole` is the sum of `parts`, in which nobody stands twice."""

    whole: Part
    parts: Sequence[Part]


def sums_of(results: Results) -> list[Adding]:
    """Those that have more than one part: “7 people = 7 sent” would say nothing."""
    return [one for one in (_went_out(results), _became(results)) if len(one.parts) > 1]


def _went_out(results: Results) -> Adding:
    """Everybody stands in one part: whoever is still to be called, too."""
    parts = (
        Part(results.count("sent"), "sent: Gupshup took them", "sent"),
        Part(results.in_doubt, "in doubt", "in_doubt"),
        Part(results.failed_total - results.failed_later, "failed without being sent", "not_sent"),
        Part(results.suppressed_total, "left out", "suppressed"),
        Part(results.count("queued"), "still to be sent", "queued"),
    )
    return Adding(Part(results.targeted, "targeted", "targeted"), _there(parts))


def _became(results: Results) -> Adding:
    """Of those who were sent it: a report says that it arrived, or that it failed, or there is none
    yet. Whoever viewed, clicked or replied stands among those it arrived at."""
    sent = results.count("sent")
    known = results.count("delivered") + results.failed_later
    parts = (
        Part(results.count("delivered"), "delivered", "delivered"),
        Part(results.failed_later, "failed after being sent", "failed_later"),
        Part(max(sent - known, 0), "without a report so far", "no_report"),
    )
    return Adding(Part(sent, "sent", "sent"), _there(parts))


def _there(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.count]
