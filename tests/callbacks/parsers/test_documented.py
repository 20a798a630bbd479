"""docs/callbacks.md shows what some callbacks become: they do."""

import json
import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from callbacks.parsers import parse, parsed_as_json
from tests.test_docs import ROOT

DOCUMENT = (ROOT / "docs/callbacks.md").read_text()
# A block, and what it becomes: another one, or a few words of code.
SHOWN = re.compile(r"```json\n([^`]+)```\s+becomes\s+(?:```json\n([^`]+)```|`({[^`]+})`)")
PAIRS = [
    (posted, block or " ".join(line.split())) for posted, block, line in SHOWN.findall(DOCUMENT)
]


@pytest.mark.parametrize(("posted", "becomes"), PAIRS)
def test_a_callback_becomes_what_the_document_shows(posted: str, becomes: str) -> None:
    parsed = parse(
        posted.encode(),
        content_type="application/json",
        query="",
        received_at=datetime.now(UTC),
        click_zone=ZoneInfo("Asia/Kolkata"),
    )
    told = parsed_as_json(parsed)
    (fact,) = told["facts"]
    assert {"kind": told["kind"], **fact} == json.loads(becomes)
    assert told["rejected"] == []


def test_the_document_shows_some() -> None:
    assert len(PAIRS) == 4
