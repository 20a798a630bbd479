"""The wall clock of one worker jumps. libfaketime is what makes it."""

import os
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from tests.faults.campaign import CampaignFault, Scene
from tests.faults.fault import Play, Verdict
from tests.faults.world import SENDER, Worker, World

DAY = 86_400
JUMPS = (3_600, -3_600, 40 * DAY, -2 * DAY, 7, -7)
OF_DEBIAN = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1")


class ClockJumps(CampaignFault):
    """The clock of the sending worker jumps by hours or days, and back again."""

    def play(self, world: World, play: Play) -> Verdict:
        if libfaketime() is None:
            return Verdict(fault=self.name(), runs=0, skipped="libfaketime does not work here")
        with tempfile.NamedTemporaryFile("w") as file:
            self._clock = Path(file.name)
            self._set(0)
            return super().play(world, play)

    def usual_sender(self, world: World, play: Play) -> Worker:
        world.without(SENDER)
        library = libfaketime()
        assert library is not None
        return world.under_another_clock(library, self._clock)

    def strike(self, scene: Scene) -> int:
        scene.wait_for_the_middle()
        self._set(JUMPS[scene.play.seed % len(JUMPS)])
        scene.wait(quick=1.0, full=5.0)
        self._set(0)
        return 0

    def _set(self, seconds: int) -> None:
        self._clock.write_text(f"{seconds:+d}\n")


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
