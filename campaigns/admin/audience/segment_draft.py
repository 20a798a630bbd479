"""What stands in the builder's form, not saved yet, and what its buttons do to it."""

import re
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.core import signing

from campaigns.admin.audience.segment_rows import WHOLE, Block, block_of
from campaigns.admin.audience.segment_values import offered_in
from campaigns.audience.segments.given import Known, RuleFault
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import VERSION
from providers.models import Project

EMPTY: dict[str, Any] = {"version": VERSION, "match": "all", "conditions": []}
MOST_UNDONE = 20
A_PLACE = re.compile("[0-9]{1,3}").fullmatch
_SALT = "campaigns.segment_draft"

Kind = TypeVar("Kind", list[Any], dict[str, Any])


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form. `undo` holds the documents before it, the newest last."""

    name: str
    document: dict[str, Any]
    known: Known
    own: int | None
    undo: list[Any]

    @property
    def faults(self) -> list[RuleFault]:
        try:
            read_rule(self.document, self.known)
        except RuleRefused as refused:
            return refused.faults
        return []

    def block(self, project: Project) -> Block:
        offered = offered_in(project, self.document, self.known)
        return block_of(self.document, self.known, self.faults, offered, own=self.own)


def rows_of(member: dict[str, Any]) -> int:
    """Groups, and what is asked of events, are rows too."""
    below = [*member.get("conditions", ()), *member.get("where", ())]
    return len(below) + sum(map(rows_of, below))


def act(document: dict[str, Any], what: str, path: str) -> None:
    if what in ("add", "group"):
        added: dict[str, Any] = {} if what == "add" else {"match": "any", "conditions": [{}]}
        group = _at(document, path)
        if group is not None and (what == "add" or "conditions" in group):
            _members(group).append(added)
    elif what == "drop":
        above, _, number = path.rpartition("-")
        group = _at(document, above or WHOLE)
        members = [] if group is None else _members(group)
        if _is_in(members, number):
            del members[int(number)]
    elif what == "take":
        place, _, value = path.partition(":")
        member = _at(document, place) or {}
        if isinstance(member.get("values"), list):
            member["values"].append(value)


def _at(document: dict[str, Any], path: str) -> dict[str, Any] | None:
    here: Any = document
    for number in path.split("-") if path != WHOLE else ():
        members = _members(here)
        if not _is_in(members, number):
            return None
        here = members[int(number)]
    found: dict[str, Any] = here
    return found


def _members(here: dict[str, Any]) -> list[Any]:
    """Of a group, or an event's own conditions; of others none."""
    if here.get("on") == "event":
        found: list[Any] = here.setdefault("where", [])
        return found
    members: list[Any] = here.get("conditions", [])
    return members


def _is_in(members: list[Any], number: str) -> bool:
    return bool(A_PLACE(number)) and int(number) < len(members)


def undone(draft: Draft, was: Any) -> Draft:
    """First what was typed since, then one document after the other."""
    if was and was != draft.document:
        return replace(draft, document=was)
    if not draft.undo:
        return draft
    return replace(draft, document=draft.undo[-1], undo=draft.undo[:-1])


def sealed(documents: Any) -> str:
    """For the form, to come back as it is: nobody can make one up."""
    return signing.dumps(documents, salt=_SALT, compress=True)


def opened(text: str, kind: type[Kind]) -> Kind:
    """Empty where it is none of ours, or one of the other kind."""
    try:
        found = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return kind()
    return found if isinstance(found, kind) else kind()
