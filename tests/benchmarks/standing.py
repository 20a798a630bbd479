"""What a thousand campaigns cost that recur and have nothing to do: how much of a core.

Reconciling looks at them every five seconds. It is done again and again in this process, in turns
with the thousand as drafts, at which nobody looks; what it takes more, PostgreSQL's part with it,
is theirs.
"""

import os
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import Campaign, CampaignKind, CampaignStatus, Variant
from campaigns.sending.reconciling import reconcile
from providers.models import Project
from tests.benchmarks.measuring import measured, say
from tests.benchmarks.people import VALUES, make_campaign, make_project

STANDING = 1_000
TURNS = 4  # of each
LOOKS = 40  # in a turn
EVERY = 5.0  # seconds, as beat has it
SCHEDULE = {"every": "week", "n": 1, "weekdays": [1], "at": "10:00", "starts_on": "2026-01-05"}


def run(_size: int) -> None:
    project = make_project(people=1, rate=80)
    campaigns = _campaigns(project)
    spent = {CampaignStatus.DRAFT: 0.0, CampaignStatus.SCHEDULED: 0.0}
    for turn in range(2 * TURNS + 2):
        status = list(spent)[turn % 2]
        campaigns.update(status=status)
        cpu = _cpu_of_looking()
        if turn > 1:  # the first look of each finds everything cold
            spent[status] += cpu
    looks = TURNS * LOOKS
    each = (spent[CampaignStatus.SCHEDULED] - spent[CampaignStatus.DRAFT]) / looks
    percent = 100 * each / EVERY
    print(
        f"{STANDING:,} campaigns with nothing to do: {1000 * each:.1f} ms of CPU more a look, "
        f"{percent:.2f} % of a core; a look without them takes "
        f"{1000 * spent[CampaignStatus.DRAFT] / looks:.1f} ms"
    )
    say("standing", size=STANDING, ms_a_look=1000 * each, percent_of_a_core=percent)


def _campaigns(project: Project) -> QuerySet[Campaign]:
    now = timezone.now()
    version = make_campaign(project).variants.get().version
    made = Campaign.objects.bulk_create(
        Campaign(
            project=project,
            name=f"Weekly {number}",
            kind=CampaignKind.RECURRING,
            audience="everybody",
            schedule=SCHEDULE,
            published_at=now,
            next_due_at=now + timedelta(days=3),
        )
        for number in range(STANDING)
    )
    Variant.objects.bulk_create(
        Variant(campaign=campaign, version=version, values=VALUES) for campaign in made
    )
    return Campaign.objects.filter(pk__in=[campaign.pk for campaign in made])


def _cpu_of_looking() -> float:
    with measured(looking=os.getpid()) as spent:
        for _ in range(LOOKS):
            reconcile()
    return sum(spent.cpu.values())
