"""The events that a live campaign waits for, and those that keep it from going out, as rules read
them."""

from dataclasses import replace
from typing import Any, NamedTuple

from campaigns.audience.segments.conditions.events import Happened
from campaigns.audience.segments.given import Known, KnownEvent
from campaigns.audience.segments.knowing import known_events
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import VERSION, Statement
from campaigns.models import BUTTON, Campaign, Event, EventKind, EventName, Occurrence, PropertyType
from campaigns.planning.occasion import Deed, Entry, Occasion
from campaigns.planning.occasion_document import OF_MESSAGES, OccasionError, read_occasion

# None of them has a kind: they are rows of their own.
_OF_EACH = frozenset({("Variant", PropertyType.TEXT), ("Campaign name", PropertyType.TEXT)})
_MESSAGES = {
    name: KnownEvent(0, _OF_EACH | more)
    for name, more in {
        **dict.fromkeys(OF_MESSAGES, frozenset()),
        EventName.CLICKED.value: {("wzrk_c2a", PropertyType.TEXT), (BUTTON, PropertyType.TEXT)},
        EventName.REPLIED.value: {
            ("Incoming text", PropertyType.TEXT),
            (BUTTON, PropertyType.TEXT),
        },
    }.items()
}
NO_EVENT = (
    "There is no event “{}” in this project yet. Events are known once the first one has come."
)
SWITCHED_OFF = "“{}” is switched off, so no event comes. Switch it on under Custom events."


class Awaited(NamedTuple):
    """What a campaign waits for, with what that says of its events. Where people enter a segment,
    none sets it off."""

    occasion: Occasion
    did: Happened | None
    unless: Happened | None


def awaited_by(campaign: Campaign) -> Awaited:
    """Two queries. Raises OccasionError."""
    occasion = read_occasion(campaign.occasion)
    names = {deed.event for deed in _deeds(occasion)}
    known = with_messages(known_events(campaign.project, names))
    return Awaited(
        occasion,
        happened(occasion.did, known) if isinstance(occasion.did, Deed) else None,
        happened(occasion.unless, known) if occasion.unless else None,
    )


def properties_of_occasion(campaign: Campaign) -> frozenset[str] | None:
    """Names of the event's that sets it off; None of a campaign that is not live."""
    if not campaign.is_live:
        return None
    name = _event_of(campaign)
    known = with_messages(known_events(campaign.project, {name})).events
    return frozenset(one for one, _ in known[name].properties) if name in known else frozenset()


def event_shown(campaign: Campaign) -> dict[str, Any]:
    """For values that are looked at before anybody has entered: the newest event of the kind that
    sets it off, as a text sees it. Empty of a campaign that is not live."""
    if not campaign.is_live:
        return {}
    name = _event_of(campaign)
    if name in OF_MESSAGES:
        return {"event": _newest_of_messages(campaign, name)}
    kind = EventKind.objects.filter(project=campaign.project_id, name=name).first()
    newest = Occurrence.objects.filter(kind=kind).order_by("-at") if kind else None
    found = newest.values_list("properties", flat=True).first() if newest is not None else None
    return {"event": found or {}}


def _newest_of_messages(campaign: Campaign, name: str) -> dict[str, Any]:
    newest = Event.objects.filter(project=campaign.project_id, name=name).order_by("-at")
    return newest.values_list("properties", flat=True).first() or {}


def message_event(deed: Deed | Entry | None) -> str:
    """The name of what is to become of a message; empty of everything else."""
    return deed.event if isinstance(deed, Deed) and deed.event in OF_MESSAGES else ""


def of_message_sql(deed: Deed, happened: Happened, statement: Statement) -> str:
    """Of o, an event of a campaign's message, with the number of that campaign."""
    of = f"o.campaign_id = {statement.value(deed.of)} AND " if deed.of is not None else ""
    return f"o.name = {statement.value(deed.event)} AND {of}{where_sql(happened, statement)}"


def with_messages(known: Known) -> Known:
    """Also what becomes of messages, which nobody has to send in before it is known."""
    return replace(known, events={**known.events, **_MESSAGES})


def _event_of(campaign: Campaign) -> str:
    """By which it is set off; empty where that can't be read, or is no event."""
    try:
        did = read_occasion(campaign.occasion).did
    except OccasionError:
        return ""
    return did.event if isinstance(did, Deed) else ""


def where_sql(deed: Happened, statement: Statement) -> str:
    """Of o, an event of its kind."""
    return " AND ".join(condition.sql(statement) for condition in deed.where) or "true"


def switched_off_among(awaited: Awaited) -> list[str]:
    """What is wrong, a sentence for each event that does not come."""
    kinds = [deed.kind for deed in (awaited.did, awaited.unless) if deed]
    ignored = EventKind.objects.filter(pk__in=kinds, ignored=True)
    return [SWITCHED_OFF.format(kind) for kind in ignored.order_by("name")]


def _deeds(occasion: Occasion) -> list[Deed]:
    return [deed for deed in (occasion.did, occasion.unless) if isinstance(deed, Deed)]


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
