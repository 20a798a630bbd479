"""The wall clock of one worker jumps, or that of a store. libfaketime is what makes it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.faults.campaign import CampaignFault, Scene
from tests.faults.fault import Fault, Play, Verdict
from tests.faults.stores import Store
from tests.faults.world import HELPER, SENDER, Worker, World

DAY = 86_400
JUMPS = (3_600, -3_600, 40 * DAY, -2 * DAY, 7, -7, -40 * DAY)
STEPS_OF_REDIS = (-3_600, 60, -40 * DAY, 3_600, -60)
STEPS_OF_POSTGRES = ((-300, 0), (0, 300), (300, 295))
SKIPPED = "libfaketime does not work here"
OF_DEBIAN = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


class UnderAnotherClock(Fault):
    """Of a fault whose strike sets the clock of one worker."""

    @classmethod
    def prepare(cls, world: World) -> None:
        if library := libfaketime():
            world.prepare_clock(library)

    def play(self, world: World, play: Play) -> Verdict:
        if libfaketime() is None:
            return Verdict(fault=self.name(), runs=0, skipped=SKIPPED)
        self.prepare(world)
        set_clock(world, 0)
        try:
            return super().play(world, play)
        finally:
            set_clock(world, 0)


class ClockJumps(UnderAnotherClock, CampaignFault):
    """The clock of one worker jumps by hours or days, and back again: of the sending one, or of
    the one that reconciles."""

    def usual_sender(self, world: World, play: Play) -> Worker:
        role = HELPER if play.seed % 3 == 2 else SENDER
        world.without(role)
        world.under_another_clock(role)
        return world.one(SENDER)

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        set_clock(scene.world, JUMPS[scene.play.seed % len(JUMPS)])
        scene.wait(quick=1.0, full=5.0)
        set_clock(scene.world, 0)
        return 0


class RedisClockSteps(CampaignFault):
    """The clock of Redis steps by a minute, an hour or more, back or ahead, and back again: sending
    goes on, at its rate."""

    rate = 20

    def play(self, world: World, play: Play) -> Verdict:
        library = libfaketime()
        if library is None:
            return Verdict(fault=self.name(), runs=0, skipped=SKIPPED)
        with store_under_another_clock(world, world.redis, library):
            return super().play(world, play)

    def strike(self, scene: Scene) -> int:
        scene.wait_for_requests(scene.dice.uniform(0.05, 0.3))
        for seconds in (STEPS_OF_REDIS[scene.play.seed % len(STEPS_OF_REDIS)], 0):
            set_clock(scene.world, seconds)
            _wait_for_some_more(scene, self.rate)
        return 0

    def judge(self, scene: Scene, most_in_doubt: int) -> Verdict:
        verdict = super().judge(scene, most_in_doubt)
        burst = largest_burst([row["time"] for row in scene.requests()], rate=self.rate)
        if burst <= self.rate:
            return verdict
        return replace(verdict, problems=[*verdict.problems, f"{burst:.0f} more than the rate"])


class PostgresClockIsApart(CampaignFault):
    """The clock of PostgreSQL is five minutes behind everybody's or ahead, and steps in mid-send:
    ahead by minutes, or back by seconds, for which all waits."""

    def play(self, world: World, play: Play) -> Verdict:
        library = libfaketime()
        if library is None:
            return Verdict(fault=self.name(), runs=0, skipped=SKIPPED)
        with store_under_another_clock(world, world.postgres, library):
            set_clock(world, self._steps(play)[0])
            return super().play(world, play)

    def strike(self, scene: Scene) -> int:
        """Leases end early where the clock steps ahead."""
        scene.wait_for_the_middle()
        set_clock(scene.world, self._steps(scene.play)[1])
        return int(settings.GATEWAY_CONCURRENCY)

    def _steps(self, play: Play) -> tuple[int, int]:
        return STEPS_OF_POSTGRES[play.seed % len(STEPS_OF_POSTGRES)]


@contextmanager
def store_under_another_clock(world: World, store: Store, library: Path) -> Iterator[None]:
    try:
        _restart(store, world.another_clock(library))
        yield
    finally:
        _restart(store, {})


def _restart(store: Store, environment: Mapping[str, str]) -> None:
    """By SIGINT, at which PostgreSQL does not wait for its clients."""
    store.stop(signal.SIGINT)
    store.start(environment)
    connection.close()


def _wait_for_some_more(scene: Scene, count: int) -> None:
    """Many seconds less than the clock stepped."""
    enough = min(len(scene.seen()) + count, len(scene.phones))
    scene.wait_for(lambda: len(scene.seen()) >= enough, "sending stands still", seconds=20.0)


def largest_burst(times: Sequence[float], *, rate: float) -> float:
    """By how many messages any stretch of time holds more than the rate allows for it."""
    least, most = float("inf"), 0.0
    for count, at in enumerate(sorted(times)):
        least = min(least, count - at * rate)
        most = max(most, count + 1 - at * rate - least)
    return most


def set_clock(world: World, seconds: int) -> None:
    world.clock.write_text(f"{seconds:+d}\n")


@cache
def libfaketime() -> Path | None:
    """From its package, which is never imported, or Debian's; None where neither works."""
    spec = find_spec("libfaketime")
    package = Path(spec.origin).parent if spec and spec.origin else Path()
    candidates = (package / "vendor/libfaketime/src/libfaketime.so.1", OF_DEBIAN)
    return next((path for path in candidates if path.is_file() and _works(path)), None)


def _works(library: Path) -> bool:
    """Where it can't be loaded, a program starts without it, on the true clock."""
    said = subprocess.run(
        ["date", "+%s"],
        env=os.environ | {"LD_PRELOAD": str(library), "FAKETIME": f"+{9 * DAY}"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    return said.strip().isdigit() and int(said) > time.time() + 8 * DAY
