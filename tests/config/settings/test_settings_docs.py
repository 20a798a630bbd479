"""docs/settings.md names every variable that the settings read, and none besides."""

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
