"""How long it takes to count a segment of three conditions: one value of twenty, one event of
twenty at least twice in 30 days, and one campaign to a tenth of the people viewed. Each person has
ten events of twelve months and ten messages.
"""

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.audience.segments.counting import clock_of
from campaigns.audience.segments.estimating import PATIENCE_OF_A_WORKER, estimate
from campaigns.audience.segments.knowing import known_of
from campaigns.audience.segments.reading import read_rule
from campaigns.ledger.months import keep_months
from campaigns.ledger.tallies import quarter_of
from campaigns.models import EventKind, MessageKind, Profile, ProfileProperty, Run, State
from providers.models import Project
from tests.benchmarks.measuring import say
from tests.benchmarks.people import PEOPLE, make_campaign

TABLES = ("campaigns_profile", "campaigns_message", "campaigns_occurrence", "campaigns_tally")
KINDS, RUNS, OF_EACH, AGAIN = 20, 100, 10, 5
OF_20_SHOPS = PEOPLE.replace("'s' || n %% 90", "'s' || n %% 20")
EVENTS = """
INSERT INTO campaigns_occurrence (kind_id, at, fingerprint, profile_id, properties)
SELECT %(first_kind)s + n %% %(kinds)s, now() - random() * interval '365 days', n,
    %(first)s + (random() * (%(people)s - 1))::bigint,
    jsonb_build_object('amount', n %% 1000, 'shop', 's' || n %% 90)
FROM generate_series(1, %(count)s::bigint) AS n
"""
MESSAGES = """
INSERT INTO campaigns_message (project_id, kind, campaign_id, run_id, profile_id, phone, send_key,
    state, reason, code, detail, attempt, external_id, created_at, sent_at, delivered_at, read_at)
SELECT %(project)s, %(kind)s, r.campaign_id, r.id, p.id, p.phone, p.match_key, %(state)s, '', '',
    '', 1, '', at, at, at, CASE WHEN (p.id + r.id) %% 3 < 2 THEN at END
FROM (SELECT r.*, row_number() OVER (ORDER BY id) AS n, now() - random() * interval '365 days' AS at
    FROM campaigns_run r WHERE campaign_id = %(campaign)s) r
JOIN campaigns_profile p ON p.project_id = %(project)s AND (p.id + r.n) %% 10 = 0
"""
# What the moves of these messages would have counted.
COUNTED = f"""
INSERT INTO campaigns_tally (run_id, name, quarter, n, folded)
SELECT run_id, times.name, times.quarter, count(*), true
FROM campaigns_message CROSS JOIN LATERAL (VALUES ('sent', {quarter_of("sent_at")}),
    ('delivered', {quarter_of("delivered_at")}), ('read', {quarter_of("read_at")})
) AS times (name, quarter)
WHERE project_id = %s AND times.quarter IS NOT NULL GROUP BY 1, 2, 3
"""


def run(size: int) -> None:
    project = _filled(size)
    document = _rule(_events(project, size), *_campaigns(project))
    _analyze()
    _forget_pages()
    cold, *warm = _timed(project, document)
    anybody = _timed(project, _whole({**VIEWED, "when": LAST_30_DAYS}))
    never = {"on": "conversation", "what": "wrote", "is": "not_so"}
    either = _timed(project, _whole({**VIEWED, "is": "did_not"}, never, match="any"))
    seconds, viewed, either_seconds = map(statistics.median, (warm, anybody, either))
    print(
        f"{size:,} people, {size * OF_EACH:,} events and messages: {seconds:.3f} s, cold {cold:.3f}"
        f" s; viewed anything in 30 days {viewed:.3f} s; never viewed or wrote"
        f" {either_seconds:.3f} s"
    )
    say(
        "segment",
        size=size,
        seconds=seconds,
        cold_seconds=cold,
        any_campaign_s=viewed,
        either_s=either_seconds,
    )


LAST_30_DAYS = {"last": 30, "unit": "days"}
VIEWED: dict[str, Any] = {"on": "campaign", "what": "viewed", "is": "did"}


def _whole(*conditions: dict[str, Any], match: str = "all") -> dict[str, Any]:
    return {"version": 1, "match": match, "conditions": list(conditions)}


def _rule(event: str, campaign: int) -> dict[str, Any]:
    return _whole(
        {"on": "text", "property": "shop", "is": "equals", "value": "S7"},
        {"on": "event", "event": event, "is": "at_least", "times": 2, "when": LAST_30_DAYS},
        {**VIEWED, "campaign": campaign},
    )


def _filled(size: int) -> Project:
    project = Project.objects.create(name=f"Benchmark of {size}")
    ProfileProperty.objects.create(project=project, name="shop", type="text")
    with connection.cursor() as cursor:
        cursor.execute(OF_20_SHOPS, {"project": project.pk, "count": size})
    return project


def _events(project: Project, people: int) -> str:
    """One name of those that happened."""
    keep_months(now=timezone.now())
    kinds = [EventKind(project=project, name=f"did {n}", key=f"did{n}") for n in range(KINDS)]
    first_kind = EventKind.objects.bulk_create(kinds)[0]
    first = Profile.objects.filter(project=project).earliest("pk")
    numbers = {"first": first.pk, "people": people, "count": people * OF_EACH}
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, {**numbers, "first_kind": first_kind.pk, "kinds": KINDS})
    return first_kind.name


def _campaigns(project: Project) -> list[int]:
    """One campaign that went out once; another took all the other messages."""
    campaigns = [make_campaign(project) for _ in range(2)]
    runs = [Run(campaign=campaigns[0], last_profile_id=0)]
    runs += [Run(campaign=campaigns[1], number=n, last_profile_id=0) for n in range(1, RUNS)]
    Run.objects.bulk_create(runs)
    with connection.cursor() as cursor:
        for campaign in campaigns:
            numbers = {"project": project.pk, "campaign": campaign.pk}
            fixed = {"kind": MessageKind.CAMPAIGN, "state": State.READ}
            cursor.execute(MESSAGES, {**numbers, **fixed})
        cursor.execute(COUNTED, [project.pk])
    return [campaigns[0].pk]


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")
        cursor.execute("CHECKPOINT")


def _forget_pages() -> None:
    """Of all tables, from the system's cache; what PostgreSQL itself keeps stays with it."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (place,) = cursor.fetchone()
    connection.close()
    for path in _files(Path(place) / "base"):
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _files(place: Path) -> Iterator[Path]:
    return (path for path in place.rglob("*") if path.is_file())


def _timed(project: Project, document: dict[str, Any]) -> list[float]:
    seconds = []
    for _ in range(AGAIN):
        started = time.monotonic()
        rule = read_rule(document, known_of(project))
        estimate(project, rule, clock_of(project), patience=PATIENCE_OF_A_WORKER)
        seconds.append(time.monotonic() - started)
    return seconds
