"""Who uses a list, a campaign or a segment: it can't simply go."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q

from campaigns.models import (
    LIVE,
    UNPUBLISHED,
    AudiencePart,
    Campaign,
    CampaignKind,
    Segment,
)
from providers.models import Project


def segments_with(project: Project, *, on: str, number: int) -> list[Segment]:
    """Those that name a list, a segment or a campaign."""
    return [
        segment
        for segment in Segment.objects.filter(project=project).order_by("name")
        if _names(segment.rule, on, number)
    ]


def events_in(rule: Any) -> set[str]:
    """Names of those that a rule asks for."""
    asked = (one.get("event") for one in _conditions(rule) if one.get("on") == "event")
    return {name for name in asked if isinstance(name, str)}


def _names(rule: Any, on: str, number: int) -> bool:
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
    campaigns = [*campaigns_with(segment=segment), *campaigns_entered_by(segment)]
    return [*map(str, segments), *dict.fromkeys(campaigns)]


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


def campaigns_behind(segments: Iterable[Segment], *, project: Project) -> set[int | None]:
    """Numbers of those whose messages' fate decides who is in one of these segments; None where
    that is any campaign's."""
    rules = [rule for _, rule in rules_behind(segments, project=project) if rule]
    asked = (one for rule in rules for one in _conditions(rule) if one.get("on") == "campaign")
    return {one.get("campaign") for one in asked}


def campaigns_entered_by(segment: Segment) -> list[str]:
    """Names of those that are not over, and are set off by whoever comes into it; the newest
    first."""
    waiting = Campaign.objects.filter(
        project=segment.project_id,
        kind=CampaignKind.LIVE,
        status__in=[*UNPUBLISHED, *LIVE],
        occasion__entered=segment.pk,
    )
    return list(waiting.order_by("-pk").values_list("name", flat=True))


def campaigns_waiting_for(campaign: Campaign) -> list[str]:
    """Names of those that are not over, and wait for what becomes of its messages."""
    of_it = Q(occasion__did__of=campaign.pk) | Q(occasion__unless__of=campaign.pk)
    waiting = Campaign.objects.filter(
        of_it, project=campaign.project_id, status__in=[*UNPUBLISHED, *LIVE]
    )
    others = waiting.exclude(pk=campaign.pk).order_by("-pk")
    return list(others.values_list("name", flat=True))


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
