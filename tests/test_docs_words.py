"""What documents name is there under that name: menus, buttons, settings, commands."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import unfold
from django.core.management import get_commands

from config.console.navigation import MAP
from tests.benchmarks.registry import BENCHMARKS
from tests.faults.registry import FAULTS
from tests.test_docs import APPS, PAGES, ROOT, prose
from tests.test_names import texts

# What is so today: decisions and the changelog keep the names of their time.
NOW = [page for page in PAGES if page.name != "CHANGELOG.md" and page.parent.name != "decisions"]
# In italics or bold; not what stands as code, and not a list's star.
MARKED = re.compile(r"(?<![\w*\\])(\*{1,2})(?=\S)([^*]+?)(?<=\S)\1(?![\w*])")
LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
INLINE = re.compile(r"`[^`]*`|^ {4}.*$", re.MULTILINE)
SETTING = re.compile(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)`")
COMMAND = re.compile(r"manage\.py ([a-z]\w*)")
TARGET = re.compile(r"`make ([a-z]+)|^make ([a-z]+)", re.MULTILINE)
ONLY = re.compile(r"ONLY=([a-z]\w+(?:,[a-z]\w+)*)")
# Names of other programs: Excel's menu, Gupshup's dashboard.
ELSEWHERE = {"Save as › CSV UTF-8", "Numbers › Your Numbers"}
# On our own pages, where nothing marks it.
NAME = r"[A-Z][\w']*(?: [\w']+)*"
WAY = re.compile(f"{NAME}(?: › {NAME})+")
UNFOLD = Path(unfold.__file__).parent / "templates"


@cache
def on_pages() -> str:
    """What our pages could say, without what only a developer reads."""
    scripts = (ROOT / "static").glob("*/*.js")
    ours = [path for app in APPS for path in (ROOT / app).rglob("*.html")]
    told = [path.read_text() for path in (*ours, *UNFOLD.rglob("*.html"), *scripts)]
    code = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    told += [_said(path.read_text()) for path in code if "migrations" not in path.parts]
    return " ".join(" ".join(told).split()).replace("&amp;", "&").casefold()


def _said(code: str) -> str:
    """Without docstrings and comments; a text over several lines is one."""
    code = re.sub(r'"""[\s\S]*?"""|^\s*#.*$', "", code, flags=re.MULTILINE)
    return re.sub(r'"\s*\n\s*f?"', "", code)


def marked(page: Path) -> Iterator[tuple[str, str]]:
    """How, and what."""
    for stars, text in MARKED.findall(INLINE.sub("`", prose(page))):
        yield stars, " ".join(LINK.sub(r"\1", text).split()).rstrip(".:,")


def leads_through_the_menu(way: str) -> bool:
    """From a group of the sidebar to one of its pages, and from there by what stands on pages. What
    is in small letters is described, not named."""
    for group in MAP:
        for entry in group.entries:
            start = f"{group.title} › {entry.title}"
            if way == start or way.startswith(f"{start} › "):
                return all(map(is_said, way.removeprefix(start).split(" › ")[1:]))
    return way.startswith("your name") and is_said(way.rsplit(" › ", maxsplit=1)[-1])


def is_said(name: str) -> bool:
    return name[:1].islower() or name.casefold() in on_pages()


@pytest.mark.parametrize("page", NOW, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_menu_and_button_that_a_page_names_is_there(page: Path) -> None:
    texts = [text for _, text in marked(page)]
    ways = {text for text in texts if re.search(" [›→] ", text)} - ELSEWHERE
    names = {text for stars, text in marked(page) if stars == "*" and text not in ELSEWHERE | ways}
    assert {way for way in ways if not leads_through_the_menu(way)} == set()
    assert {name for name in names if not is_said(name)} == set()


def test_every_way_through_the_menu_that_our_pages_tell_is_there() -> None:
    files = [path for app in APPS for path in (ROOT / app).rglob("*.*") if is_ours(path)]
    told = {way for path in files for way in WAY.findall(_said(path.read_text()))} - ELSEWHERE
    assert "Audience › Imports" in told
    assert {way for way in told if not leads_through_the_menu(way)} == set()


def is_ours(path: Path) -> bool:
    """The menu itself has its groups in one piece."""
    return path.suffix in {".py", ".html"} and path.name != "navigation.py"


def test_what_is_not_there_is_noticed() -> None:
    ways = {
        "Engage › Campaigns › New campaign": True,
        "your name, at the bottom of the menu › Second factor": True,
        "Engage › Segments": False,
        "Engage › Campaigns › Newest campaign": False,
        "Campaigns → New campaign": False,
    }
    assert {way: leads_through_the_menu(way) for way in ways} == ways


def test_every_setting_that_a_page_names_is_read_somewhere() -> None:
    read = " ".join(text for name, text in texts() if not name.endswith(".md"))
    read += (ROOT / ".env.example").read_text()
    known = set(re.findall(r"[A-Z][A-Z0-9_]+", read))
    named = {name for page in NOW for name in SETTING.findall(page.read_text())}
    assert "GATEWAY_CONCURRENCY" in named
    assert named - known == set()


def test_every_command_that_a_page_names_is_there() -> None:
    told = "\n".join(page.read_text() for page in NOW)
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    made = {name for pair in TARGET.findall(told) for name in pair if name}
    assert set(COMMAND.findall(told)) - get_commands().keys() == set()
    assert made - set(targets) == set()


@pytest.mark.parametrize(
    ("page", "there_are"), [("performance", {*BENCHMARKS}), ("faults", {*FAULTS})]
)
def test_every_benchmark_and_fault_is_told_of(page: str, there_are: set[str]) -> None:
    text = (ROOT / f"docs/{page}.md").read_text()
    asked_for = {name for names in ONLY.findall(text) for name in names.split(",")}
    assert asked_for - there_are == set()
    assert {name for name in there_are if f"`{name}`" not in text} == set()
