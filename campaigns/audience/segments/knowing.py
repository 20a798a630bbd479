"""What a project has that a rule may name."""

from collections.abc import Collection
from dataclasses import replace

from django.db.models import QuerySet

from campaigns.audience.segments.given import Known, KnownEvent
from campaigns.audience.segments.reading import RuleRefused, read_rule
from campaigns.audience.segments.rules import Group
from campaigns.models import (
    Campaign,
    CustomList,
    EventKind,
    EventKindProperty,
    ProfileProperty,
    PropertyType,
    Segment,
)
from providers.models import Project

TYPES = {kind.value: kind for kind in PropertyType}


def known_of(project: Project) -> Known:
    """As people look for them: by name, and campaigns the newest first."""
    properties = ProfileProperty.objects.filter(project=project)
    lists = CustomList.objects.filter(project=project).order_by("name")
    campaigns = Campaign.objects.without_versions().filter(project=project).order_by("-pk")
    segments = Segment.objects.filter(project=project).order_by("name")
    kinds = EventKind.objects.staying().filter(project=project).order_by("name")
    return Known(
        properties={one.name: PropertyType(one.type) for one in properties},
        lists=dict(lists.values_list("pk", "name")),
        campaigns=dict(campaigns.values_list("pk", "name")),
        events=_known(kinds),
        segments={
            pk: (name, rule) for pk, name, rule in segments.values_list("pk", "name", "rule")
        },
    )


def known_events(project: Project, names: Collection[str]) -> Known:
    """These events with their properties, for a rule that is about nothing else."""
    kinds = EventKind.objects.staying().filter(project=project, name__in=names)
    return Known(events=_known(kinds))


def event_names(project: Project, *kept: str) -> list[str]:
    """For a menu: of events that are taken in, and what was chosen before one was switched off."""
    kinds = EventKind.objects.filter(project=project, ignored=False)
    names = {*kinds.values_list("name", flat=True), *filter(None, kept)}
    return sorted(names, key=str.casefold)


def _known(kinds: QuerySet[EventKind]) -> dict[str, KnownEvent]:
    """By their names. A project may have a hundred thousand properties of events, and this is asked
    for many pages: so no object is made of each."""
    names = dict(kinds.values_list("pk", "name"))
    told: dict[int, set[tuple[str, PropertyType]]] = {number: set() for number in names}
    rows = EventKindProperty.objects.filter(kind__in=names)
    for number, name, kind in rows.values_list("kind_id", "name", "type"):
        told[number].add((name, TYPES[kind]))
    return {name: KnownEvent(number, frozenset(told[number])) for number, name in names.items()}


def rule_of(segment: Segment) -> Group:
    """Raises RuleRefused where what it names is gone."""
    known = known_of(segment.project)
    return read_rule(segment.rule, replace(known, inside=(segment.pk,)))


def fault_of(segment: Segment) -> str:
    """Why it finds nobody at all: what its rule names is gone. Empty where it can be used."""
    try:
        rule_of(segment)
    except RuleRefused as refused:
        return str(refused)
    return ""
