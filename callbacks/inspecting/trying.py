"""A payload that somebody tries: what it would become. Stores nothing and changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from callbacks.inspecting.receipt_story import MOST_FACTS, ToldFact, told_facts
from callbacks.parsers import AccountEvent, Fact, Inbound, Kind, Parsed, Rejected, parse
from callbacks.parsers.printed import as_sent
from callbacks.receipts.applying import trace_of
from campaigns.feedback.matching import foreign
from providers.models import Project


@dataclass(frozen=True)
class Tried:
    """`facts` each with what would come of it."""

    kind: Kind
    facts: list[tuple[ToldFact, str]]
    more_facts: int
    rejected: tuple[Rejected, ...]


def try_payload(project: Project, text: str, *, at: datetime) -> Tried:
    """`text` is a body, a whole address, or a callback as logs and documentation print it."""
    parsed = _parsed(text, at=at)
    facts = parsed.facts[:MOST_FACTS]
    told = told_facts(project.pk, facts)
    fates = [_fate(project, fact, one.message_id) for fact, one in zip(facts, told, strict=True)]
    return Tried(
        kind=parsed.kind,
        facts=list(zip(told, fates, strict=True)),
        more_facts=len(parsed.facts) - len(facts),
        rejected=parsed.rejected,
    )


def _parsed(text: str, *, at: datetime) -> Parsed:
    found = _read(text, at=at)
    if found.facts:
        return found
    printed = _read(as_sent(text), at=at)
    return printed if printed.facts else found


def _read(text: str, *, at: datetime) -> Parsed:
    body, query = _parts(text)
    return parse(
        body,
        content_type="",
        query=query,
        received_at=at,
        click_zone=ZoneInfo(settings.CLICK_TIME_ZONE),
    )


def _parts(text: str) -> tuple[bytes, str]:
    stripped = text.strip()
    if stripped.startswith(("http://", "https://", "/gupshup/")) and "?" in stripped:
        return b"", stripped.partition("?")[2]
    return stripped.encode("utf-8", "surrogatepass"), ""


def _fate(project: Project, fact: Fact, message_id: int | None) -> str:
    if isinstance(fact, Inbound):
        return (
            "It would be stored as a message, and keywords and the auto-reply would be looked at."
        )
    if isinstance(fact, AccountEvent):
        return "It would be applied to the template or number it names, if this project has it."
    if message_id:
        return "It would be applied to the message."
    trace = trace_of(fact, project_id=project.pk)
    if trace and foreign([trace]) == [True]:
        return "It would be counted as another system's: its extra is not of our form."
    return "No message of this project fits yet: it would wait, and be tried again for 24 hours."
