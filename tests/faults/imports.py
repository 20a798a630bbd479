"""A worker killed in the middle of an import."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from campaigns.models import Import, ImportStatus, Profile
from providers.models import Project
from tests.campaigns.audience.imports.uploads import counts, queued, refused_rows
from tests.factories import ProfileFactory, ProjectFactory
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.stores import wait_until
from tests.faults.world import HELPER, World

END_SECONDS = 60.0
FEWEST = 60_000  # fewer are saved at once, and nobody could be killed in between


class ImportKilled(Fault):
    """kill -9 of a worker that imports, by each other seed people who are all new: another goes on,
    and nobody is counted twice."""

    def play(self, world: World, play: Play) -> Verdict:
        people = max(play.people(quick=60_000, full=120_000), FEWEST)
        project = ProjectFactory.create()
        rows = "".join(f"u-{n},+9190{n:08d}\n" for n in range(people))
        killed_at = random.Random(play.seed).uniform(0.0, 0.8) * people
        known = play.seed % 2
        last = f"u-{people - 1}"
        with (nobody_may_change if known else nobody_may_come)(project, last):
            upload = queued(project, f"identity,Phone\n{rows}null,x\nu-0,+919000011122\n")
            wait_until(lambda: refreshed(upload).created > killed_at, seconds=END_SECONDS)
            world.one(HELPER).kill()
            assert not refreshed(upload).has_ended
        silent_for_an_hour(upload)
        world.one(HELPER)
        wait_until(lambda: refreshed(upload).has_ended, seconds=END_SECONDS)
        return judge(self.name(), upload, people, known=known)


@contextmanager
def nobody_may_change(project: Project, identity: str) -> Iterator[None]:
    """This person, there already, whom the file changes: who reaches them waits, however quick."""
    profile = ProfileFactory.create(project=project, identity=identity, phone="")
    with held_back("SELECT id FROM campaigns_profile WHERE id = %s FOR UPDATE", profile.pk):
        yield


@contextmanager
def nobody_may_come(project: Project, identity: str) -> Iterator[None]:
    """Somebody is about to come who never will."""
    come = "INSERT INTO campaigns_profile (project_id, identity, properties) VALUES (%s, %s, '{}')"
    with held_back(come, project.pk, identity):
        yield


@contextmanager
def held_back(statement: str, *values: int | str) -> Iterator[None]:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(statement, values)
            yield
    finally:
        other.close()


def refreshed(upload: Import) -> Import:
    upload.refresh_from_db()
    return upload


def silent_for_an_hour(upload: Import) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE campaigns_import SET beat_at = now() - interval '1 hour' WHERE id = %s",
            [upload.pk],
        )


def judge(name: str, upload: Import, people: int, *, known: int) -> Verdict:
    """Here a person is reached by a row of its own."""
    there = Profile.objects.of(upload.project).count()
    wanted = {
        "rows_read": people + 2,
        "created": people - known,
        **({"updated": known} if known else {}),
        "repeated": 1,
        "refused": 1,
    }
    problems = []
    if (upload.status, upload.tries) != (ImportStatus.DONE, 2):
        problems.append(f"it is {upload.status} after {upload.tries} tries")
    if len(refused_rows(upload)) != 2:
        problems.append("the file of refused rows is not right")
    return Verdict(
        fault=name,
        people=people,
        reached_once=min(there, people),
        doubled=max(0, there - people),
        lost=max(0, people - there),
        counters_ok=counts(upload) == wanted,
        problems=problems,
    )
