"""docs/settings.md names every variable that the settings read, and none besides, with defaults."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
READ = re.compile(r'(?:env\.\w+\(\s*|environ\.get\(\s*|environ\[)"([A-Z_]+)"')


def test_the_table_of_settings_is_complete() -> None:
    # What the test suite reads is no setting of the product.
    sources = set((ROOT / "config" / "settings").glob("*.py")) - {
        ROOT / "config/settings/testing.py"
    }
    read = {name for source in sources for name in READ.findall(source.read_text())}
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(read)


def test_the_defaults_of_the_table_are_those_of_the_settings() -> None:
    """Of plain ones: numbers, texts, yes and no."""
    read: dict[str, object] = {}
    for name in ("base", "production"):
        tree = ast.parse((ROOT / f"config/settings/{name}.py").read_text())
        read |= dict(filter(None, map(_default, ast.walk(tree))))
    table = (ROOT / "docs/settings.md").read_text()
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| `([\w./@:-]+)`[^|]*\|", table, re.MULTILINE))
    compared = {name: (told[name], str(read[name])) for name in told.keys() & read.keys()}
    assert len(compared) > 30
    assert {name: two for name, two in compared.items() if two[0] != two[1]} == {}


def _default(node: ast.AST) -> tuple[str, object] | None:
    if (
        not isinstance(node, ast.Call)
        or not node.args
        or not isinstance(node.args[0], ast.Constant)
    ):
        return None
    defaults = [word.value for word in node.keywords if word.arg == "default"]
    if not defaults or not isinstance(defaults[0], ast.Constant):
        return None
    value = defaults[0].value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(node.args[0].value), value
