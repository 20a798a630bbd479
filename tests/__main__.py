"""`make test`: two processes side by side, then the browser tests, three, in a run of their own.

Playwright keeps an event loop in their thread, so Django's guard against database calls in one
must be off there; everywhere else it has to stay on.

`--again` asks what failed once more, one test at a time: whether a busy machine made it fail, or
the code. It is said which. More than a few failures are not asked again.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

TESTS = Path(__file__).resolve().parent
BROWSER = TESTS / "browser"
# The first is Chromium without windows, as Debian has it: a little quicker.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SOME_FAILED, NOTHING_COLLECTED = 1, 5  # pytest's exit codes
AGAIN = "--again"
A_FEW = 4
# A file stays in one process: what its tests start once, they start once. More processes than two
# would starve the tests that run real workers beside them.
# Files with many tests would come first, those whose few tests take a minute each last, one process
# alone with them: conftest.py puts the longest first.
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")
IN_BROWSERS = ("-n", "3", *SIDE_BY_SIDE[2:])  # they wait for what moves on a page


def main(arguments: Sequence[str]) -> int:
    """pytest's exit code. No second run after a failed first: its summary stays in sight."""
    paths = [argument for argument in arguments if _is_path(argument)]
    options = [argument for argument in arguments if argument not in (*paths, AGAIN)]
    run = _pytest_and_again if AGAIN in arguments else _pytest
    browser = [path for path in paths if _is_for_browser(path)] if paths else [str(BROWSER)]
    others = [path for path in paths if path not in browser]
    chromium = os.environ.get("CHROMIUM") or _find_chromium()
    if browser and not chromium:
        _say("The browser tests are not run: no Chromium here (see CHROMIUM).")

    code = NOTHING_COLLECTED
    if others or not paths:
        is_long = not paths or any(_file(path).is_dir() for path in others)
        code = run([*options, *others], {}, SIDE_BY_SIDE if is_long else ())
    if browser and chromium and code in (0, NOTHING_COLLECTED):
        changes = {"CHROMIUM": chromium, "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
        is_long = any(_file(path).is_dir() for path in browser)
        processes = IN_BROWSERS if is_long else ()
        second = run([*options, "-o", "norecursedirs=.*", *browser], changes, processes)
        # A filter may well leave one of the two runs without any test.
        code = code if second == NOTHING_COLLECTED else second
    return code


def _pytest_and_again(
    arguments: Sequence[str], changes: dict[str, str], processes: Sequence[str]
) -> int:
    with tempfile.TemporaryDirectory() as kept:
        # A folder of its own: other runs of this working copy note their failures, too.
        code = _pytest([*arguments, "-o", f"cache_dir={kept}"], changes, processes)
        noted = Path(kept, "v/cache/lastfailed")
        failed = list(json.loads(noted.read_bytes())) if noted.exists() else []
    if code != SOME_FAILED or not 0 < len(failed) <= A_FEW:
        return code
    _say("\nOnce more, one at a time:", *(f"  {name}" for name in failed))
    options = [argument for argument in arguments if not _is_path(argument)]
    code = _pytest([*options, *failed], changes, ())
    result = (
        "fail alone, too"
        if code
        else "held by themselves: mend what they need from a quick machine"
    )
    _say(f"{len(failed)} that failed beside the others {result}.")
    return code


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


def _pytest(arguments: Sequence[str], changes: dict[str, str], processes: Sequence[str]) -> int:
    command = [sys.executable, "-m", "pytest", *processes, *arguments]
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
