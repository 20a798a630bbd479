"""Events of a live campaign are told by several at once, again and again, late, or without end."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from django.db import connection
from django.utils import timezone

from campaigns.audience.uploads.uploading_events import upload
from campaigns.models import Occurrence, Profile
from providers.models import Project
from providers.watch.actors import SYSTEM
from tests.campaigns.living import CART, told
from tests.faults.campaign import Scene
from tests.faults.fault import Play, Verdict
from tests.faults.live import LiveFault
from tests.faults.world import BEAT, HELPER, SENDER

PROGRAMS = 4
BODY = 50

Records = list[dict[str, Any]]


class EventsToldByMany(LiveFault):
    """Four programs tell the same events at once, each in another order and twice; each person has
    two, a fifth of them an hour late; and two beats have two workers turn triggers. Nobody enters
    twice, and nobody waits in a circle."""

    fields: ClassVar[dict[str, Any]] = {"cut_off_hours": 2}
    events_each = 2

    def strike(self, scene: Scene, people: list[Profile]) -> None:
        for role in (BEAT, HELPER, SENDER):
            scene.world.another(role)
        records = _of_each(people, scene.dice)
        _tell_at_once(scene, [_shuffled(records * 2, scene.dice) for _ in range(PROGRAMS)], BODY)

    def judge(self, scene: Scene) -> Verdict:
        return _stored_once(super().judge(scene), scene, self.events_each * len(scene.phones))


class OnePersonsManyEvents(LiveFault):
    """One person does it 100,000 times within a minute (SIZE says how often), told by four programs
    at once, while the others do it once: each gets it once."""

    told = 0

    def people(self, play: Play) -> int:
        return play.amount(quick=20, full=100)

    def strike(self, scene: Scene, people: list[Profile]) -> None:
        first, *others = people
        now, count = timezone.now(), scene.play.size or scene.play.amount(quick=2_000, full=100_000)
        ages = (timedelta(minutes=scene.dice.random()) for _ in range(count))
        records = [told(first, CART, now - age, n=n) for n, age in enumerate(ages)]
        self.told = count + len(others)
        shares = [records[n::PROGRAMS] for n in range(PROGRAMS)]
        shares[0][:0] = [told(one) for one in others]
        _tell_at_once(scene, shares, 500)

    def judge(self, scene: Scene) -> Verdict:
        return _stored_once(super().judge(scene), scene, self.told)


def _of_each(people: Sequence[Profile], dice: random.Random) -> Records:
    """Their second event came a second before the first."""
    late = set(dice.sample(range(len(people)), len(people) // 5))
    records = []
    for number, one in enumerate(people):
        age = timedelta(minutes=dice.randint(60, 70)) if number in late else timedelta()
        at = timezone.now() - age
        records += [told(one, CART, at), told(one, CART, at - timedelta(seconds=1))]
    return records


def _shuffled(records: Records, dice: random.Random) -> Records:
    return dice.sample(records, len(records))


def _tell_at_once(scene: Scene, shares: Sequence[Records], body: int) -> None:
    project = scene.campaign.project
    with ThreadPoolExecutor(len(shares)) as programs:
        for telling in [programs.submit(_tell, project, share, body) for share in shares]:
            telling.result()


def _tell(project: Project, records: Records, body: int) -> None:
    try:
        for start in range(0, len(records), body):
            upload(project, records[start : start + body], by=SYSTEM)
    finally:
        connection.close()


def _stored_once(verdict: Verdict, scene: Scene, wanted: int) -> Verdict:
    found = Occurrence.objects.filter(kind__project=scene.campaign.project_id).count()
    if found == wanted:
        return verdict
    words = f"{found} events are stored, and should be {wanted}"
    return replace(verdict, problems=[*verdict.problems, words])
