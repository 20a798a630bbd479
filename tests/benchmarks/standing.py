"""What a thousand campaigns cost that have nothing to do: how much of a core.

Of campaigns that recur, none of which has a date to come, reconciling looks every five seconds; of
live ones, in each of which a hundred people wait who are not due, who turns triggers looks each
second besides. It is done again and again in this process, in turns with the thousand as drafts, at
which nobody looks; what it takes more, PostgreSQL's part with it, is theirs.
"""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from campaigns.models import (
    Campaign,
    CampaignKind,
    CampaignStatus,
    EventKind,
    Run,
    RunStatus,
    Variant,
)
from campaigns.planning.occasion import Deed, Occasion
from campaigns.planning.occasion_document import as_document
from campaigns.sending.reconciling import reconcile, turn_triggers
from providers.models import Project
from tests.benchmarks.measuring import measured, say
from tests.benchmarks.people import VALUES, make_campaign, make_project

STANDING = 1_000
TURNS = 4  # of each
LOOKS = 40  # in a turn
# Seconds between two of them, as beat has it.
EVERY: Mapping[Callable[[], None], float] = {reconcile: 5.0, turn_triggers: 1.0}
SCHEDULE = {"every": "week", "n": 1, "weekdays": [1], "at": "10:00", "starts_on": "2026-01-05"}
WAITING = 100  # people in each live one

WAIT = """
INSERT INTO campaigns_trigger (campaign_id, profile_id, match_key, at, times, properties, due_at,
    expires_at, reason)
SELECT c.id, p.id, p.match_key, now(), 1, '{}', now() + interval '1 day',
    now() + interval '25 hours', ''
FROM campaigns_campaign c JOIN campaigns_profile p ON p.project_id = c.project_id
WHERE c.id = ANY(%s)
"""


def run(_size: int) -> None:
    project = make_project(people=WAITING, rate=80)
    _measure("recurring", _recurring(project), CampaignStatus.SCHEDULED)
    _measure("live", _live(project), CampaignStatus.RUNNING)


def _measure(kind: str, campaigns: QuerySet[Campaign], stands: CampaignStatus) -> None:
    """The first look of each finds everything cold."""
    spent = {look: {CampaignStatus.DRAFT: 0.0, stands: 0.0} for look in EVERY}
    for turn in range(2 * TURNS + 2):
        status = (CampaignStatus.DRAFT, stands)[turn % 2]
        campaigns.update(status=status)
        for look, by_status in spent.items():
            cpu = _cpu_of(look)
            by_status[status] += cpu if turn > 1 else 0.0
    campaigns.update(status=CampaignStatus.DRAFT)
    looks = TURNS * LOOKS
    more = {look: (of[stands] - of[CampaignStatus.DRAFT]) / looks for look, of in spent.items()}
    share = sum(seconds / EVERY[look] for look, seconds in more.items())
    print(
        f"{STANDING:,} {kind} campaigns with nothing to do: "
        f"{1000 * more[reconcile]:.1f} ms of CPU more a look, "
        f"{1000 * more[turn_triggers]:.1f} for triggers, {100 * share:.2f} % of a core; a look "
        f"without them takes {1000 * spent[reconcile][CampaignStatus.DRAFT] / looks:.1f} ms"
    )
    figures = {"ms_a_look": 1000 * more[reconcile], "ms_a_turn": 1000 * more[turn_triggers]}
    say("standing", size=STANDING, kind=kind, **figures, core_share=share)


def _cpu_of(look: Callable[[], None]) -> float:
    with measured(looking=os.getpid()) as spent:
        for _ in range(LOOKS):
            look()
    return sum(spent.cpu.values())


def _recurring(project: Project) -> QuerySet[Campaign]:
    now = timezone.now()
    kind = partial(Campaign, kind=CampaignKind.RECURRING, schedule=SCHEDULE)
    return _made(project, partial(kind, next_due_at=now + timedelta(days=3)))


def _live(project: Project) -> QuerySet[Campaign]:
    awaited = EventKind.objects.create(project=project, name="Cart left", key="cartleft")
    occasion = as_document(Occasion(did=Deed(awaited.name), delay=timedelta(days=1)))
    kind = partial(Campaign, kind=CampaignKind.LIVE, occasion=occasion)
    campaigns = _made(project, partial(kind, awaited_id=awaited.pk))
    Run.objects.bulk_create(
        Run(campaign=campaign, number=1, status=RunStatus.STANDING, last_profile_id=0)
        for campaign in campaigns
    )
    with connection.cursor() as cursor:
        cursor.execute(WAIT, [[campaign.pk for campaign in campaigns]])
        cursor.execute("VACUUM ANALYZE campaigns_trigger, campaigns_run, campaigns_campaign")
    return campaigns


def _made(project: Project, kind: Callable[..., Campaign]) -> QuerySet[Campaign]:
    version = make_campaign(project).variants.get().version
    made = Campaign.objects.bulk_create(
        kind(
            project=project,
            name=f"Standing {number}",
            audience="everybody",
            published_at=timezone.now(),
        )
        for number in range(STANDING)
    )
    Variant.objects.bulk_create(
        Variant(campaign=campaign, version=version, values=VALUES) for campaign in made
    )
    return Campaign.objects.filter(pk__in=[campaign.pk for campaign in made])
