"""What the acts behind every upload take in, a thousand records at a time by two processes: events,
beside the naive way (a get, a get_or_create and a save for each), and people.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from campaigns.audience.uploads import uploading_profiles
from campaigns.audience.uploads.storing_events import fingerprint_of
from campaigns.audience.uploads.uploading_events import upload
from campaigns.audience.uploads.verdicts import Outcome
from campaigns.models import EventKind, EventKindDay, Occurrence, Profile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.benchmarks.measuring import Spent, measured, say
from tests.benchmarks.people import PEOPLE

Body = tuple[int, int]  # number of the first record, and how many

BODY = 1_000
PROCESSES = 2
NAIVE_SIZE = 1_000
KINDS = 20
DAYS = 90


def run(size: int) -> None:
    people = min(size, 100_000)
    project = Project.objects.create(name=f"Benchmark of {size} events")
    _add_people(project, people)
    bodies = [(start, min(BODY, size - start)) for start in range(0, size, BODY)]
    take_in = partial(_take_in, project.pk, people, timezone.now())
    take_in((size, BODY))  # months and names, which are there in real life
    with measured(uploaders=os.getpid()) as spent:
        _side_by_side(take_in, bodies)
    assert Occurrence.objects.filter(kind__project=project).count() == size + BODY
    ours, theirs = spent.cpu_per_1000(size), _naive_cpu(people)
    profiles = _profiles(size)
    print(
        f"{size:,} events of 3 properties in {spent.seconds:.2f} s "
        f"({size / spent.seconds:,.0f}/s); CPU s per 1,000: {ours:.4f}, naive {theirs:.4f}"
    )
    print(
        f"{size:,} people of 7 fields in {profiles.seconds:.2f} s "
        f"({size / profiles.seconds:,.0f}/s); CPU s per 1,000: {profiles.cpu_per_1000(size):.4f}"
    )
    say(
        "events",
        size=size,
        events_per_s=size / spent.seconds,
        profiles_per_s=size / profiles.seconds,
        cpu_s_per_1000=ours,
        profiles_cpu_s_per_1000=profiles.cpu_per_1000(size),
        vs_naive=theirs / ours,
    )


def _profiles(size: int) -> Spent:
    """Half of them are new, the others change."""
    project = Project.objects.create(name=f"Benchmark of {size} profiles")
    _add_people(project, size // 2)
    bodies = [(start, min(BODY, size - start)) for start in range(0, size, BODY)]
    with measured(uploaders=os.getpid()) as spent:
        _side_by_side(partial(_take_in_people, project.pk), bodies)
    assert Profile.objects.of(project).filter(name__startswith="Asha").count() == size
    return spent


def _take_in_people(project_id: int, body: Body) -> None:
    start, count = body
    project = Project.objects.get(pk=project_id)
    verdicts = uploading_profiles.upload(project, list(people_records(start, count)), by=SYSTEM)
    assert {one.outcome for one in verdicts} <= {Outcome.CREATED, Outcome.UPDATED}


def people_records(start: int, count: int) -> Iterator[dict[str, Any]]:
    for n in range(start, start + count):
        yield {
            "identity": f"customer-{n + 1}",
            "name": f"Asha {n}",
            "phone": f"+9190{n:08d}",
            "email": f"asha{n}@example.com",
            "MSG-whatsapp": True,
            "properties": {
                "City": f"City {n % 90}",
                "Spent": n % 500 + 0.5,
                "Joined": "2026-01-31",
            },
        }


def _side_by_side(take_in: Callable[[Body], None], bodies: list[Body]) -> None:
    connection.close()  # each process has one of its own
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        pool.map(take_in, bodies, chunksize=1)
        pool.close()
        pool.join()  # their CPU seconds are ours from here on


def _add_people(project: Project, people: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"project": project.pk, "count": people})
        cursor.execute("ANALYZE campaigns_profile")


def _take_in(project_id: int, people: int, now: datetime, body: Body) -> None:
    start, count = body
    project = Project.objects.get(pk=project_id)
    verdicts = upload(project, list(_records(start, count, people, now)), by=SYSTEM)
    assert all(verdict.outcome == Outcome.STORED for verdict in verdicts)


def _records(start: int, count: int, people: int, now: datetime) -> Iterator[dict[str, Any]]:
    for n in range(start, start + count):
        yield {
            "identity": f"customer-{n * 7919 % people + 1}",
            "name": f"Event {n % KINDS}",
            "at": (now - timedelta(seconds=n * 7919 % (DAYS * 86_400))).isoformat(),
            "properties": {"Amount": n % 500 + 0.5, "Shop": f"Shop {n % 90}", "Gift": n % 2 == 0},
        }


def _naive_cpu(people: int) -> float:
    """CPU seconds per 1,000 events: each for itself."""
    project = Project.objects.create(name="Benchmark of the naive way")
    _add_people(project, people)
    with measured(uploaders=os.getpid()) as spent:
        for record in _records(0, NAIVE_SIZE, people, timezone.now()):
            _save(project, record)
    return spent.cpu_per_1000(NAIVE_SIZE)


def _save(project: Project, record: dict[str, Any]) -> None:
    profile = Profile.objects.get(project=project, identity=record["identity"])
    at = datetime.fromisoformat(record["at"])
    name: str = record["name"]
    kind, _ = EventKind.objects.get_or_create(project=project, key=name, defaults={"name": name})
    day, _ = EventKindDay.objects.get_or_create(
        kind=kind, day=at.date(), defaults={"n": 0, "first_at": at, "last_at": at}
    )
    Occurrence.objects.get_or_create(
        kind=kind,
        at=at,
        fingerprint=fingerprint_of(str(record["properties"]), profile.pk),
        defaults={"profile": profile, "properties": record["properties"]},
    )
    day.n += 1
    day.save()
