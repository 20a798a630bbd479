"""Deleting an event's name, so that another finds room in the catalogue.

Its events go with it. Where there are so many that this would hold others up, or somebody's numbers
come from them, the name stays: switched off it costs nothing but its place.
"""

from django.db import connection, transaction
from django.db.models import Q

from campaigns.audience.segments.naming import hold_project, segments_with, views_with_event
from campaigns.models import Campaign, EventKind
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor

MOST_EVENTS = 10_000
MOST_NAMED = 5
GONE = "Somebody has deleted this event already."
STILL_ON = (
    "Switch the event off first, so that nothing comes under its name while it goes. A program that"
    " still sends it then brings the name back."
)
TOO_MANY = (
    f"More than {MOST_EVENTS:,} events have come under this name. Leave it switched off: they go by"
    " themselves once they are old enough, and then the name can be deleted."
)
_FOUND = "SELECT count(*) FROM (SELECT FROM campaigns_occurrence WHERE kind_id = %s LIMIT %s) AS n"
_DELETE = "DELETE FROM campaigns_occurrence WHERE kind_id = %s"


class EventNameError(Refusal):
    """Why an event's name stays, in plain words."""

    code = "event_name.refused"


@transaction.atomic
def delete_event_name(kind: EventKind, *, by: Actor) -> None:
    """Raises EventNameError."""
    hold_project(kind.project_id)
    mine = EventKind.objects.select_for_update(of=("self",)).filter(pk=kind.pk)
    held = mine.select_related("project").first()
    if held is None:
        raise EventNameError(GONE, code="event_name.gone")
    if not held.ignored:
        raise EventNameError(STILL_ON, code="event_name.still_on")
    if users := users_of_event(held):
        raise EventNameError(_in_words(held, users), code="event_name.in_use")
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [held.pk, MOST_EVENTS + 1])
        if cursor.fetchone()[0] > MOST_EVENTS:
            raise EventNameError(TOO_MANY, code="event_name.too_many_events")
        cursor.execute(_DELETE, [held.pk])
    auditing.record("eventkind.deleted", by=by, project=held.project, target=held)
    held.delete()


def users_of_event(kind: EventKind) -> list[str]:
    """Segments and views whose rule asks for it, and campaigns that wait for it, or have."""
    segments = segments_with(kind.project, on="event", number=kind.name)
    views = views_with_event(kind.project, kind.name)
    waits = Q(occasion__did__event=kind.name) | Q(occasion__unless__event=kind.name)
    counted = Q(goal__event=kind.name) | Q(goals__kind=kind)
    asked = Campaign.objects.filter(waits | counted, project=kind.project_id)
    return [
        *(f"the segment “{one}”" for one in segments),
        *(f"the view “{one}”" for one in views),
        *(f"the campaign “{name}”" for name in sorted(set(asked.values_list("name", flat=True)))),
    ]


def _in_words(kind: EventKind, users: list[str]) -> str:
    more = len(users) - MOST_NAMED
    named = ", ".join(users[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"“{kind}” is used by {named}, so it stays. Leave it switched off."
