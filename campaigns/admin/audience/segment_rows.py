"""A rule's document as the rows of a form, and back again.

Rows and groups are named by their place, `0` or `1-0`; the whole rule is `rule`. What is not filled
in yet, or not well, stays in the document as it was typed: reading it says what is wrong.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from campaigns.admin.audience.segment_event_rows import (
    event_fields,
    event_of,
    given_event,
    given_where,
    takes_where,
    where_subjects,
)
from campaigns.admin.audience.segment_inputs import (
    CODES,
    Choices,
    Input,
    choice_field,
    country_fields,
    given_lines,
    given_number,
    given_values,
    given_when,
    operators_of,
    value_fields,
    when_fields,
    with_offered,
)
from campaigns.admin.audience.segment_values import choices_for, choices_of_event
from campaigns.audience.segments.conditions.conversation import ASKED
from campaigns.audience.segments.conditions.flags import FLAGS
from campaigns.audience.segments.conditions.messages import OUTCOMES, WITH_REASON
from campaigns.audience.segments.conditions.values import FIELDS
from campaigns.audience.segments.given import Known, RuleFault
from campaigns.audience.segments.offering import Offered
from campaigns.audience.segments.rules import DEEPEST, VERSION
from campaigns.models import Reason

WHOLE = "rule"
NAME = re.compile(r"(rule|\d{1,3}(?:-\d{1,3}){0,4}):([a-z_]+)")
OUTCOME_WORDS = {
    "targeted": "Were chosen for a campaign",
    "sent": "Were sent a campaign",
    "delivered": "Got a campaign delivered",
    "viewed": "Viewed a campaign",
    "clicked": "Clicked in a campaign",
    "replied": "Replied to a campaign",
    "converted": "Reached a campaign's goal",
    "failed": "A campaign's message failed",
    "suppressed": "Were left out of a campaign",
}
ASKED_WORDS = {
    "wrote": "Wrote to us",
    "window_open": "Their window is open now",
    "unread": "Wait unread in the inbox",
}


@dataclass(frozen=True, slots=True)
class Row:
    path: str
    subject: str
    inputs: list[Input]
    faults: list[str]
    # Of an event: rows about its own properties, what they can be about, and whether more fit.
    where: list["Row"] = field(default_factory=list)
    subjects: list[tuple[str, Choices]] = field(default_factory=list)
    takes_where: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A group, with its rows and groups."""

    path: str
    match: str
    members: list["Row | Block"]
    may_nest: bool
    faults: list[str]


def subjects(known: Known) -> list[tuple[str, Choices]]:
    """What a condition can be about, by groups."""
    named = [(f"property:{name}", name) for name in sorted(known.properties)]
    fields = [(f"field:{name}", label.capitalize()) for name, label in FIELDS.items()]
    groups = [
        ("Properties", named),
        ("Person", [*fields, ("country", "Country"), ("reachability", "Reachability")]),
        ("Flags", [(f"flag:{name}", flag.label) for name, flag in FLAGS.items()]),
        ("Lists and segments", _memberships(known)),
        ("Campaigns", [(f"campaign:{what}", OUTCOME_WORDS[what]) for what in OUTCOMES]),
        ("Events", [(f"event:{name}", f"Did {name}") for name in known.events]),
        ("Conversation", [(f"conversation:{what}", ASKED_WORDS[what]) for what in ASKED]),
    ]
    return [(title, choices) for title, choices in groups if choices]


def _memberships(known: Known) -> Choices:
    lists = [("list", "Custom list")] if known.lists else []
    return lists + ([("segment", "Segment")] if known.segments else [])


# The document → rows ------------------------------------------------------------------------------


def block_of(
    document: Mapping[str, Any],
    known: Known,
    faults: Iterable[RuleFault],
    offered: Offered,
    *,
    own: int | None,
) -> Block:
    """`own` is the segment that is being built: it can't be chosen in itself."""
    others = {pk: one for pk, one in known.segments.items() if pk != own}
    rows = _Rows(replace(known, segments=others), list(faults), offered)
    return rows.block(document, WHOLE, "conditions", depth=1)


