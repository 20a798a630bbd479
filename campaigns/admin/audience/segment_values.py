"""What the rows of a segment's form offer: values that the project's people have."""

from collections.abc import Iterator, Mapping
from typing import Any

from campaigns.audience.segments.offering import Offered, offered
from providers.models import Project
from providers.phones.country_names import NAMES

MOST_TO_TAKE = 8  # as buttons beside the lines
OTHERS = ("country", "language")


def offered_in(project: Project, document: Mapping[str, Any]) -> Offered:
    """For the conditions of a document, and no others."""
    members = list(_members(document))
    texts = [one for one in members if one.get("on") in ("text", "texts")]
    names = {one["property"] for one in texts if "property" in one}
    others = any(one.get("on") in OTHERS or one.get("field") in OTHERS for one in members)
    return offered(project, names=names, others=others)


def choices_for(member: Mapping[str, Any], found: Offered) -> list[tuple[str, str]]:
    """With the words for each."""
    if member.get("on") == "country":
        return [(code, NAMES.get(code, code)) for code in found.countries]
    values = found.languages if member.get("field") == "language" else ()
    values = values or found.properties.get(member.get("property", ""), ())
    return [(value, value) for value in values]


def _members(group: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in group["conditions"]:
        if "conditions" in one:
            yield from _members(one)
        else:
            yield one
