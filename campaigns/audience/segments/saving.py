"""Making, changing, cloning and deleting segments; whom one finds now."""

import json
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, Sum, TextField
from django.db.models.functions import Cast, Length
from django.utils import timezone

from campaigns.audience.segments.compiling import source_of_rule
from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.knowing import rule_of
from campaigns.audience.segments.naming import hold_project, users_of
from campaigns.audience.source import AudienceSource
from campaigns.models import Segment
from providers.names.naming_some import some_quoted
from providers.names.visible_names import hidden_in
from providers.refusals import Refusal
from providers.watch import auditing
from providers.watch.actors import Actor
from providers.watch.auditing import Change

LONGEST_NAME = 100
# Of a project: whoever writes a rule, or counts by one, has them all in memory. Characters of JSON.
MOST, MOST_IN_RULES = 10_000, 10_000_000
TOO_MANY = f"This project has {MOST:,} segments. Delete some that nobody needs."
TOO_LARGE = (
    f"With this rule, those of the project's segments have more than {MOST_IN_RULES:,} characters. "
    "Delete segments that nobody needs, or put the people of a long one into a list."
)
GONE = "Somebody has deleted this segment already."


class SegmentError(Refusal):
    """Why a segment can't be saved or deleted, in plain words."""

    code = "segment.refused"


class SegmentNameError(SegmentError):
    code = "segment.name"


@transaction.atomic
def save_segment(segment: Segment, *, by: Actor, changes: Sequence[Change] = ()) -> None:
    """A new one, or one with another name or rule. Raises SegmentError, RuleRefused."""
    # Of two changes at once, the second sees a circle that it would close.
    hold_project(segment.project_id)
    _check_name(segment)
    _check_room(segment)
    rule_of(segment)
    is_new = segment._state.adding
    segment.created_by = by.person if is_new else segment.created_by
    segment.changed_at, segment.counted_at = timezone.now(), None
    if not is_new and not Segment.objects.filter(pk=segment.pk).exists():
        raise SegmentError(GONE, code="segment.gone")
    segment.save()
    _audit(segment, "added" if is_new else "changed", by=by, changes=changes)


def _check_name(segment: Segment) -> None:
    if not segment.name:
        raise SegmentNameError("Give the segment a name.")
    if len(segment.name) > LONGEST_NAME:
        raise SegmentNameError(f"This name is longer than {LONGEST_NAME} characters.")
    if hidden := hidden_in(segment.name):
        raise SegmentNameError(hidden)
    others = Segment.objects.filter(project=segment.project, name=segment.name)
    if others.exclude(pk=segment.pk).exists():
        raise SegmentNameError(f"There is already a segment called “{segment.name}”.")


def _check_room(segment: Segment) -> None:
    """Raises SegmentError."""
    others = Segment.objects.filter(project=segment.project_id).exclude(pk=segment.pk)
    characters = Length(Cast("rule", TextField()))
    there = others.aggregate(many=Count("pk"), characters=Sum(characters, default=0))
    if there["many"] >= MOST:
        raise SegmentError(TOO_MANY)
    if there["characters"] + len(json.dumps(segment.rule, ensure_ascii=False)) > MOST_IN_RULES:
        raise SegmentError(TOO_LARGE)


@transaction.atomic
def clone_segment(segment: Segment, *, by: Actor) -> Segment:
    hold_project(segment.project_id)
    _check_room(Segment(project=segment.project, rule=segment.rule))
    taken = set(Segment.objects.filter(project=segment.project).values_list("name", flat=True))
    names = (f"Copy {number} of {segment}"[:LONGEST_NAME] for number in range(1, len(taken) + 2))
    made = Segment.objects.create(
        project=segment.project,
        name=next(name for name in names if name not in taken),
        rule=segment.rule,
        created_by=by.person,
    )
    _audit(made, "cloned", by=by)
    return made


@transaction.atomic
def delete_segment(segment: Segment, *, by: Actor) -> None:
    """Raises SegmentError where a campaign or another segment uses it."""
    hold_project(segment.project_id)
    if not Segment.objects.filter(pk=segment.pk).exists():
        raise SegmentError(GONE, code="segment.gone")
    if users := users_of(segment):
        raise SegmentError(f"This segment can't be deleted: it is used by {some_quoted(users)}.")
    _audit(segment, "deleted", by=by)
    segment.delete()


def people_of(segment: Segment) -> AudienceSource:
    """As of now. Raises RuleRefused."""
    return source_of_rule(rule_of(segment), clock_of(segment.project))


def _audit(segment: Segment, happened: str, *, by: Actor, changes: Sequence[Change] = ()) -> None:
    action, project = f"segment.{happened}", segment.project
    auditing.record(action, by=by, project=project, target=segment, changes=changes)