class _Rows:
    def __init__(self, known: Known, faults: list[RuleFault], offered: Offered) -> None:
        self.known, self.faults, self.offered = known, faults, offered

    def block(self, group: Mapping[str, Any], path: str, place: str, *, depth: int) -> Block:
        members = [
            self._member(member, path, f"{place}.{number}", number, depth=depth)
            for number, member in enumerate(group["conditions"])
        ]
        mine = ("", place) if path == WHOLE else (place,)
        own = [one.words for one in self.faults if one.path in mine]
        return Block(path, group["match"], members, depth < DEEPEST, own)

    def _member(
        self, member: Mapping[str, Any], above: str, place: str, number: int, *, depth: int
    ) -> Row | Block:
        path = str(number) if above == WHOLE else f"{above}-{number}"
        if "conditions" in member:
            return self.block(member, path, f"{place}.conditions", depth=depth + 1)
        where = self._where(member, path, f"{place}.where")
        own = [one for one in self.faults if f"{one.path}.".startswith(f"{place}.")]
        faults = [one.words for one in own if not one.path.startswith(f"{place}.where.")]
        choices = choices_for(member, self.offered)
        return Row(
            path,
            subject_of(member),
            [with_offered(choices, field) for field in _inputs(member, self._values)],
            faults if member else [],
            where,
            where_subjects(event_of(member, self.known)),
            takes_where(member, self.known),
        )

    def _where(self, member: Mapping[str, Any], path: str, place: str) -> list[Row]:
        rows = []
        for number, one in enumerate(member.get("where", ())):
            at = f"{place}.{number}."
            faults = [fault.words for fault in self.faults if f"{fault.path}.".startswith(at)]
            subject = f"{one['on']}:{one['property']}" if one else ""
            choices = choices_of_event(event_of(member, self.known).number, one, self.offered)
            fields = [with_offered(choices, field) for field in _inputs(one, value_fields)]
            rows.append(Row(f"{path}-{number}", subject, fields, faults if one else []))
        return rows

    def _values(self, on: str, operator: str, member: Mapping[str, Any]) -> list[Input]:
        match on:
            case "list":
                return [choice_field("list", "List", member, self.known.lists)]
            case "segment":
                names = {pk: name for pk, (name, _) in self.known.segments.items()}
                return [choice_field("segment", "Segment", member, names)]
            case "campaign":
                return self._of_campaign(member)
            case "conversation":
                return when_fields(member) if member.get("what") == "wrote" else []
            case "event":
                return event_fields(operator, member, self.known)
            case "country":
                return country_fields(operator, member)
            case _:
                return value_fields(on, operator, member)

    def _of_campaign(self, member: Mapping[str, Any]) -> list[Input]:
        campaign = choice_field(
            "campaign", "Campaign", member, self.known.campaigns, "any campaign"
        )
        reasons = [("", "for any reason"), *Reason.choices]
        reason = Input("reason", "Reason", member.get("reason", ""), choices=reasons)
        extra = [reason] if member.get("what") in WITH_REASON else []
        return [campaign, *extra, *when_fields(member, may_end=True)]


def _inputs(
    member: Mapping[str, Any], values: Callable[[str, str, Mapping[str, Any]], list[Input]]
) -> list[Input]:
    """How it compares, and what `values` says is to be filled in for that."""
    on, operator = member.get("on", ""), member.get("is", "")
    if not (choices := operators_of(member)):
        return []
    chosen = Input("is", "How", operator, choices=choices, asks_again=True)
    return [chosen, *values(on, operator, member)]


def subject_of(member: Mapping[str, Any]) -> str:
    if member.get("on") == "event":
        return f"event:{member['event']}"
    for key in ("property", "field", "what"):
        if key in member:
            return f"{member['on'] if key == 'what' else key}:{member[key]}"
    return str(member.get("on", ""))


# Rows → the document ------------------------------------------------------------------------------


def document_of(posted: Mapping[str, str], known: Known) -> dict[str, Any]:
    fields: dict[str, dict[str, str]] = {WHOLE: {"match": "all"}}
    for name, value in posted.items():
        if found := NAME.fullmatch(name):
            fields.setdefault(found[1], {})[found[2]] = value
    return {"version": VERSION, **_group(WHOLE, fields, known)}


def _group(path: str, fields: Mapping[str, dict[str, str]], known: Known) -> dict[str, Any]:
    own = _below("" if path == WHOLE else f"{path}-", fields)
    members = [
        _group(one, fields, known) if "match" in fields[one] else _condition(one, fields, known)
        for one in own
    ]
    match = "any" if fields[path].get("match") == "any" else "all"
    return {"match": match, "conditions": members}


def _below(inside: str, paths: Iterable[str]) -> list[str]:
    """Those just below, in their order."""
    own = [one for one in paths if one.startswith(inside) and one != WHOLE]
    own = [one for one in own if "-" not in one.removeprefix(inside)]
    return sorted(own, key=lambda one: int(one.rpartition("-")[2]))


def _condition(path: str, fields: Mapping[str, dict[str, str]], known: Known) -> dict[str, Any]:
    given = fields[path]
    subject, _, name = given.get("subject", "").partition(":")
    if subject == "event":
        where = [given_where(fields[one]) for one in _below(f"{path}-", fields)]
        return dict(given_event(name, given, where))
    made: dict[str, Any] = _about(subject, name, known)
    if not made:
        return {}
    operators = [key for key, _ in operators_of(made)]
    if not operators:
        return {}
    made["is"] = given["is"] if given.get("is") in operators else operators[0]
    return made | _rest(made, given)


def _about(subject: str, name: str, known: Known) -> dict[str, Any]:
    match subject:
        case "property":
            kind = known.properties.get(name, "text")
            return {"on": str(kind), "property": name}
        case "field":
            return {"on": "text", "field": name}
        case "campaign" | "conversation" | "flag":
            return {"on": subject, "what": name}
        case "reachability" | "country" | "list" | "segment":
            return {"on": subject}
        case _:
            return {}


def _rest(made: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    on, operator = made["on"], made["is"]
    if on in ("list", "segment"):
        return {on: given_number(given.get(on, ""))}
    if on == "campaign":
        named = {"campaign": given_number(given["campaign"])} if given.get("campaign") else {}
        reason = made["what"] in WITH_REASON and given.get("reason")
        return {**named, **({"reason": reason} if reason else {}), **given_when(given)}
    if on == "conversation":
        return given_when(given) if made["what"] == "wrote" else {}
    if on == "country" and operator == "one_of":
        return {"values": [CODES.get(name.casefold(), name) for name in given_lines(given)]}
    return given_values(on, operator, given)
