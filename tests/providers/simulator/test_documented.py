"""docs/simulator.md lists the behaviours and the options that there are."""

import re
from dataclasses import fields

from providers.simulator.behaviours import BY_DIGITS
from providers.simulator.options import Options
from tests.test_docs import ROOT

DOCUMENT = (ROOT / "docs/simulator.md").read_text()


def test_every_behaviour_stands_in_the_table() -> None:
    told = re.findall(r"^\| (\d{4}) \| `(\w+)` \|", DOCUMENT, re.MULTILINE)
    assert dict(told) == {digits: behaviour.name for digits, behaviour in BY_DIGITS.items()}


def test_every_option_stands_in_the_table() -> None:
    _, _, table = DOCUMENT.partition("## Options")
    rows = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert told == {option.name for option in fields(Options)}
