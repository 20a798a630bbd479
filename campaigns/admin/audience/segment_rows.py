"""A rule's document as the rows of a form, and back again.

Rows and groups are named by their place, `0` or `1-0`; the whole rule is `rule`. What is not filled
in yet, or not well, stays in the document as it was typed: reading it says what is wrong.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from campaigns.admin.audience.segment_values import MOST_TO_TAKE, choices_for
from campaigns.audience.reachability import UNREACHABLE
from campaigns.audience.segments.conditions.conversation import ASKED
from campaigns.audience.segments.conditions.messages import OUTCOMES, WITH_REASON
from campaigns.audience.segments.conditions.reachable import NO_MARKETING, SENDABLE
from campaigns.audience.segments.conditions.values import FIELDS
from campaigns.audience.segments.given import Known, RuleFault
from campaigns.audience.segments.offering import Offered
from campaigns.audience.segments.rules import DEEPEST, VERSION
from campaigns.models import Reason
from providers.phones.countries import countries
from providers.phones.country_names import NAMES

Choices = list[tuple[str, str]]
WHOLE = "rule"
NAME = re.compile(r"(rule|\d{1,3}(?:-\d{1,3}){0,4}):([a-z_]+)")
UNITS: Choices = [(unit, unit) for unit in ("minutes", "hours", "days", "weeks", "months")]
SET: Choices = [("set", "is set"), ("not_set", "is not set")]
OPERATORS: Mapping[str, Choices] = {
    "text": [
        ("equals", "is"),
        ("does_not_equal", "is not"),
        ("one_of", "is one of"),
        ("contains", "contains"),
        ("starts_with", "starts with"),
        ("ends_with", "ends with"),
        *SET,
    ],
    "number": [
        ("equals", "is"),
        ("does_not_equal", "is not"),
        ("less", "is less than"),
        ("at_most", "is at most"),
        ("more", "is more than"),
        ("at_least", "is at least"),
        ("between", "is between"),
        *SET,
    ],
    "boolean": [("yes", "is yes"), ("no", "is no"), ("not_set", "is not set")],
    "date": [
        ("in_last", "is in the last"),
        ("earlier_than", "is more than … ago"),
        ("in_next", "is in the next"),
        ("on", "is on"),
        ("before", "is before"),
        ("after", "is after"),
        ("between", "is between"),
        ("anniversary_in_next", "has its anniversary in the next … days"),
        ("anniversary", "has its anniversary in … days"),
        *SET,
    ],
    "texts": [
        ("any_of", "contains any of"),
        ("all_of", "contains all of"),
        ("none_of", "contains none of"),
        *SET,
    ],
    "country": [
        ("equals", "is"),
        ("does_not_equal", "is not"),
        ("one_of", "is one of"),
        ("set", "is known"),
        ("not_set", "is not known"),
    ],
    "reachability": [
        (SENDABLE, "can be sent to now"),
        *((reason.value, f"can't: {Reason(reason).label}") for reason in UNREACHABLE),
        (NO_MARKETING, "can, but no marketing"),
    ],
    "list": [("in", "are in"), ("not_in", "are not in")],
    "segment": [("in", "are in"), ("not_in", "are not in")],
    "campaign": [("did", "did"), ("did_not", "did not")],
    "conversation": [("so", "yes"), ("not_so", "no")],
}
OUTCOME_WORDS = {
    "targeted": "Were chosen for a campaign",
    "sent": "Were sent a campaign",
    "delivered": "Got a campaign delivered",
    "viewed": "Viewed a campaign",
    "clicked": "Clicked in a campaign",
    "replied": "Replied to a campaign",
    "failed": "A campaign's message failed",
    "suppressed": "Were left out of a campaign",
}
ASKED_WORDS = {
    "wrote": "Wrote to us",
    "window_open": "Their window is open now",
    "unread": "Wait unread in the inbox",
}
# Of countries by their names and codes in small letters, as people write them.
CODES = {spelling.casefold(): one.code for one in countries() for spelling in (one.name, one.code)}
COUNTS = ("last", "amount", "days", "in_days")
SAYING_THEMSELVES = (
    *("is", "value", "list", "segment", "campaign", "reason"),
    *("when", "last", "amount", "unit"),
)
WHENS: Choices = [("", "ever"), ("last", "in the last"), ("between", "between two days")]


@dataclass(frozen=True, slots=True)
class Input:
    """One field of a row: a choice where there are `choices`, else of this type."""

    name: str
    label: str
    value: str
    type: str = "text"
    choices: Choices = field(default_factory=list)
    asks_again: bool = False  # its change brings other fields
    offered: Choices = field(default_factory=list)  # may be chosen, and others be typed

    @property
    def says_itself(self) -> bool:
        """Its label is for those who can't see what stands beside it."""
        return self.name in SAYING_THEMSELVES

    @property
    def is_short(self) -> bool:
        return self.name in COUNTS


