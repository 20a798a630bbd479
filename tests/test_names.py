"""What documents, comments and settings call by its place is there."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.test_architecture import LINE, ROOT

TOPS = (*LINE, "tests", "static", "docs")
# A path from the root of the working copy, from a folder of templates, or of static files.
BASES = (ROOT, ROOT / "static", *(ROOT / app / "templates" for app in LINE))
PATH = re.compile(
    rf"(?<![\w/.:-])((?:{'|'.join(TOPS)})/[\w/.-]+\.(?:py|md|html|js|css|lua|png|json))\b"
)
BARE = re.compile(r"(?<![\w/.<])([a-z]\w*\.py)\b")
# A file with its room, as one says it inside an app.
IN_A_ROOM = re.compile(r"(?<![\w/.:<-])((?:\w+/)+\w+\.py)\b")
# `stop` in `campaigns/running/lifecycle.py`; `planning/targeting.py` (`forecast`, …
IN_A_FILE = re.compile(r"`(\w+)`(?: \w+)? (?:in|of) `([\w/]+\.py)`")
OF_A_FILE = re.compile(r"`([\w/]+\.py)`(?: \(|: )`(\w+)`")
DOTTED = re.compile(rf"""["'`]((?:{"|".join(LINE)})\.[a-z_]\w*(?:\.\w+)+)["'`]""")
READ = {".py", ".md", ".toml", ".yaml", ".html", ".js", ".css", ".lua", ""}
# What was: it keeps the names of its time.
NOT_READ = ("CHANGELOG.md", "tests/payloads/", "tests/upgrades/", "tests/test_names.py")


@cache
def tracked() -> tuple[str, ...]:
    """Of the working tree, so that a new file counts before it is committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())


def texts() -> Iterator[tuple[str, str]]:
    for name in tracked():
        path = ROOT / name
        if path.suffix in READ and "/migrations/" not in name and not name.startswith(NOT_READ):
            yield name, path.read_text()


def exists(path: str) -> bool:
    return any((base / path).exists() for base in BASES)


def resolves(dotted: str) -> bool:
    """A module, or what stands in one."""
    if is_module(dotted):
        return True
    module, _, name = dotted.rpartition(".")
    while not is_module(module):
        module, _, name = module.rpartition(".")
    return hasattr(import_module(module), name)


def is_module(dotted: str) -> bool:
    try:
        return find_spec(dotted) is not None
    except ModuleNotFoundError:
        return False


def test_every_path_that_is_named_is_there() -> None:
    wrong = [
        f"{name} names {path}"
        for name, text in texts()
        for path in PATH.findall(text)
        if not exists(path)
    ]
    assert wrong == []


def test_every_file_that_is_named_alone_is_there() -> None:
    names = {Path(name).name for name in tracked()}
    wrong = [
        f"{name} names {bare}"
        for name, text in texts()
        for bare in BARE.findall(text)
        if bare not in names
    ]
    assert wrong == []


def test_every_file_that_is_named_with_its_room_is_there() -> None:
    ends = tuple(f"/{name}" for name in tracked())
    wrong = [
        f"{name} names {path}"
        for name, text in texts()
        for path in IN_A_ROOM.findall(text)
        if not any(end.endswith(f"/{path}") for end in ends)
    ]
    assert wrong == []


def test_every_name_that_is_said_to_stand_in_a_file_does() -> None:
    named = [
        (page, name, path)
        for page, text in texts()
        if page.endswith(".md")
        for name, path in (
            *IN_A_FILE.findall(" ".join(text.split())),
            *((name, path) for path, name in OF_A_FILE.findall(" ".join(text.split()))),
        )
    ]
    assert len(named) > 10
    assert [one for one in named if not stands_in(*one[1:])] == []


def stands_in(name: str, path: str) -> bool:
    files = [ROOT / file for file in tracked() if f"/{file}".endswith(f"/{path}")]
    return any(re.search(rf"\b{name}\b", file.read_text()) for file in files)


def test_every_dotted_name_leads_somewhere() -> None:
    wrong = [
        f"{name} names {dotted}"
        for name, text in texts()
        for dotted in DOTTED.findall(text)
        if not resolves(dotted)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("dotted", "is_there"),
    [("campaigns.tasks.send_due", True), ("campaigns.tasks.nothing_like_it", False)],
)
def test_a_name_that_leads_nowhere_is_noticed(dotted: str, *, is_there: bool) -> None:
    assert resolves(dotted) is is_there


def test_nothing_in_the_product_is_called_a_test() -> None:
    """pytest would collect it, and a reader would look for it below tests/."""
    called = re.compile(r"^\s*(?:async )?def test_|^class Test\w*\((?!models\.Model)", re.MULTILINE)
    wrong = {
        name
        for name in tracked()
        if name.startswith(LINE) and name.endswith(".py") and "/migrations/" not in name
        if re.search(r"/test_\w+\.py$|_test\.py$", name) or called.search((ROOT / name).read_text())
    }
    assert wrong == set()
