"""What a page trusts: read from all templates and all code, so that a new one is covered too.

Data become HTML by escaping alone, and never stand inside an expression that a browser evaluates.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from tests.test_architecture import LINE, ROOT, modules

# Functions that may call text HTML, each with the reason why no data can get through unescaped.
MAY_TRUST = {
    "config.console.manual.as_html": "chapters of ours, from docs/; HTML in them is text",
    "templates_app.wording.markup.to_html": "escapes the whole text, then adds tags of its own",
    "templates_app.incoming.standalone_preview._own": "two files of ours, from static/",
}
# Plain text, which nobody reads as HTML.
UNESCAPED = {"campaigns/templates/campaigns/mail/report.txt": "{% autoescape off"}
TRUSTING = {"mark_safe", "SafeString", "SafeText", "SafeData", "html_safe"}
FORMATS = {"format_html": 1, "format_html_join": 2}  # how many first arguments are HTML
FILTERS = re.compile(r"\|\s*(safe|safeseq)\b|{%-?\s*autoescape\s+off")


def templates() -> list[Path]:
    folders = [ROOT / app for app in LINE]
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if "templates" in path.relative_to(ROOT).parts and path.suffix in {".html", ".txt"}
    ]


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _trusts(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef):
        return node.name == "__html__"
    if not isinstance(node, ast.Call):
        return False
    name = _named(node.func)
    html = node.args[: FORMATS.get(name, 0)]
    return name in TRUSTING or not all(_is_constant(each) for each in html)


def _trusting_places(module: str) -> Iterator[str]:
    """By the outermost function or class in which they stand."""
    tree = ast.parse(modules()[module].read_text())
    for place in tree.body:
        if any(_trusts(node) for node in ast.walk(place)):
            yield f"{module}.{getattr(place, 'name', place.lineno)}"


def test_only_what_has_a_reason_makes_html_of_text() -> None:
    trusting = {place for module in modules() for place in _trusting_places(module)}
    assert trusting == set(MAY_TRUST)


def test_no_template_leaves_a_value_unescaped() -> None:
    unescaped = {
        str(path.relative_to(ROOT)): found[0]
        for path in templates()
        if (found := FILTERS.search(path.read_text()))
    }
    assert (len(templates()) > 100, unescaped) == (True, UNESCAPED)


# Expressions --------------------------------------------------------------------------------------

ATTRIBUTE = re.compile(
    r"""\s((?:x-|@|:|hx-on)[\w:.\-]*|hx-(?:vals|vars|headers))=("[^"]*"|'[^']*')"""
)
# A template's value, or the place of one in format_html.
DATA = {".html": re.compile("{{|{%"), ".txt": re.compile("{{|{%"), ".py": re.compile("{}|{[a-z]")}


def _expressions_with_data(path: Path) -> list[str]:
    return [
        f"{name}={value}"
        for name, value in ATTRIBUTE.findall(path.read_text())
        if DATA[path.suffix].search(value)
    ]


def test_no_value_stands_inside_an_expression() -> None:
    """A quote in it would end the text and begin code; escaping doesn't help, as browsers undo it
    before the script reads the attribute. Values belong into data attributes.
    """
    copies_of_the_themes = ROOT / "config/templates/unfold"  # they add numbers and slugs
    own = [path for path in templates() if not path.is_relative_to(copies_of_the_themes)]
    found = {
        str(path.relative_to(ROOT)): expressions
        for path in [*own, *modules().values()]
        if (expressions := _expressions_with_data(path))
    }
    assert found == {}


# Scripts of others --------------------------------------------------------------------------------


def test_the_script_that_reads_expressions_is_the_one_that_was_looked_at() -> None:
    script = (ROOT / "static/alpine/alpine.csp.js").read_bytes()
    assert hashlib.sha256(script).hexdigest() in (ROOT / "docs/dependencies.md").read_text()