@dataclass(frozen=True, slots=True)
class Row:
    path: str
    subject: str
    inputs: list[Input]
    faults: list[str]


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
        ("Lists and segments", _memberships(known)),
        ("Campaigns", [(f"campaign:{what}", OUTCOME_WORDS[what]) for what in OUTCOMES]),
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
        faults = [one.words for one in self.faults if f"{one.path}.".startswith(f"{place}.")]
        return Row(path, subject_of(member), self._inputs(member), faults if member else [])

    def _inputs(self, member: Mapping[str, Any]) -> list[Input]:
        on, operator = member.get("on", ""), member.get("is", "")
        if on not in OPERATORS:
            return []
        chosen = Input("is", "How", operator, choices=OPERATORS[on], asks_again=True)
        choices = choices_for(member, self.offered)
        return [chosen, *(_with(choices, one) for one in self._values(on, operator, member))]

    def _values(self, on: str, operator: str, member: Mapping[str, Any]) -> list[Input]:
        match on:
            case "list":
                return [_choice("list", "List", member, self.known.lists)]
            case "segment":
                names = {pk: name for pk, (name, _) in self.known.segments.items()}
                return [_choice("segment", "Segment", member, names)]
            case "campaign":
                return self._of_campaign(member)
            case "conversation":
                return _when(member) if member.get("what") == "wrote" else []
            case "country":
                return _country(operator, member)
            case _:
                return _values(on, operator, member)

    def _of_campaign(self, member: Mapping[str, Any]) -> list[Input]:
        campaign = _choice("campaign", "Campaign", member, self.known.campaigns, "any campaign")
        reasons = [("", "for any reason"), *Reason.choices]
        reason = Input("reason", "Reason", member.get("reason", ""), choices=reasons)
        extra = [reason] if member.get("what") in WITH_REASON else []
        return [campaign, *extra, *_when(member, may_end=True)]


def _with(offered: Choices, asked: Input) -> Input:
    """Beside lines stand those that are not among them yet; of a choice they are the first."""
    if asked.name == "lines":
        lines = {line.casefold() for line in asked.value.splitlines()}
        left = [one for one in offered if one[1].casefold() not in lines]
        return replace(asked, offered=left[:MOST_TO_TAKE])
    if asked.name != "value":
        return asked
    if not asked.choices:
        return replace(asked, offered=offered)
    none, *others = asked.choices
    return replace(asked, choices=[none, *dict.fromkeys([*offered, *others])])


def _country(operator: str, member: Mapping[str, Any]) -> list[Input]:
    if operator == "one_of":
        names = [NAMES.get(code, code) for code in map(str, member.get("values", ()))]
        return [Input("lines", "Countries, one a line", "\n".join(names), type="lines")]
    choices = [("", "Choose…"), *((country.code, country.name) for country in countries())]
    value = Input("value", "Country", str(member.get("value", "")), choices=choices)
    return [] if operator in ("set", "not_set") else [value]


def _values(on: str, operator: str, member: Mapping[str, Any]) -> list[Input]:
    """Of a property or a field."""
    kind = "date" if on == "date" else "text"
    match operator:
        case "one_of" | "any_of" | "all_of" | "none_of":
            lines = "\n".join(map(str, member.get("values", ())))
            return [Input("lines", "Values, one a line", lines, type="lines")]
        case "between" if on == "number":
            return [_typed(member, "from", "From"), _typed(member, "to", "to")]
        case "between":
            return _two_days(member.get("values"))
        case "in_last" | "earlier_than" | "in_next":
            return [_typed(member, "amount", "How many"), _unit(member)]
        case "anniversary":
            return [_typed(member, "in_days", "In how many days (0 is today)")]
        case "anniversary_in_next":
            return [_typed(member, "days", "How many days, besides today")]
        case "set" | "not_set" | "":
            return []
        case _ if on in ("text", "number", "date"):
            return [_typed(member, "value", "Value", kind)]
        case _:
            return []


def _when(member: Mapping[str, Any], *, may_end: bool = False) -> list[Input]:
    when = member.get("when") or {}
    chosen = "between" if "between" in when else "last" if when else ""
    choices = WHENS if may_end else WHENS[:-1]
    asked = Input("when", "When", chosen, choices=choices, asks_again=True)
    if chosen == "last":
        return [asked, _typed(when, "last", "How many"), _unit(when)]
    return [asked, *(_two_days(when["between"]) if chosen else [])]


