"""What the list of messages leads to: a file of what it shows, and a list of those people."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from campaigns.admin.messages.message_filters import (
    ButtonFilter,
    CampaignFilter,
    CodeFilter,
    DayFilter,
    KindFilter,
    QueuedFilter,
    ReasonFilter,
    RunFilter,
    SliceFilter,
    VariantFilter,
)
from campaigns.models import Run
from providers.admin.row_numbers import row_number
from providers.models import Project

CAMPAIGN, RUN = CampaignFilter.parameter_name, RunFilter.parameter_name
DAY = DayFilter.parameter_name
WHAT = {SliceFilter.parameter_name, ReasonFilter.parameter_name, CodeFilter.parameter_name}
# What the file of a campaign, and what that of some days, can be asked for.
OF_CAMPAIGN = WHAT | {VariantFilter.parameter_name, ButtonFilter.parameter_name, RUN}
OF_DAYS = WHAT | {KindFilter.parameter_name}
# The dialog asks for days itself.
TIMES = {DAY, QueuedFilter.parameter_name}


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """Addresses, empty where nothing can be asked for what the list shows: a file of these
    messages, and a list of their people."""

    export: str = ""
    people: str = ""


def leads_to(project: Project, filters: Mapping[str, str]) -> LeadsTo:
    chosen = {name: value for name, value in filters.items() if value}
    campaign = _campaign_of(project, chosen)
    if campaign is None:
        return LeadsTo(export=_of_days(chosen))
    del chosen[CAMPAIGN]
    if not campaign or chosen.keys() - OF_CAMPAIGN:
        return LeadsTo()
    return LeadsTo(
        export=_with(reverse("admin:campaigns_campaign_export", args=[campaign]), chosen),
        people=_with(reverse("admin:campaigns_campaign_people", args=[campaign]), chosen),
    )


def _campaign_of(project: Project, chosen: dict[str, str]) -> int | None:
    """A run is one of a campaign's, whether that is chosen or not; 0 where there is no such one."""
    if RUN in chosen:
        of_run = Run.objects.filter(campaign__project=project, pk=row_number(chosen[RUN]))
        chosen.setdefault(CAMPAIGN, str(of_run.values_list("campaign", flat=True).first() or 0))
    return row_number(chosen[CAMPAIGN]) if CAMPAIGN in chosen else None


def _of_days(chosen: Mapping[str, str]) -> str:
    if chosen.keys() - OF_DAYS - TIMES:
        return ""
    asked = {name: value for name, value in chosen.items() if name in OF_DAYS}
    days = {"first": chosen[DAY], "last": chosen[DAY]} if DAY in chosen else {}
    return _with(reverse("admin:campaigns_export_messages"), {**asked, **days})


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}?{urlencode(asked)}" if asked else address
