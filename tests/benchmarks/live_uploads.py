"""What twenty live campaigns on the names of events cost whoever uploads them: CPU of the act and
of its connection's PostgreSQL process, beside the same events under names that nobody waits for. In
turns, against drift; the median of each, since others' work is now and then in the way.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import Campaign, CampaignStatus, EventKind
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.benchmarks.live import A_DAY, event, live, people_of
from tests.benchmarks.measuring import say
from tests.benchmarks.people import make_project

CAMPAIGNS = 20
BODY = 1_000
FREE = tuple(f"Free {n}" for n in range(CAMPAIGNS))
MUCH, LITTLE = 5_000.0, 450.5


@dataclass(frozen=True, slots=True)
class Case:
    """Campaigns by the names that they wait for, all of which want an amount of more than 1,000:
    one event of so many has it."""

    key: str
    words: str
    names: Sequence[str]
    one_of: int = 0


CASES = (
    Case("unmet", "no event is what they ask for", [f"Seen {n}" for n in range(20)]),
    Case("unmet_one_name", "no event is what all ask for", ["Looked at"] * 20),
    Case("some", "one event of 100 enters one of them", [f"Taken {n}" for n in range(20)], 100),
    Case("each_name", "each event enters one of them", [f"Left {n}" for n in range(20)], 1),
    Case("one_name", "each event enters all of them", ["Cart left"] * 20, 1),
)


def run(size: int) -> None:
    project = make_project(people=max(size, 2 * BODY), rate=2_000)
    people = people_of(project, max(size, 2 * BODY))
    for name in FREE:
        EventKind.objects.create(project=project, name=name, key=name.lower().replace(" ", ""))
    for case in CASES:
        slower = _slower(project, people, case)
        print(f"{CAMPAIGNS} live campaigns, {case.words}: {100 * slower:+.1f} % of CPU", flush=True)
        say("live_uploads", size=size, case=case.key, slower=slower)


def _slower(project: Project, people: Sequence[str], case: Case) -> float:
    """Nobody comes a second time, so whoever may enters. The first body of each is not measured."""
    made = [live(project, name, delay=A_DAY, where=(_more_than(n),)) for n, name in _numbered(case)]
    awaited = list(dict.fromkeys(case.names))
    spent: tuple[list[float], list[float]] = ([], [])
    bodies = [people[start : start + BODY] for start in range(0, len(people), BODY)]
    for turn, body in enumerate(bodies):
        for place, names in list(enumerate((FREE[: len(awaited)], awaited)))[:: (-1) ** turn]:
            cpu = _cpu_of(project, _told(case, names, body))
            spent[place].append(cpu)
    numbers = [campaign.pk for campaign in made]
    Campaign.objects.filter(pk__in=numbers).update(status=CampaignStatus.STOPPED)
    free, waited_for = (median(each[1:]) for each in spent)
    return waited_for / free - 1


def _numbered(case: Case) -> Sequence[tuple[int, str]]:
    return list(enumerate(case.names))


def _more_than(number: int) -> dict[str, Any]:
    """No two campaigns ask for the same."""
    return {"on": "number", "property": "Amount", "is": "more", "value": 1_000 + number}


def _told(case: Case, names: Sequence[str], body: Sequence[str]) -> list[dict[str, Any]]:
    """No two have the same amount."""
    at = timezone.now()
    return [
        event(
            who, names[n % len(names)], at, amount=(MUCH if _has_much(case, n) else LITTLE) + n / 4
        )
        for n, who in enumerate(body)
    ]


def _has_much(case: Case, number: int) -> bool:
    return bool(case.one_of) and number % case.one_of == 0


def _cpu_of(project: Project, told: Sequence[Mapping[str, Any]]) -> float:
    before = _cpu()
    upload(project, told, by=SYSTEM)
    return _cpu() - before


def _cpu() -> float:
    """In seconds; of so little, clock ticks say nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    on_cpu = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return time.process_time() + on_cpu / 1e9
