"""Who uses a list, a campaign or a segment: it can't simply go."""

from collections.abc import Iterable, Iterator
from typing import Any

from campaigns.models import AudiencePart, Campaign, PeopleView, Segment
from providers.models import Project


def segments_with(project: Project, *, on: str, number: int | str) -> list[Segment]:
    """Those that name a list, a segment or a campaign, or an event by its name."""
    return [
        segment
        for segment in Segment.objects.filter(project=project).order_by("name")
        if _names(segment.rule, on, number)
    ]


def views_with_event(project: Project, name: str) -> list[PeopleView]:
    views = PeopleView.objects.filter(project=project).order_by("name")
    return [view for view in views if _names(view.rule, "event", name)]


def _names(rule: Any, on: str, number: int | str) -> bool:
    return any(one.get("on") == on and one.get(on) == number for one in _conditions(rule))


def segments_asking_for(project: Project, name: str) -> list[Segment]:
    """Those whose rule asks for a property of people."""
    return [
        segment
        for segment in Segment.objects.filter(project=project).order_by("name")
        if any(
            one.get("property") == name and one.get("on") != "event"
            for one in _conditions(segment.rule)
        )
    ]


def rename_in(rule: Any, old: str, new: str) -> None:
    """A property of people, in the rule that is given."""
    for one in _conditions(rule):
        if one.get("property") == old and one.get("on") != "event":
            one["property"] = new


def hold_project(project_id: int) -> None:
    """Until the transaction ends, nobody else names anything by a rule: who deletes, or looks for a
    circle, sees all that name it."""
    Project.objects.select_for_update(no_key=True).get(pk=project_id)


def users_of(segment: Segment) -> list[str]:
    """Names of segments and campaigns that would find others, were it changed."""
    segments = segments_with(segment.project, on="segment", number=segment.pk)
    return [*map(str, segments), *campaigns_with(segment=segment)]


def rules_behind(segments: Iterable[Segment], *, project: Project) -> list[Any]:
    """Theirs, and those of all segments that these name."""
    waiting = {segment.pk for segment in segments}
    rules = _rules(project) if waiting else {}
    behind = set[int]()
    while waiting:
        behind.add(pk := waiting.pop())
        named = {one["segment"] for one in _conditions(rules.get(pk, {})) if "segment" in one}
        waiting |= named - behind
    return [[pk, rules.get(pk)] for pk in sorted(behind)]


def _rules(project: Project) -> dict[int, Any]:
    return dict(Segment.objects.filter(project=project).values_list("pk", "rule"))


def campaigns_with(**named: Any) -> list[str]:
    """Names of those whose audience takes or leaves out a `custom_list`, a `segment`, or people of
    an `earlier` campaign; the newest first."""
    parts = AudiencePart.objects.filter(**named).values("campaign")
    return list(
        Campaign.objects.filter(pk__in=parts).order_by("-pk").values_list("name", flat=True)
    )


def _conditions(rule: Any) -> Iterator[dict[str, Any]]:
    for one in rule.get("conditions", ()):
        if "conditions" in one:
            yield from _conditions(one)
        else:
            yield one
