"""What an export is of: named when it is asked for, found when it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from campaigns.audience.filtering import Wanted
from campaigns.audience.searching import search
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import read_rule
from campaigns.audience.segments.saving import people_of
from campaigns.audience.source import EVERYBODY, AudienceSource, members_of, these
from campaigns.models import Campaign, CustomList, Export, ExportFormat, ExportKind, Segment
from campaigns.results.people_behind import Behind
from providers.models import Project
from providers.refusals import Refusal

EARLIEST, MOST_DAYS = date(2000, 1, 1), 366
NO_DAYS = "Choose both days, like 2026-03-01, the first one first."
TOO_MANY_DAYS = f"Choose {MOST_DAYS} days at the most."
LIST_GONE = "The list was deleted in the meantime."
SEGMENT_GONE = "The segment was deleted in the meantime."
CAMPAIGN_GONE = "The campaign was deleted in the meantime."


class ExportError(Refusal):
    code = "export.refused"


@dataclass(frozen=True, slots=True)
class Wish:
    """`title` stands in lists and in the audit log: no word that somebody searched for."""

    kind: ExportKind
    title: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    format: ExportFormat = ExportFormat.CSV


def everybody() -> Wish:
    return Wish(ExportKind.PEOPLE, "Everybody")


def of_list(custom_list: CustomList) -> Wish:
    return Wish(ExportKind.PEOPLE, f"List {custom_list}", {"list": custom_list.pk})


def of_segment(segment: Segment) -> Wish:
    return Wish(ExportKind.PEOPLE, f"Segment {segment}", {"segment": segment.pk})


def filtered(document: Mapping[str, Any], query: str) -> Wish:
    if not document.get("conditions") and not query.strip():
        return everybody()
    return Wish(ExportKind.PEOPLE, "Filtered people", {"rule": document, "query": query})


def of_chosen(people: Sequence[int]) -> Wish:
    """Whom somebody has ticked, in whatever project they are: those of this one are written."""
    return Wish(ExportKind.PEOPLE, f"{len(people):,} chosen people", {"people": list(people)})


def of_campaign(campaign: Campaign, behind: Behind, words: str) -> Wish:
    named = {"slice": behind.slice, "but_not": behind.but_not}
    why = {"reason": behind.reason, "code": behind.code, "variant": behind.variant}
    why |= {"button": behind.button, "run": behind.run}
    asked = {"campaign": campaign.pk, **named, **why}
    return Wish(ExportKind.MESSAGES, f"{campaign.name[:90]}: {words[:90]}", asked)


def of_results(campaign_ids: list[int] | None = None) -> Wish:
    """Of all campaigns that were published, or of these."""
    chosen = {"campaigns": campaign_ids} if campaign_ids is not None else {}
    title = "Results of all campaigns" if campaign_ids is None else "Results of chosen campaigns"
    return Wish(ExportKind.RESULTS, title, chosen)


def of_days(kind: ExportKind, first: date | None, last: date | None) -> Wish:
    """Of what happened on these days of the project, both among them. Raises ExportError."""
    if first is None or last is None or not EARLIEST <= first <= last:
        raise ExportError(NO_DAYS)
    if (last - first).days >= MOST_DAYS:
        raise ExportError(TOO_MANY_DAYS)
    title = f"{kind.label}, {first:%-d %b %Y} to {last:%-d %b %Y}"
    return Wish(kind, title, {"first": first.isoformat(), "last": last.isoformat()})


def of_messages(first: date | None, last: date | None, behind: Behind, kind: str = "") -> Wish:
    """Of all kinds or of one, queued on these days of the project. Raises ExportError."""
    days = of_days(ExportKind.MESSAGES, first, last)
    named = {"slice": behind.slice, "but_not": behind.but_not}
    why = {"reason": behind.reason, "code": behind.code, "kind": kind}
    return replace(days, asked={**days.asked, **named, **why})


def people_asked(export: Export) -> AudienceSource:
    """Raises ExportError, RuleRefused."""
    asked = export.asked
    if "list" in asked:
        found = CustomList.objects.filter(project=export.project, pk=asked["list"]).first()
        if found is None:
            raise ExportError(LIST_GONE)
        return members_of(found.pk)
    if "segment" in asked:
        segment = Segment.objects.filter(project=export.project, pk=asked["segment"]).first()
        if segment is None:
            raise ExportError(SEGMENT_GONE)
        return people_of(segment)
    if "people" in asked:
        return these(asked["people"])
    return _filtered(export.project, asked) if asked else EVERYBODY


def _filtered(project: Project, asked: Mapping[str, Any]) -> AudienceSource:
    rule, query = read_rule(asked["rule"], known_of(project)), asked["query"]
    among = search(project, query) if query.strip() else None
    return Wanted(project, rule, among).source


def campaign_asked(export: Export) -> tuple[Campaign, Behind]:
    """Raises ExportError."""
    asked = export.asked
    campaign = Campaign.objects.filter(project=export.project, pk=asked["campaign"]).first()
    if campaign is None:
        raise ExportError(CAMPAIGN_GONE)
    return campaign, behind_asked(export)


def behind_asked(export: Export) -> Behind:
    """Of the messages that are asked for."""
    asked = export.asked
    parts = {name: asked[name] for name in ("slice", "but_not", "reason", "code")}
    later = {name: asked.get(name, "") for name in ("variant", "button", "run")}
    return Behind(**parts, **later)
