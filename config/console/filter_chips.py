"""What a list is limited to, in words, each with the address of the list without it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList


@dataclass(frozen=True, slots=True)
class Chip:
    title: str
    chosen: str
    without: str


def chips_of(cl: ChangeList) -> list[Chip]:
    return [chip for spec in cl.filter_specs for chip in _chips(cl, spec)]


def search_cleared(cl: ChangeList) -> str:
    return cl.get_query_string(remove=[SEARCH_VAR, PAGE_VAR])


def _chips(cl: ChangeList, spec: Any) -> Iterator[Chip]:
    names = [name for name in spec.expected_parameters() if name in spec.used_parameters]
    if names:
        without = cl.get_query_string(remove=[*names, PAGE_VAR])
        yield Chip(title=_title(spec), chosen=_chosen(cl, spec), without=without)


def _title(spec: Any) -> str:
    title = str(spec.title)
    return title[:1].upper() + title[1:]


def _chosen(cl: ChangeList, spec: Any) -> str:
    """In the words of its choices; as it stands in the address where no choice is like it."""
    shown = [str(choice["display"]) for choice in spec.choices(cl) if choice.get("selected")]
    return ", ".join(shown) or ", ".join(str(value) for value in spec.used_parameters.values())
