"""What a program wants to have in a file → what the worker is to write."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from campaigns.models import Campaign, CustomList, ExportFormat, ExportKind, Segment
from campaigns.results.exports.whom import (
    Wish,
    everybody,
    of_campaign,
    of_days,
    of_list,
    of_messages,
    of_results,
    of_segment,
)
from campaigns.results.numbers import SLICES
from campaigns.results.people_behind import Behind, steps_after, words_of
from providers.api.fields import (
    Field,
    a_choice,
    a_day,
    a_number,
    not_right,
    read_all,
    refuse,
    schema_of,
)
from providers.api.problems import WrongPart, wrong_value
from providers.models import Project

Given = Mapping[str, Any]
Row = TypeVar("Row", bound=Model)

MOST_NUMBER = 2**63 - 1
NOT_HERE = "There is no such {} in this project."
NOT_OF_IT = "It says nothing of “{}”."
NOT_BOTH = "Give a list or a segment, one of them, or neither for everybody."
ONE_OF_THEM = "Give a campaign, or both days, and not all of them."
NEEDED = "It is needed."
NOT_AFTER = "It is no step that comes after that one."

FIELDS: Mapping[str, Field] = {
    "of": a_choice(ExportKind.values),
    "format": a_choice(ExportFormat.values, "CSV, without it."),
    "list": a_number("Of people: those of this list.", least=1, most=MOST_NUMBER),
    "segment": a_number("Of people: those whom it finds.", least=1, most=MOST_NUMBER),
    "campaign": a_number(
        "Whose messages (without it: days), or results.", least=1, most=MOST_NUMBER
    ),
    "slice": a_choice(SLICES, "Of messages: what became of them; all, without it."),
    "but_not": a_choice(SLICES, "Of messages: a later step that they did not come to."),
    "first": a_day("Of what happened: the first day, in the project's time zone."),
    "last": a_day("The last day."),
}
BODY = schema_of(FIELDS, needed=["of"], name="ExportToWrite")
_DAYS = ("first", "last")
# What each kind may say, and what it has to.
_TAKES: Mapping[ExportKind, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ExportKind.PEOPLE: (("list", "segment"), ()),
    ExportKind.MESSAGES: (("campaign", "slice", "but_not", *_DAYS), ()),
    ExportKind.RESULTS: (("campaign",), ()),
    ExportKind.EVENTS: (_DAYS, _DAYS),
    ExportKind.INBOUND: (_DAYS, _DAYS),
    ExportKind.OPT_OUTS: (_DAYS, _DAYS),
}


def wish_of(project: Project, body: Mapping[str, Any]) -> Wish:
    """Raises Problem, ExportError."""
    given = read_all(body, FIELDS)
    if "of" not in given:
        raise not_right(WrongPart("of", "missing", NEEDED))
    kind = ExportKind(given.pop("of"))
    file_format = ExportFormat(given.pop("format", ExportFormat.CSV))
    may, must = _TAKES[kind]
    wrong = [wrong_value(n, NOT_OF_IT.format(kind)) for n in given if n not in may]
    refuse(wrong + [WrongPart(name, "missing", NEEDED) for name in must if name not in given])
    return replace(_WISHES[kind](project, kind, given), format=file_format)


def _people(project: Project, _kind: ExportKind, given: Given) -> Wish:
    if len(given) > 1:
        raise not_right(wrong_value("segment", NOT_BOTH))
    if "list" in given:
        return of_list(_row(CustomList.objects.all(), project, "list", given))
    if "segment" in given:
        return of_segment(_row(Segment.objects.all(), project, "segment", given))
    return everybody()


def _messages(project: Project, _kind: ExportKind, given: Given) -> Wish:
    """Of a campaign, or of some days."""
    named = {"campaign", *_DAYS} & given.keys()
    if named not in ({"campaign"}, set(_DAYS)):
        raise not_right(wrong_value("campaign", ONE_OF_THEM))
    behind = Behind(given.get("slice", "targeted"), given.get("but_not", ""))
    if behind.but_not and behind.but_not not in steps_after(behind.slice):
        raise not_right(wrong_value("but_not", NOT_AFTER))
    if "campaign" not in given:
        return of_messages(given["first"], given["last"], behind)
    campaign = _row(Campaign.objects.without_versions(), project, "campaign", given)
    return of_campaign(campaign, behind, words_of(behind))


def _results(project: Project, _kind: ExportKind, given: Given) -> Wish:
    if "campaign" not in given:
        return of_results()
    return of_results([_row(Campaign.objects.without_versions(), project, "campaign", given).pk])


def _days(_project: Project, kind: ExportKind, given: Given) -> Wish:
    return of_days(kind, given["first"], given["last"])


_WISHES: Mapping[ExportKind, Callable[[Project, ExportKind, Given], Wish]] = {
    ExportKind.PEOPLE: _people,
    ExportKind.MESSAGES: _messages,
    ExportKind.RESULTS: _results,
    ExportKind.EVENTS: _days,
    ExportKind.INBOUND: _days,
    ExportKind.OPT_OUTS: _days,
}


def _row(rows: "QuerySet[Row]", project: Project, name: str, given: Given) -> Row:
    """Raises Problem."""
    found = rows.filter(project=project, pk=given[name]).first()
    if found is None:
        raise not_right(wrong_value(name, NOT_HERE.format(name)))
    return found
