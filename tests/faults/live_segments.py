"""People come into a segment that sets a live campaign off, while who looks for them is killed."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from time import sleep
from typing import Any

from django.utils import timezone

from campaigns.models import Profile, Trigger
from campaigns.planning.occasion import Entry
from campaigns.running.entering_segments import EVERY, NOT_MANY
from campaigns.tasks import compare_segments
from providers.models import Project
from tests.factories import ProfilePropertyFactory, SegmentFactory
from tests.faults.campaign import Scene, new_profiles
from tests.faults.fault import Play
from tests.faults.live import LiveFault
from tests.faults.stores import wait_until
from tests.faults.world import HELPER

END_SECONDS = 60.0
ASKED_EVERY = 0.5  # seconds
GOLD = {"on": "number", "property": "Points", "is": "more", "value": 100}


class LookerKilled(LiveFault):
    """kill -9 of the worker that looks who has come into a segment: before, within, or after its
    look. Whoever came gets it once, and nobody does who was in it."""

    plants = ("kill_before_a_look", "kill_while_it_looks", "kill_after_a_look")

    def people(self, _play: Play) -> int:
        return NOT_MANY  # more at once would have to be meant

    def occasion_of(self, project: Project) -> Mapping[str, Any]:
        ProfilePropertyFactory.create(project=project, name="Points", type="number")
        rule = {"version": 1, "match": "all", "conditions": [GOLD]}
        _have_points(new_profiles(NOT_MANY, project))
        return {"did": Entry(SegmentFactory.create(project=project, rule=rule).pk)}

    def strike(self, scene: Scene, people: list[Profile]) -> None:
        world, play = scene.world, scene.play
        world.without(HELPER)
        doomed = world.another(HELPER, plant=self.plants[play.seed % 3], seed=play.seed)
        _have_points(people)
        _let_look(scene)
        doomed.wait_for_end(END_SECONDS)
        world.one(HELPER)
        mine = Trigger.objects.filter(campaign=scene.campaign)
        _look_until(lambda: mine.count() >= len(people), scene)
        _look_until(lambda: _has_looked(scene), scene)  # nobody comes in again


def _have_points(people: list[Profile]) -> None:
    for one in people:
        one.properties = {**one.properties, "Points": 500}
    Profile.objects.bulk_update(people, ["properties"])


def _let_look(scene: Scene) -> None:
    """As if five minutes had passed since the last look."""
    scene.campaign.runs.update(compared_at=timezone.now() - EVERY - timedelta(seconds=5))
    compare_segments.delay()


def _has_looked(scene: Scene) -> bool:
    return not scene.campaign.runs.filter(compared_at__lte=timezone.now() - EVERY).exists()


def _look_until(reached: Callable[[], bool], scene: Scene) -> None:
    """Asked for again and again, as beat does: PostgreSQL may still hold the lock of who was killed
    a moment ago, and a look that finds it does nothing."""
    _let_look(scene)

    def is_reached() -> bool:
        compare_segments.delay()
        sleep(ASKED_EVERY)
        return reached()

    wait_until(is_reached, seconds=END_SECONDS)
