"""People as a rule sees them, by a few queries for all of them: to say of somebody why they are in
a segment, or why not."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from datetime import datetime

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast, Length

from campaigns.audience.reachability import blocked_phone, own_stop, with_reason
from campaigns.audience.segments.conditions.values import FIELDS
from campaigns.audience.segments.rules import Occurred, Person, SentMessage
from campaigns.audience.segments.spans import Clock
from campaigns.models import (
    Conversion,
    ConversionOf,
    ListMember,
    Message,
    MessageKind,
    Occurrence,
    Profile,
    Reason,
    Run,
    State,
)
from providers.models import Conversation, Project
from providers.refusals import Refusal

MOST_EVENTS, MOST_CHARACTERS = 10_000, 10_000_000  # of all of them, in memory
TIMES = [field.name for field in fields(SentMessage) if field.name.endswith("_at")]


class TooManyEvents(Refusal):
    code = "segment.too_many_events"


def people(
    project: Project, ids: Iterable[int], clock: Clock, *, kinds: Collection[int] | None = None
) -> dict[int, Person]:
    """Meant for tens of people, not for all. `kinds`: of events that are wanted; None for all of
    them. Raises TooManyEvents."""
    wanted = with_reason(Profile.objects.of(project).filter(pk__in=list(ids)))
    profiles = list(wanted.annotate(is_blocked=blocked_phone(), has_stopped=own_stop()))
    numbers = [profile.pk for profile in profiles]
    lists, messages, events = _lists(numbers), _messages(project, numbers), _events(numbers, kinds)
    talks = _talks(project, [key for row in profiles if (key := row.match_key) is not None])
    return {
        row.pk: _person(
            row, clock, lists[row.pk], messages[row.pk], events[row.pk], talks.get(row.match_key)
        )
        for row in profiles
    }


def _person(
    row: Profile,
    clock: Clock,
    lists: Iterable[int],
    messages: Iterable[SentMessage],
    events: Iterable[Occurred],
    talk: Conversation | None,
) -> Person:
    reason: str = getattr(row, "unreachable", "")
    return Person(
        clock=clock,
        fields={name: getattr(row, name) for name in (*FIELDS, "phone")},
        properties=row.properties,
        unreachable=Reason(reason) if reason else None,
        no_marketing=getattr(row, "no_marketing", False),
        flags=_flags(row),
        lists=frozenset(lists),
        messages=tuple(messages),
        events=tuple(events),
        last_inbound_at=talk.last_inbound_at if talk else None,
        window_until=talk.window_until if talk else None,
        is_unread=talk is not None and talk.is_unread,
    )


def _flags(row: Profile) -> Mapping[str, bool | None]:
    """By the names of conditions/flags.py."""
    return {
        "opted_in": row.subscribed,
        "opted_out": getattr(row, "has_stopped", False),
        "blocked": getattr(row, "is_blocked", False),
        "no_marketing": getattr(row, "no_marketing", False),
        "phone": row.match_key is not None,
        "test": row.is_test,
    }


def _lists(ids: list[int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    members = ListMember.objects.filter(profile__in=ids)
    for profile_id, list_id in members.values_list("profile_id", "custom_list_id"):
        found[profile_id].append(list_id)
    return found


def _messages(project: Project, ids: list[int]) -> Mapping[int, list[SentMessage]]:
    found: dict[int, list[SentMessage]] = defaultdict(list)
    runs = Run.objects.filter(campaign__project=project)  # of run and profile there is an index
    rows = Message.objects.filter(run__in=runs, profile__in=ids, kind=MessageKind.CAMPAIGN)
    messages = list(rows.select_related("campaign"))
    conversions = _conversions([row.pk for row in messages])
    for row in messages:
        sent = SentMessage(
            campaign=row.campaign_id or 0,
            name=row.campaign.name if row.campaign else "",
            state=State(row.state),
            reason=row.reason,
            conversions=tuple(conversions[row.pk]),
            **{name: getattr(row, name) for name in TIMES},
        )
        found[row.profile_id or 0].append(sent)
    return found


def _conversions(message_ids: list[int]) -> Mapping[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    rows = Conversion.objects.filter(message__in=message_ids, who=ConversionOf.SENT)
    for message_id, at in rows.values_list("message_id", "at"):
        found[message_id].append(at)
    return found


def _events(ids: list[int], kinds: Collection[int] | None) -> Mapping[int, list[Occurred]]:
    found: dict[int, list[Occurred]] = defaultdict(list)
    rows = Occurrence.objects.filter(profile__in=ids)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    _check_size(rows)
    for profile_id, *event in rows.values_list("profile_id", "kind_id", "at", "properties"):
        found[profile_id].append(Occurred(*event))
    return found


def _check_size(rows: QuerySet[Occurrence]) -> None:
    """Of events by the hundred thousand somebody could make as many as no memory holds."""
    size = Length(Cast("properties", TextField()))
    sizes = rows.values_list(size, flat=True)[: MOST_EVENTS + 1]
    if len(sizes) > MOST_EVENTS or sum(sizes) > MOST_CHARACTERS:
        raise TooManyEvents("They did too much to go through here, one by one.")


def _talks(project: Project, keys: list[int]) -> Mapping[int | None, Conversation]:
    talks = Conversation.objects.filter(project=project, match_key__in=keys)
    return {talk.match_key: talk for talk in talks}
