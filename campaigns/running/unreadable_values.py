"""Values that an earlier version took and this one can't read: nobody gets a message of them.

A campaign that is under way is paused, one that waits for its time is a draft again, where its
field says what to write instead. Looked for at each reconciling, so that no upgrade needs a step.
"""

from collections import defaultdict
from contextlib import suppress

from campaigns.models import GOING, Campaign, CampaignStatus, Variant
from campaigns.running.lifecycle import LifecycleError, pause, unschedule
from providers.models import IncidentKind
from providers.watch import incidents
from providers.watch.actors import SYSTEM
from templates_app.values.personalization import PersonalizationError, compile_text
from templates_app.values.slots import read_value

WILL_SEND = (CampaignStatus.SCHEDULED, *GOING)
PAUSED = (
    "One of its values can't be read any more. Nobody who waits is lost, but it can't go on: clone "
    "it, stop it, and mend the copy, which says what is wrong. "
)
NAMED = "Campaigns whose values can't be read any more: {}. Open each to see what to do."

# Variants that can be read; what goes out does not change any more.
_readable: set[int] = set()


def halt_unreadable() -> None:
    live = Variant.objects.filter(campaign__status__in=WILL_SEND)
    unread = set(live.values_list("pk", flat=True)) - _readable
    names = defaultdict[int, list[str]](list)
    for variant in Variant.objects.filter(pk__in=unread).select_related("campaign"):
        if problem := _problem_of(variant):
            names[variant.campaign.project_id].append(variant.campaign.name)
            _halt(variant.campaign, problem)
        else:
            _readable.add(variant.pk)
    for project_id, campaigns in names.items():
        told = NAMED.format(", ".join(sorted(set(campaigns))))
        incidents.report(project_id, IncidentKind.UNREADABLE, detail=told)


def _problem_of(variant: Variant) -> str:
    for raw in variant.values.values():
        try:
            compile_text(read_value(raw).text)
        except PersonalizationError as failure:
            return str(failure)
    return ""


def _halt(campaign: Campaign, problem: str) -> None:
    with suppress(LifecycleError):  # it has moved on by itself meanwhile
        if campaign.status == CampaignStatus.SCHEDULED and not campaign.stands:
            unschedule(campaign, by=SYSTEM)
        else:
            pause(campaign, by=SYSTEM, reason=f"{PAUSED}{problem}")
