"""The fields of one row of a segment's form, by what its condition asks, and what they say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from campaigns.admin.audience.segment_values import MOST_TO_TAKE
from campaigns.audience.reachability import UNREACHABLE
from campaigns.audience.segments.conditions.flags import FLAGS
from campaigns.audience.segments.conditions.reachable import NO_MARKETING, SENDABLE
from campaigns.models import Reason
from providers.phones.countries import countries
from providers.phones.country_names import NAMES

Choices = list[tuple[str, str]]
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
    "flag": [("yes", "yes"), ("no", "no"), ("not_set", "is not set")],
    "list": [("in", "are in"), ("not_in", "are not in")],
    "segment": [("in", "are in"), ("not_in", "are not in")],
    "campaign": [("did", "did"), ("did_not", "did not")],
    "conversation": [("so", "yes"), ("not_so", "no")],
    "event": [
        ("did", "did it"),
        ("did_not", "did not do it"),
        ("at_least", "at least … times"),
        ("at_most", "at most … times"),
        ("exactly", "exactly … times"),
        ("first", "for the first time"),
        ("sum", "the sum of a number in it"),
        ("average", "the average of a number in it"),
    ],
}
# Of countries by their names and codes in small letters, as people write them.
CODES = {spelling.casefold(): one.code for one in countries() for spelling in (one.name, one.code)}
COUNTS = ("last", "amount", "days", "in_days", "times")
SAYING_THEMSELVES = (
    *("is", "value", "list", "segment", "campaign", "reason", "property", "that"),
    *("when", "last", "amount", "unit", "times"),
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


def operators_of(member: Mapping[str, Any]) -> Choices:
    """How a condition may compare; nothing is not set of a flag that everybody has."""
    choices = OPERATORS.get(member.get("on", ""), [])
    if member.get("on") != "flag":
        return choices
    answers = FLAGS[member["what"]].answers if member.get("what") in FLAGS else []
    return [one for one in choices if one[0] in answers]


# A condition → fields ----------------------------------------------------------------------------


def with_offered(offered: Choices, asked: Input) -> Input:
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


def country_fields(operator: str, member: Mapping[str, Any]) -> list[Input]:
    if operator == "one_of":
        names = [NAMES.get(code, code) for code in map(str, member.get("values", ()))]
        return [Input("lines", "Countries, one a line", "\n".join(names), type="lines")]
    choices = [("", "Choose…"), *((country.code, country.name) for country in countries())]
    value = Input("value", "Country", str(member.get("value", "")), choices=choices)
    return [] if operator in ("set", "not_set") else [value]


def value_fields(on: str, operator: str, member: Mapping[str, Any]) -> list[Input]:
    """Of a property or a field."""
    kind = "date" if on == "date" else "text"
    match operator:
        case "one_of" | "any_of" | "all_of" | "none_of":
            lines = "\n".join(map(str, member.get("values", ())))
            return [Input("lines", "Values, one a line", lines, type="lines")]
        case "between" if on == "number":
            return [typed_field(member, "from", "From"), typed_field(member, "to", "to")]
        case "between":
            return _two_days(member.get("values"))
        case "in_last" | "earlier_than" | "in_next":
            return [typed_field(member, "amount", "How many"), _unit(member)]
        case "anniversary":
            return [typed_field(member, "in_days", "In how many days (0 is today)")]
        case "anniversary_in_next":
            return [typed_field(member, "days", "How many days, besides today")]
        case "set" | "not_set" | "":
            return []
        case _ if on in ("text", "number", "date"):
            return [typed_field(member, "value", "Value", kind)]
        case _:
            return []


def when_fields(member: Mapping[str, Any], *, may_end: bool = False) -> list[Input]:
    when = member.get("when") or {}
    chosen = "between" if "between" in when else "last" if when else ""
    choices = WHENS if may_end else WHENS[:-1]
    asked = Input("when", "When", chosen, choices=choices, asks_again=True)
    if chosen == "last":
        return [asked, typed_field(when, "last", "How many"), _unit(when)]
    return [asked, *(_two_days(when["between"]) if chosen else [])]


def typed_field(member: Mapping[str, Any], name: str, label: str, kind: str = "text") -> Input:
    return Input(name, label, str(member.get(name, "")), type=kind)


def _unit(member: Mapping[str, Any]) -> Input:
    return Input("unit", "Unit", member.get("unit", "days"), choices=UNITS)


def _two_days(values: Any) -> list[Input]:
    first, last = values if isinstance(values, list) and len(values) == 2 else ("", "")
    return [Input("first", "From", first, type="date"), Input("second", "to", last, type="date")]


def choice_field(
    name: str, label: str, member: Mapping[str, Any], known: Mapping[int, str], none: str = ""
) -> Input:
    choices = [("", none or "Choose…"), *((str(pk), text) for pk, text in known.items())]
    return Input(name, label, str(member.get(name, "")), choices=choices)


# Fields → a condition ----------------------------------------------------------------------------


def given_lines(given: Mapping[str, str]) -> list[str]:
    return [line.strip() for line in given.get("lines", "").splitlines() if line.strip()]


def given_values(on: str, operator: str, given: Mapping[str, str]) -> dict[str, Any]:
    match operator:
        case "one_of" | "any_of" | "all_of" | "none_of":
            return {"values": given_lines(given)}
        case "between" if on == "number":
            return {
                "from": given_number(given.get("from", "")),
                "to": given_number(given.get("to", "")),
            }
        case "between":
            return {"values": [given.get("first", ""), given.get("second", "")]}
        case "in_last" | "earlier_than" | "in_next":
            return {
                "amount": given_number(given.get("amount", "")),
                "unit": given.get("unit", "days"),
            }
        case "anniversary":
            return {"in_days": given_number(given.get("in_days", "") or "0")}
        case "anniversary_in_next":
            return {"days": given_number(given.get("days", ""))}
        case "set" | "not_set" | "yes" | "no":
            return {}
        case _ if on == "number":
            return {"value": given_number(given.get("value", ""))}
        case _ if on in ("text", "date", "country"):
            return {"value": given.get("value", "").strip()}
        case _:
            return {}


def given_when(given: Mapping[str, str]) -> dict[str, Any]:
    match given.get("when"):
        case "last":
            amount = given_number(given.get("last", ""))
            return {"when": {"last": amount, "unit": given.get("unit", "days")}}
        case "between":
            return {"when": {"between": [given.get("first", ""), given.get("second", "")]}}
        case _:
            return {}


def given_number(text: str) -> int | float | str:
    """As it was typed, where it is none."""
    text = text.strip()
    try:
        return int(text) if re.fullmatch(r"[+-]?\d{1,18}", text, re.ASCII) else float(text)
    except ValueError:
        return text