def _typed(member: Mapping[str, Any], name: str, label: str, kind: str = "text") -> Input:
    return Input(name, label, str(member.get(name, "")), type=kind)


def _unit(member: Mapping[str, Any]) -> Input:
    return Input("unit", "Unit", member.get("unit", "days"), choices=UNITS)


def _two_days(values: Any) -> list[Input]:
    first, last = values if isinstance(values, list) and len(values) == 2 else ("", "")
    return [Input("first", "From", first, type="date"), Input("second", "to", last, type="date")]


def _choice(
    name: str, label: str, member: Mapping[str, Any], known: Mapping[int, str], none: str = ""
) -> Input:
    choices = [("", none or "Choose…"), *((str(pk), text) for pk, text in known.items())]
    return Input(name, label, str(member.get(name, "")), choices=choices)


def subject_of(member: Mapping[str, Any]) -> str:
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
    inside = "" if path == WHOLE else f"{path}-"
    own = [one for one in fields if one != WHOLE and _is_in(one, inside)]
    own.sort(key=lambda one: int(one.rpartition("-")[2]))
    members = [
        _group(one, fields, known) if "match" in fields[one] else _condition(fields[one], known)
        for one in own
    ]
    match = "any" if fields[path].get("match") == "any" else "all"
    return {"match": match, "conditions": members}


def _is_in(path: str, inside: str) -> bool:
    return path.startswith(inside) and "-" not in path.removeprefix(inside)


def _condition(given: Mapping[str, str], known: Known) -> dict[str, Any]:
    subject, _, name = given.get("subject", "").partition(":")
    made: dict[str, Any] = _about(subject, name, known)
    if not made:
        return {}
    operators = [key for key, _ in OPERATORS[made["on"]]]
    made["is"] = given["is"] if given.get("is") in operators else operators[0]
    return made | _rest(made, given)


def _about(subject: str, name: str, known: Known) -> dict[str, Any]:
    match subject:
        case "property":
            kind = known.properties.get(name, "text")
            return {"on": str(kind), "property": name}
        case "field":
            return {"on": "text", "field": name}
        case "campaign" | "conversation":
            return {"on": subject, "what": name}
        case "reachability" | "country" | "list" | "segment":
            return {"on": subject}
        case _:
            return {}


def _rest(made: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    on, operator = made["on"], made["is"]
    if on in ("list", "segment"):
        return {on: _number(given.get(on, ""))}
    if on == "campaign":
        named = {"campaign": _number(given["campaign"])} if given.get("campaign") else {}
        reason = made["what"] in WITH_REASON and given.get("reason")
        return {**named, **({"reason": reason} if reason else {}), **_given_when(given)}
    if on == "conversation":
        return _given_when(given) if made["what"] == "wrote" else {}
    if on == "country" and operator == "one_of":
        return {"values": [CODES.get(name.casefold(), name) for name in _lines(given)]}
    return _given_values(on, operator, given)


def _lines(given: Mapping[str, str]) -> list[str]:
    return [line.strip() for line in given.get("lines", "").splitlines() if line.strip()]


def _given_values(on: str, operator: str, given: Mapping[str, str]) -> dict[str, Any]:
    match operator:
        case "one_of" | "any_of" | "all_of" | "none_of":
            return {"values": _lines(given)}
        case "between" if on == "number":
            return {"from": _number(given.get("from", "")), "to": _number(given.get("to", ""))}
        case "between":
            return {"values": [given.get("first", ""), given.get("second", "")]}
        case "in_last" | "earlier_than" | "in_next":
            return {"amount": _number(given.get("amount", "")), "unit": given.get("unit", "days")}
        case "anniversary":
            return {"in_days": _number(given.get("in_days", "") or "0")}
        case "anniversary_in_next":
            return {"days": _number(given.get("days", ""))}
        case "set" | "not_set" | "yes" | "no":
            return {}
        case _ if on == "number":
            return {"value": _number(given.get("value", ""))}
        case _ if on in ("text", "date", "country"):
            return {"value": given.get("value", "").strip()}
        case _:
            return {}


def _given_when(given: Mapping[str, str]) -> dict[str, Any]:
    match given.get("when"):
        case "last":
            amount = _number(given.get("last", ""))
            return {"when": {"last": amount, "unit": given.get("unit", "days")}}
        case "between":
            return {"when": {"between": [given.get("first", ""), given.get("second", "")]}}
        case _:
            return {}


def _number(text: str) -> int | float | str:
    """As it was typed, where it is none."""
    text = text.strip()
    try:
        return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII) else float(text)
    except ValueError:
        return text
