"""The people behind a number of a campaign's page: those of the messages that its link shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from campaigns.gates.explaining import Again, explain
from campaigns.models import BUTTON, Campaign, Event, Message, MessageKind, Run, Variant
from campaigns.results.finding import without_superseded
from campaigns.results.numbers import ALL_SLICES, FUNNEL, SLICES

NUMBER = re.compile(r"[0-9]{1,18}")
STEPS = [name for name, _ in FUNNEL if name != "queued"]
GOAL = "converted"


@dataclass(frozen=True, slots=True)
class Behind:
    """`slice` and `but_not` are names of slices: who is in the one, and not in the other."""

    slice: str
    but_not: str = ""
    reason: str = ""
    code: str = ""
    variant: str = ""  # its number
    button: str = ""  # the words on it
    run: str = ""  # its number; those whom a second try took over are among them

    @property
    def asked(self) -> list[tuple[str, str]]:
        """As a link names it, without what of them is wanted."""
        names = ("slice", "reason", "code", "variant", "button", "run")
        return [(name, getattr(self, name)) for name in names if getattr(self, name)]


def read_behind(asked: Mapping[str, str]) -> Behind | None:
    """As a link names it, everybody where it names nobody; None where there is no such number."""
    names = ("but_not", "reason", "code", "variant", "button", "run")
    behind = Behind(
        asked.get("slice") or "targeted", **{name: asked.get(name, "") for name in names}
    )
    known = behind.slice in ALL_SLICES and behind.but_not in ("", *steps_after(behind.slice))
    numbers = filter(None, (behind.variant, behind.run))
    known = known and all(NUMBER.fullmatch(number) for number in numbers)
    return behind if known and "\0" not in behind.reason + behind.code + behind.button else None


def steps_after(name: str, *, with_goal: bool = True) -> list[str]:
    """What may not have become of those who came so far."""
    steps = STEPS if with_goal else [step for step in STEPS if step != GOAL]
    return steps[steps.index(name) + 1 :] if name in steps else []


def people_behind(campaign: Campaign, behind: Behind) -> QuerySet[Message]:
    """One message of each."""
    messages = Message.objects.filter(kind=MessageKind.CAMPAIGN, profile__isnull=False)
    if behind.run:
        return narrowed(messages.filter(run__in=campaign.runs.filter(pk=behind.run)), behind)
    return narrowed(without_superseded(messages, campaign.pk), behind)


def narrowed(messages: QuerySet[Message], behind: Behind) -> QuerySet[Message]:
    """Those of them that it names."""
    found = messages.filter(ALL_SLICES[behind.slice].condition)
    if behind.but_not:
        found = found.exclude(SLICES[behind.but_not].condition)
    if behind.reason:
        found = found.filter(reason=behind.reason)
    if behind.variant:
        found = found.filter(variant=int(behind.variant))
    if behind.button:
        found = found.filter(pressed(behind.button))
    return found.filter(code=behind.code) if behind.code else found


def pressed(button: str) -> Q:
    """Of messages, that somebody clicked it, or answered by it."""
    events = Event.objects.filter(message=OuterRef("pk"), **{f"properties__{BUTTON}": button})
    return Q(Exists(events))


def words_of(behind: Behind) -> str:
    """Like "Viewed, not clicked, variant B", with the reason where one is named."""
    words = ALL_SLICES[behind.slice].label
    if behind.but_not:
        words += f", not {SLICES[behind.but_not].label.lower()}"
    if variant := Variant.objects.filter(pk=int(behind.variant or 0)).first():
        words += f", variant {variant.letter}"
    if run := Run.objects.filter(pk=int(behind.run or 0)).first():
        words += f", run {run.number}"
    if behind.button:
        words += f", “{behind.button}”"
    if not behind.reason:
        return words
    return f"{words}: {explain(behind.reason, behind.code, again=Again.BY_RETRY).meaning}"
