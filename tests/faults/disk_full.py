"""PostgreSQL's and Redis' data lie on a disk that fills up, and gets room again.

The disk is a small tmpfs in a mount namespace of this process' own, so nothing of the machine's is
touched. It takes the right to mount.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tests.faults.callbacks import ArrivingFault, post
from tests.faults.callbacks import Scene as ArrivingScene
from tests.faults.campaign import CampaignFault, Scene
from tests.faults.fault import Play, Verdict
from tests.faults.world import HELPER, RECEIVER, World
from tests.small_disk import MIB, SKIPPED, fill, have_own_mounts, may_mount, run

ROOM = 160 * MIB  # bytes beside what the stores have already
LARGE_BODY = b'["' + b"".join(b"%06x" % (n * 7919 % 0xFFFFFF) for n in range(150_000)) + b'"]'


class DiskFull(CampaignFault):
    """The disk of PostgreSQL and Redis is full for a minute: what can't be written waits, and goes
    on when there is room."""

    waits = True

    def play(self, world: World, play: Play) -> Verdict:
        if not may_mount():
            return Verdict(fault=self.name(), runs=0, skipped=SKIPPED)
        with on_a_small_disk(world):
            return super().play(world, play)

    def strike(self, scene: Scene) -> int:
        scene.world.one(RECEIVER)
        scene.wait_for_the_middle()
        with full(scene.world):
            assert scene.world.try_status(LARGE_BODY) == 503
            time.sleep(scene.play.outage())
        return self.rate // 5  # as where PostgreSQL ends: it may end of it


class CallbacksWhileTheDiskIsFull(ArrivingFault):
    """For a minute PostgreSQL has no room: what it can't take is answered 503, and what it took is
    applied."""

    waits = True

    def play(self, world: World, play: Play) -> Verdict:
        if not may_mount():
            return Verdict(fault=self.name(), runs=0, skipped=SKIPPED)
        with on_a_small_disk(world):
            return super().play(world, play)

    def strike(self, scene: ArrivingScene) -> list[bytes]:
        """Some were stored, and nobody has read them. Of the rest, large ones don't fit for sure;
        small ones may."""
        scene.world.without(HELPER)
        middle = len(scene.bodies) // 2
        refused = post(scene.world, scene.bodies[:middle])
        with full(scene.world):
            until = time.monotonic() + scene.play.outage()
            assert scene.world.try_status(LARGE_BODY) == 503
            scene.world.one(HELPER)
            refused += post(scene.world, scene.bodies[middle:])
            while time.monotonic() < until:
                assert scene.world.try_status(LARGE_BODY) == 503
                time.sleep(0.5)
        return refused


@contextmanager
def on_a_small_disk(world: World) -> Iterator[None]:
    """Both stores, stopped for the moves there and back."""
    have_own_mounts()
    disk = world.data.parent / "small-disk"
    disk.mkdir(exist_ok=True)
    with _stopped(world):
        used = int(run("du", "--bytes", "--summarize", world.data).split()[0])
        run("mount", "-t", "tmpfs", "-o", f"size={used + ROOM},mode=755", "tmpfs", disk)
        run("cp", "--archive", world.data, disk)
        run("mount", "--bind", disk / "data", world.data)
    try:
        yield
    finally:
        with _stopped(world):
            run("umount", world.data)
            run("cp", "--archive", "--no-target-directory", "--remove-destination",
                disk / "data", disk.parent / "data.new")  # fmt: skip
            run("umount", disk)
            run("rm", "-r", world.data)
            (disk.parent / "data.new").rename(world.data)


@contextmanager
def full(world: World) -> Iterator[None]:
    """To the last byte. Whoever had to end of it is started again, as an operator would."""
    filler = fill(world.data.parent / "small-disk")
    yield
    filler.unlink()
    for store in (world.postgres, world.redis):
        if store.has_ended:
            store.start()
    connection.close()


@contextmanager
def _stopped(world: World) -> Iterator[None]:
    connection.close()
    for store, by in ((world.postgres, signal.SIGINT), (world.redis, signal.SIGTERM)):
        if not store.has_ended:
            store.stop(by)
    yield
    for store in (world.postgres, world.redis):
        store.start()
    connection.close()
