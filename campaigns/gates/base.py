"""What a gate says of itself. It looks at one row (a person, or a running campaign) or at a set of
people; what it says holds wherever messages are counted, launched, claimed and explained.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from campaigns.models import Campaign, Reason


@dataclass(frozen=True, slots=True)
class Explanation:
    meaning: str
    way_out: str = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A whole sentence for the check before a campaign is published."""

    message: str
    blocks: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PersonGate:
    """Looks at one person, and drops their message for good.

    Both conditions are SQL, true of whom it stops: of p (the person), b (their phone's block, which
    may be missing) and the parameter project; at launch of the `parameters`, too, and at the claim
    of m (the message).
    """

    reason: Reason
    explanation: Explanation
    at_launch: str
    at_claim: str
    parameters: Callable[[Campaign], Mapping[str, object]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SetGate:
    """Looks at all people of an audience together, and drops some for good.

    `among` is SQL, true of whom it stops, with window functions over id, match_key, variant_id
    and reason (of a gate before; NULL: none), and the `parameters`. It is asked when it is decided
    who belongs to a run; of each campaign, or of those to which it `applies`. Nothing needs to be
    decided before where the launch, which sees a part of them at a time, finds out: by a unique
    key, then `on_conflict` is for its INSERT of messages, the first of these keys that there is; or
    because the gate goes `by_lot`, of each whom nobody else's place decides. Such a one holds the
    phone in the run, and its parameters are asked for of every campaign.
    """

    reason: Reason
    explanation: Explanation
    among: str
    on_conflict: tuple[str, ...] = ()
    by_lot: bool = False
    applies: Callable[[Campaign], bool] | None = None
    parameters: Callable[[Campaign], Mapping[str, object]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropping:
    """Gives all of a campaign's waiting people the reason while `when`, SQL of c, is true.
    `of_one`, SQL of `picked`, the row of the outbox: at the claim, of one message, though the gate
    is open."""

    reason: Reason
    explanation: Explanation
    when: str
    of_one: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CampaignGate:
    """Looks at a running campaign, and delays all of it: nothing is claimed while `closed`, SQL of
    c (the campaign), is true; it is never NULL. Those who wait do so until it opens, or are
    dropped."""

    closed: str
    drops: Dropping | None = None
    foresee: Callable[[Campaign, datetime], Iterator[Foreseen]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClockGate:
    """Looks at the clocks where a person is when their turn comes. The claim passes them by, and
    they are put off until a better hour, or dropped for good, as their campaign chooses."""

    reason: Reason
    explanation: Explanation
    foresee: Callable[[Campaign, datetime], Iterator[Foreseen]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TurnGate:
    """Looks at what phones had before and at all messages of a claim together, and drops some for
    good. So that no two claims overlook each other's, those of a project for which it is on take
    turns.

    `is_on` makes SQL of SQL for a project's id. `at_claim` is SQL, true of whom it stops, of alone:
    one of the claim's messages, with alone_reason (of the gates that look at each by itself; NULL:
    none), and the parameter project. What it would say if everybody's turn came now is foreseen for
    those campaigns to which it `applies`: `phones` is SQL for the match keys, each once, of whom it
    would stop a marketing message.
    """

    reason: Reason
    explanation: Explanation
    is_on: Callable[[str], str]
    at_claim: str
    phones: str
    applies: Callable[[Campaign], bool]


Gate: TypeAlias = PersonGate | SetGate | CampaignGate | ClockGate | TurnGate


def first_reason(reasons: Iterable[tuple[str, str]]) -> str:
    """SQL, of pairs of a reason and a condition: the first one's that is true, else NULL."""
    cases = " ".join(f"WHEN {condition} THEN '{reason}'" for reason, condition in reasons)
    return f"CASE {cases} END"
