"""The chapters of docs/ as HTML. Nothing else on the disk can be read by them."""

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path, PurePosixPath

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = Path(__file__).resolve().parents[2] / "docs"
FIRST = "README.md"
PICTURES = {".png": "image/png"}
_ABROAD = re.compile(r"[a-z]+:|#")
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


def file_of(name: str) -> Path | None:
    """The chapter or picture of this name, if there is one."""
    if "\0" in name:
        return None
    place = (FOLDER / name).resolve()
    is_ours = place.is_relative_to(FOLDER) and place.suffix in {".md", *PICTURES}
    try:
        return place if is_ours and place.is_file() else None
    except OSError:  # a name longer than any file's
        return None


def title_of(chapter: Path) -> str:
    return chapter.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").strip()


@lru_cache(maxsize=64)
def as_html(chapter: Path) -> SafeString:
    tokens = _MARKDOWN.parse(chapter.read_text(encoding="utf-8").partition("\n")[2])
    for heading, words in pairwise(tokens):
        if heading.type == "heading_open":
            heading.attrSet("id", _anchor(words.content))
    for token in tokens:
        _keep_inside(token.children or [], chapter)
    html = str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    return SafeString(html)  # a file of ours, without HTML of its own


def _anchor(heading: str) -> str:
    """As code hosts make it, since the chapters are read there too."""
    return _NOT_IN_ANCHORS.sub("", heading.lower()).strip().replace(" ", "-")


def _keep_inside(tokens: list[Token], chapter: Path) -> None:
    """A link to a file of the repository that isn't served becomes its words."""
    leads_out = False
    for token in tokens:
        if token.type == "link_open":
            leads_out = _leads_out(str(token.attrGet("href") or ""), chapter)
        if leads_out and token.type in {"link_open", "link_close"}:
            token.tag, token.attrs = "span", {}
            leads_out = token.type == "link_open"


def _leads_out(link: str, chapter: Path) -> bool:
    if _ABROAD.match(link):
        return False
    path = PurePosixPath(link.partition("#")[0])
    return file_of(str(chapter.parent.relative_to(FOLDER) / path)) is None
