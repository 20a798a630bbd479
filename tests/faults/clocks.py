"""The wall clock of one worker jumps. libfaketime is what makes it."""

import os
import subprocess
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.faults.campaign import CampaignFault, Scene
from tests.faults.fault import Play, Verdict
from tests.faults.world import HELPER, SENDER, Worker, World

DAY = 86_400
JUMPS = (3_600, -3_600, 40 * DAY, -2 * DAY, 7, -7, -40 * DAY)
OF_DEBIAN = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


class ClockJumps(CampaignFault):
    """The clock of one worker jumps by hours or days, and back again: of the sending one, or of
    the one that reconciles."""

    @classmethod
    def prepare(cls, world: World) -> None:
        if library := libfaketime():
            world.prepare_clock(library)

    def play(self, world: World, play: Play) -> Verdict:
        if libfaketime() is None:
            return Verdict(fault=self.name(), runs=0, skipped="libfaketime does not work here")
        self.prepare(world)
        _set(world, 0)
        try:
            return super().play(world, play)
        finally:
            _set(world, 0)

    def usual_sender(self, world: World, play: Play) -> Worker:
        role = HELPER if play.seed % 3 == 2 else SENDER
        world.without(role)
        world.under_another_clock(role)
        return world.one(SENDER)

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        _set(scene.world, JUMPS[scene.play.seed % len(JUMPS)])
        scene.wait(quick=1.0, full=5.0)
        _set(scene.world, 0)
        return 0


def _set(world: World, seconds: int) -> None:
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
