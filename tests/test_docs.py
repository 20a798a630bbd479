"""What a test can tell of the documentation: links lead somewhere, every dependency is told of."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
APPS = ("campaigns", "callbacks", "providers", "templates_app", "config")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
PLACE = re.compile(
    r"`((?:providers|templates_app|campaigns|callbacks|config|tests|docs|static)/[\w./-]*)`"
)


def prose(page: Path) -> str:
    return CODE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """As code hosts make them of headings."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(prose(page)))
    return {heading.strip().replace(" ", "-") for heading in words}


def leads_nowhere(page: Path, link: str) -> bool:
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    return not target.exists() or bool(anchor and anchor not in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(prose(page)) if not link.startswith("http")]
    assert [link for link in links if leads_nowhere(page, link)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    places = PLACE.findall(prose(page))
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        links = (link.partition("#")[0] for link in LINK.findall(page.read_text()))
        waiting += [(page.parent / link).resolve() for link in links if "://" not in link]
    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in reached] == []


@pytest.mark.parametrize("name", sorted(path.name for path in ROOT.glob("requirements*.in")))
def test_every_dependency_is_told_of(name: str) -> None:
    told = (ROOT / "docs" / "dependencies.md").read_text()
    lines = [line.strip() for line in (ROOT / name).read_text().splitlines()]
    packages = [re.split(r"[~=<>;]=?", line)[0] for line in lines if line[:1].isalpha()]
    assert packages
    assert [package for package in packages if f"`{package}`" not in told] == []


def test_every_line_of_the_log_that_operators_look_for_is_one_that_we_write() -> None:
    """Its words before the first name or number; what Celery writes begins with its own."""
    table = (ROOT / "docs/operations.md").read_text().split("| line | what it says |")[1]
    rows = table.split("\n\n")[0].splitlines()[2:]
    told = [row.split("`")[1] for row in rows]
    ours = [line for line in told if not line.startswith("Cannot connect to redis")]
    code = "".join(path.read_text() for app in APPS for path in (ROOT / app).rglob("*.py"))
    wanted = [max(re.split(r"\d+|…", line), key=len).strip(" :") for line in ours]
    assert len(wanted) >= 8
    assert [words for words in wanted if words not in code] == []
