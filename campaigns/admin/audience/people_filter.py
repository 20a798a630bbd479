"""Whom the list of people shows: a segment's rule and a search, as they stand in its address; or
those of them whom somebody has ticked."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from campaigns.admin.audience.people_look import USUAL, Look, look_in
from campaigns.admin.audience.segment_draft import EMPTY
from campaigns.admin.lists.ticks import TICKED, ticked_in
from campaigns.audience.filtering import Wanted
from campaigns.audience.searching import MOST, search
from campaigns.audience.segments.given import Known
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import Group
from campaigns.audience.segments.slow_estimates import Asked
from providers.admin.row_numbers import row_number
from providers.models import Project

RULE, LIST, QUERY = "rule", "list", "q"
MOST_CHARACTERS = 6_000  # of an address: proxies take no more than 8,000
UNREADABLE = {"conditions": "unreadable"}
NOTHING = Group("all", ())
CUT = f"A search finds about {MOST} people at the most: write more of the name to have them all."


@dataclass(frozen=True)
class PeopleFilter:
    """`problem`: why nobody is shown."""

    project: Project
    document: dict[str, Any]
    query: str
    known: Known
    rule: Group = NOTHING
    problem: str = ""
    ticked: tuple[int, ...] = ()
    look: Look = USUAL

    @property
    def is_on(self) -> bool:
        return bool(self.rule.members or self.problem)

    @property
    def can_be_kept(self) -> bool:
        """As a view: there is more to it than everybody, the newest first."""
        return bool(self.rule.members or self.look != USUAL) and not self.problem

    @property
    def words(self) -> str:
        return self.rule.words()

    @property
    def address(self) -> str:
        """What stands behind the question mark."""
        return urlencode([*pairs_of(self.document, self.query), *self.look.pairs])

    @property
    def segment_address(self) -> str:
        """Where it becomes a segment."""
        return f"{reverse('admin:campaigns_segment_add')}?{urlencode(pairs_of(self.document, ''))}"

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What a dialog about these people sends along."""
        ticked = [(TICKED, ",".join(map(str, self.ticked)))] if self.ticked else []
        return [*pairs_of(self.document, self.query), *self.look.pairs, *ticked]

    @property
    def who(self) -> str:
        """In words, above a question about them; empty where a search says it all."""
        if self.ticked:
            return "Those whom you have ticked"
        return self.words or ("" if self.query else "Everybody in the project")

    @cached_property
    def among(self) -> list[int] | None:
        """Those ticked, else whom the search has found; None where there is neither."""
        if self.ticked:
            return list(self.ticked)
        return search(self.project, self.query) if self.query.strip() else None

    @property
    def caution(self) -> str:
        """Where there may be more of them than are shown and counted."""
        return CUT if not self.ticked and self.among is not None and len(self.among) >= MOST else ""

    @property
    def wanted(self) -> Wanted:
        """Whoever was ticked is meant, whether the rule still finds them or not."""
        return Wanted(self.project, NOTHING if self.ticked else self.rule, self.among)

    @property
    def asked(self) -> Asked:
        return Asked(self.project, self.document, self.known)


def filter_of(request: HttpRequest, project: Project) -> PeopleFilter:
    given = request.POST if request.method == "POST" else request.GET
    document, query = document_in(given), given.get(QUERY, "")
    ticked, look = ticked_in(given), look_in(given, project)
    if document is EMPTY:
        return PeopleFilter(project, EMPTY, query, Known(), ticked=ticked, look=look)
    known = known_of(project)
    try:
        rule = read_rule(document, known)
        return PeopleFilter(project, document, query, known, rule, ticked=ticked, look=look)
    except RuleRefused as refused:
        problem = f"This filter can't be used: {refused}"
        return PeopleFilter(project, EMPTY, query, known, problem=problem, look=look)


def pairs_of(document: dict[str, Any], query: str) -> list[tuple[str, str]]:
    """As they stand in an address."""
    rule = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    named = [(RULE, rule if document["conditions"] else ""), (QUERY, query)]
    return [(name, value) for name, value in named if value]


def document_in(given: QueryDict) -> dict[str, Any]:
    """An address with `list` means the people of that list."""
    if text := given.get(RULE, ""):
        return _read(text)
    if chosen := given.get(LIST, ""):
        in_list = {"on": "list", "list": row_number(chosen), "is": "in"}
        return {**EMPTY, "conditions": [in_list]}
    return EMPTY


def list_looked_at(document: dict[str, Any]) -> Any:
    """The list whose people a rule asks for, among others; None where it names none so."""
    conditions = document.get("conditions") or ()
    lists = (
        one.get("list") for one in conditions if isinstance(one, dict) and one.get("is") == "in"
    )
    return next(lists, None)


def _read(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if len(text) <= MOST_CHARACTERS else None
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else UNREADABLE
