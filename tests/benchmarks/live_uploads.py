"""What twenty live campaigns on the names of events cost whoever uploads them: CPU of the act and
of PostgreSQL, beside the same events under names that nobody waits for. In turns, against drift.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.models import Campaign, CampaignStatus, EventKind
from providers.models import Project
from tests.benchmarks.live import A_DAY, happen, live, people_of
from tests.benchmarks.measuring import measured, say
from tests.benchmarks.people import make_project

CAMPAIGNS = 20
BODY = 1_000
FREE = tuple(f"Free {n}" for n in range(CAMPAIGNS))
TOO_MUCH: dict[str, Any] = {"on": "number", "property": "Amount", "is": "more", "value": 10**6}


@dataclass(frozen=True)
class Case:
    """Campaigns by the names that they wait for."""

    key: str
    words: str
    names: Sequence[str]
    where: tuple[dict[str, Any], ...] = ()


CASES = (
    Case("unmet", "no event is what they ask for", [f"Seen {n}" for n in range(20)], (TOO_MUCH,)),
    Case("each_name", "each event enters one of them", [f"Left {n}" for n in range(20)]),
    Case("one_name", "each event enters all of them", ["Cart left"] * 20),
)


def run(size: int) -> None:
    project = make_project(people=max(size, 2 * BODY), rate=2_000)
    people = people_of(project, max(size, 2 * BODY))
    for name in FREE:
        EventKind.objects.create(project=project, name=name, key=name.lower().replace(" ", ""))
    for case in CASES:
        slower = _slower(project, people, case)
        print(f"{CAMPAIGNS} live campaigns, {case.words}: {100 * slower:+.1f} % of CPU")
        say("live_uploads", size=size, case=case.key, slower=slower)


def _slower(project: Project, people: Sequence[str], case: Case) -> float:
    """Nobody comes a second time, so whoever may enters. The first body of each is not measured."""
    made = [live(project, name, delay=A_DAY, where=case.where) for name in case.names]
    awaited = list(dict.fromkeys(case.names))
    spent = [0.0, 0.0]
    bodies = [people[start : start + BODY] for start in range(0, len(people), BODY)]
    for turn, body in enumerate(bodies):
        for place, names in list(enumerate((FREE[: len(awaited)], awaited)))[:: (-1) ** turn]:
            cpu = _cpu_of(project, [(who, names[n % len(names)]) for n, who in enumerate(body)])
            spent[place] += cpu if turn else 0.0
    numbers = [campaign.pk for campaign in made]
    Campaign.objects.filter(pk__in=numbers).update(status=CampaignStatus.STOPPED)
    return spent[1] / spent[0] - 1


def _cpu_of(project: Project, told: list[tuple[str, str]]) -> float:
    with measured(uploading=os.getpid()) as spent:
        happen(project, told)
    return sum(spent.cpu.values())
