"""What can be said of the styles without looking at them."""

import re
from collections import Counter
from pathlib import Path

import pytest

SHEETS = sorted((Path(__file__).parents[3] / "static").rglob("*.css"))
RULE = re.compile(r"^([^\s@}/][^{}]*?) \{[^{}]*?(?<![-\w])color:", re.MULTILINE)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_colour_is_taken_back_further_down(sheet: Path) -> None:
    """A second one for the same selector wins in both themes, and is readable in one of them."""
    coloured = Counter(RULE.findall(sheet.read_text(encoding="utf-8")))
    assert [selector for selector, times in coloured.items() if times > 1] == []
