"""Deleting names of events, so that others find room in the catalogue.

Their events go with them, by a worker (`dropping_names.py`). Nobody can name them from now on, and
what comes under them is not kept; once they are gone, a program that still sends one brings it
back.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.audience.segments.naming import events_in, hold_project
from campaigns.models import Campaign, EventKind, PeopleView, Segment
from providers.models import Project
from providers.names.naming_some import some_of
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor

MOST_NAMED = 5
GONE = "Somebody has deleted this event already."
NOBODY = "None of these can be deleted: they are used, or gone."
OTHERS = "They are {:,} now, no longer {:,}. Look again, then confirm."
# Where campaigns keep the events that they wait for or count.
OF_CAMPAIGNS = (
    "occasion__did__event",
    "occasion__unless__event",
    "goal__event",
    "goals__kind__name",
    "awaited__name",
    "averted_by__name",
)


class EventNameError(Refusal):
    """Why an event's name stays, in plain words."""

    code = "event_name.refused"


@dataclass(frozen=True, slots=True)
class Names:
    """`going` can be deleted; `used` stay, each with who asks for it."""

    going: QuerySet[EventKind]
    used: Mapping[str, list[str]]


def names_among(project: Project, kinds: QuerySet[EventKind]) -> Names:
    mine = kinds.filter(project=project, going_since=None)
    users = users_of_events(project)
    used = mine.filter(name__in=list(users)).order_by("name").values_list("name", flat=True)
    return Names(mine.exclude(name__in=list(users)), {name: users[name] for name in used})


@transaction.atomic
def delete_event_names(
    project: Project, kinds: QuerySet[EventKind], *, seen: int, by: Actor
) -> int:
    """Those of them that nobody uses; `seen` is how many of these somebody was shown. Raises
    EventNameError."""
    hold_project(project.pk)
    going = _let_go(names_among(project, kinds).going)
    if not going:
        raise EventNameError(NOBODY, code="event_name.none_left")
    if going != seen:
        raise EventNameError(OTHERS.format(going, seen), code="event_name.other_number")
    note = f"{going:,} {'name' if going == 1 else 'names'}"
    auditing.record("eventkind.deleted", by=by, project=project, note=note)
    return going


@transaction.atomic
def delete_event_name(kind: EventKind, *, by: Actor) -> None:
    """Raises EventNameError."""
    hold_project(kind.project_id)
    alone = EventKind.objects.filter(pk=kind.pk)
    names = names_among(kind.project, alone)
    if names.used:
        raise EventNameError(_in_words(names.used), code="event_name.in_use")
    if not _let_go(names.going):
        raise EventNameError(GONE, code="event_name.gone")
    auditing.record("eventkind.deleted", by=by, project=kind.project, target=kind)


def _let_go(kinds: QuerySet[EventKind]) -> int:
    return kinds.update(ignored=True, going_since=timezone.now())


def users_of_events(project: Project) -> Mapping[str, list[str]]:
    """By the event's name: segments and views whose rule asks for it, and campaigns that wait for
    it, or have."""
    users: dict[str, list[str]] = defaultdict(list)
    for what, rows in (("segment", Segment.objects), ("view", PeopleView.objects)):
        for row in rows.filter(project=project).order_by("name"):
            for event in events_in(row.rule):
                users[event].append(f"the {what} “{row}”")
    for event, campaign in sorted(set(_asked_by_campaigns(project))):
        users[event].append(f"the campaign “{campaign}”")
    return users


def _asked_by_campaigns(project: Project) -> Iterator[tuple[str, str]]:
    """An event's name, and a campaign's."""
    campaigns = Campaign.objects.filter(project=project)
    for place in OF_CAMPAIGNS:
        asking = campaigns.filter(**{f"{place}__isnull": False})
        for event, name in asking.values_list(place, "name"):
            if isinstance(event, str):  # a draft may hold anything
                yield event, name


def _in_words(used: Mapping[str, list[str]]) -> str:
    ((name, users),) = used.items()
    named = some_of(users, most=MOST_NAMED)
    return f"“{name}” is used by {named}, so it stays. You can switch it off."
