"""Rows about an event's own properties, within another form: each a condition that must hold."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from campaigns.admin.audience.segment_event_rows import given_where, where_subjects
from campaigns.admin.audience.segment_inputs import Choices, Input, operators_of, value_fields
from campaigns.audience.segments.conditions.events import MOST_WHERE
from campaigns.audience.segments.given import KnownEvent

Where = list[dict[str, Any]]
PART = re.compile(r"(\d{1,2}):([a-z_]{1,20})", re.ASCII)


class EventRowsField(forms.Field):
    """Its value is a list of conditions as a rule has them; what is wrong with them is said where
    that is read."""

    class widget(forms.HiddenInput):  # noqa: N801 -- Django's name for it
        def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Where:
            rows: dict[int, dict[str, str]] = {}
            for key in data:
                if key.startswith(f"{name}-") and (
                    found := PART.fullmatch(key.removeprefix(f"{name}-"))
                ):
                    rows.setdefault(int(found[1]), {})[found[2]] = str(data.get(key, ""))
            return [made for number in sorted(rows) if (made := given_where(rows[number]))]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != list(data or [])


@dataclass(frozen=True, slots=True)
class EventRow:
    """`name` is what its fields' names begin with."""

    name: str
    subject: str
    inputs: list[Input]


@dataclass(frozen=True, slots=True)
class EventRows:
    rows: list[EventRow]
    subjects: list[tuple[str, Choices]]


def event_rows(name: str, where: Iterable[Mapping[str, Any]], event: KnownEvent) -> EventRows:
    """With an empty one at the end, for another."""
    kept = about_it(where, event)
    rows = [
        EventRow(f"{name}-{number}", f"{one['on']}:{one['property']}", _inputs(one))
        for number, one in enumerate(kept)
    ]
    if len(rows) < MOST_WHERE:
        rows.append(EventRow(f"{name}-{len(rows)}", "", []))
    return EventRows(rows, where_subjects(event))


def about_it(where: Iterable[Mapping[str, Any]], event: KnownEvent) -> Sequence[Mapping[str, Any]]:
    """Without what is about another event, which was chosen before."""
    there = {(str(kind), name) for name, kind in event.properties}
    rows = [one for one in where if isinstance(one, Mapping)]  # what was saved may be anything
    return [one for one in rows if (one.get("on"), one.get("property")) in there]


def _inputs(member: Mapping[str, Any]) -> list[Input]:
    """How it compares, and what is to be filled in for that."""
    operator = str(member.get("is", ""))
    chosen = Input("is", "How", operator, choices=operators_of(member), asks_again=True)
    return [chosen, *value_fields(str(member["on"]), operator, member)]
