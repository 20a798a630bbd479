"""What the rows of a segment's form offer: values that the project's people have."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from campaigns.audience.segments.given import Known
from campaigns.audience.segments.offering import (
    Offered,
    event_properties_offered,
    others_offered,
    properties_offered,
)
from providers.models import Project
from providers.phones.country_names import NAMES

Choices = list[tuple[str, str]]
MOST_TO_TAKE = 8  # as buttons beside the lines
OTHERS = ("country", "language")


def offered_in(project: Project, document: Mapping[str, Any], known: Known) -> Offered:
    """For the conditions of a document, and no others."""
    members = list(_members(document))
    are_wanted = any(one.get("on") in OTHERS or one.get("field") in OTHERS for one in members)
    languages, countries = others_offered(project) if are_wanted else ([], [])
    events: dict[int, set[str]] = {}
    for one in members:
        if (event := known.events.get(one.get("event", ""))) is not None:
            has = {name for name, _ in event.properties}
            events.setdefault(event.number, set()).update(_texts(one.get("where", ())) & has)
    return Offered(
        properties_offered(project, _texts(members) & known.properties.keys()),
        {number: event_properties_offered(number, names) for number, names in events.items()},
        languages,
        countries,
    )


def choices_for(member: Mapping[str, Any], found: Offered) -> Choices:
    """With the words for each."""
    if member.get("on") == "country":
        return [(code, NAMES.get(code, code)) for code in found.countries]
    values = found.languages if member.get("field") == "language" else ()
    return _as_choices(values or found.properties.get(member.get("property", ""), ()))


def choices_of_event(event: int, member: Mapping[str, Any], found: Offered) -> Choices:
    values = found.events.get(event, {})
    return _as_choices(values.get(member.get("property", ""), ()))


def _as_choices(values: Iterable[str]) -> Choices:
    return [(value, value) for value in values]


def _texts(members: Iterable[Mapping[str, Any]]) -> set[str]:
    """Names of properties that are texts."""
    texts = [one for one in members if one.get("on") in ("text", "texts")]
    return {one["property"] for one in texts if "property" in one}


def _members(group: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for one in group["conditions"]:
        if "conditions" in one:
            yield from _members(one)
        else:
            yield one
