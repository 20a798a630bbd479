"""The events that a live campaign waits for, and those that keep it from going out, as rules read
them."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.given import Known
from campaigns.audience.segments.knowing import known_events
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import VERSION, Statement
from campaigns.models import Campaign, EventKind, Occurrence
from campaigns.planning.occasion import Deed, Occasion
from campaigns.planning.occasion_document import OccasionError, read_occasion

NO_EVENT = (
    "There is no event “{}” in this project yet. Events are known once the first one has come."
)
SWITCHED_OFF = "“{}” is switched off, so no event comes. Switch it on under Custom events."


class Awaited(NamedTuple):
    """What a campaign waits for, with what that says of its events."""

    occasion: Occasion
    did: Happened
    unless: Happened | None


def awaited_by(campaign: Campaign) -> Awaited:
    """Two queries. Raises OccasionError."""
    return awaited_by_each([campaign])[0]


def awaited_by_each(campaigns: Iterable[Campaign]) -> list[Awaited]:
    """Of campaigns of one project: two queries for all of them. Raises OccasionError."""
    read = [(campaign.project, read_occasion(campaign.occasion)) for campaign in campaigns]
    names = {deed.event for _, occasion in read for deed in _deeds(occasion)}
    known = known_events(read[0][0], names) if read else Known()
    return [
        Awaited(
            occasion,
            happened(occasion.did, known),
            happened(occasion.unless, known) if occasion.unless else None,
        )
        for _, occasion in read
    ]


def properties_of_occasion(campaign: Campaign) -> frozenset[str] | None:
    """Names of the event's that sets it off; None of a campaign that is not live."""
    if not campaign.is_live:
        return None
    try:
        name = read_occasion(campaign.occasion).did.event
    except OccasionError:
        return frozenset()
    known = known_events(campaign.project, {name}).events
    return frozenset(one for one, _ in known[name].properties) if name in known else frozenset()


def event_shown(campaign: Campaign) -> dict[str, Any]:
    """For values that are looked at before anybody has entered: the newest event of the kind that
    sets it off, as a text sees it. Empty of a campaign that is not live."""
    if not campaign.is_live:
        return {}
    try:
        name = read_occasion(campaign.occasion).did.event
    except OccasionError:
        return {"event": {}}
    kind = EventKind.objects.filter(project=campaign.project_id, name=name).first()
    newest = Occurrence.objects.filter(kind=kind).order_by("-at") if kind else None
    found = newest.values_list("properties", flat=True).first() if newest is not None else None
    return {"event": found or {}}


def where_sql(deed: Happened, statement: Statement) -> str:
    """Of o, an event of its kind."""
    return " AND ".join(condition.sql(statement) for condition in deed.where) or "true"


def switched_off_among(awaited: Awaited) -> list[str]:
    """What is wrong, a sentence for each event that does not come."""
    kinds = [deed.kind for deed in (awaited.did, awaited.unless) if deed]
    ignored = EventKind.objects.filter(pk__in=kinds, ignored=True)
    return [SWITCHED_OFF.format(kind) for kind in ignored.order_by("name")]


def _deeds(occasion: Occasion) -> list[Deed]:
    return [occasion.did, *([occasion.unless] if occasion.unless else [])]


def happened(deed: Deed, known: Known) -> Happened:
    """Raises OccasionError."""
    if deed.event not in known.events:
        raise OccasionError(NO_EVENT.format(deed.event[:120]))
    where = [dict(condition) for condition in deed.where]
    condition = {"on": "event", "event": deed.event, "is": "did", "where": where}
    try:
        rule = read_rule({"version": VERSION, "match": "all", "conditions": [condition]}, known)
    except RuleRefused as refused:
        raise OccasionError(f"“{deed.event}”: {refused}") from refused
    (found,) = rule.members
    if not isinstance(found, Happened):
        raise TypeError(found)
    return found
