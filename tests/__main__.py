"""`make test`: two processes side by side, then the browser tests, three, in a run of their own.

Playwright keeps an event loop in their thread, so Django's guard against database calls in one
must be off there; everywhere else it has to stay on.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).resolve().parent
BROWSER = TESTS / "browser"
# The first is Chromium without windows, as Debian has it: a little quicker.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NOTHING_COLLECTED = 5  # pytest's exit code
# A file stays in one process: what its tests start once, they start once. More processes than two
# would starve the tests that run real workers beside them.
# Files with many tests would come first, those whose few tests take a minute each last, one process
# alone with them: conftest.py puts the longest first.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
IN_BROWSERS = ("-n", "3", *SIDE_BY_SIDE[2:])  # they wait for what moves on a page


def main(arguments: Sequence[str]) -> int:
    """pytest's exit code. No second run after a failed first: its summary stays in sight."""
    paths = [argument for argument in arguments if _is_path(argument)]
    options = [argument for argument in arguments if argument not in paths]
    browser = [path for path in paths if _is_for_browser(path)] if paths else [str(BROWSER)]
    others = [path for path in paths if path not in browser]
    chromium = os.environ.get("CHROMIUM") or _find_chromium()
    if browser and not chromium:
        sys.stdout.write("The browser tests are not run: no Chromium here (see CHROMIUM).\n")
        sys.stdout.flush()

    code = NOTHING_COLLECTED
    if others or not paths:
        is_long = not paths or any(_file(path).is_dir() for path in others)
        code = _pytest([*(SIDE_BY_SIDE if is_long else ()), *options, *others], {})
    if browser and chromium and code in (0, NOTHING_COLLECTED):
        changes = {"CHROMIUM": chromium, "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
        is_long = any(_file(path).is_dir() for path in browser)
        processes = IN_BROWSERS if is_long else ()
        second = _pytest([*processes, *options, "-o", "norecursedirs=.*", *browser], changes)
        # A filter may well leave one of the two runs without any test.
        code = code if second == NOTHING_COLLECTED else second
    return code


def _pytest(arguments: Sequence[str], changes: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env={**os.environ, **changes}, check=False).returncode


def _is_path(argument: str) -> bool:
    return not argument.startswith("-") and _file(argument).exists()


def _is_for_browser(path: str) -> bool:
    return _file(path).resolve().is_relative_to(BROWSER)


def _file(argument: str) -> Path:
    return Path(argument.partition("::")[0])


def _find_chromium() -> str | None:
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
