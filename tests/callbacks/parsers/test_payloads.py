import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.callbacks.parsers.parsing import PAYLOADS, expected_of, payload_files


def printed(path: Path) -> tuple[object, int]:
    out = StringIO()
    try:
        call_command("parse_callback", str(path), stdout=out)
    except SystemExit as stop:
        return json.loads(out.getvalue()), int(str(stop.code))
    return json.loads(out.getvalue()), 0


@pytest.mark.parametrize("path", payload_files(), ids=lambda path: str(path.relative_to(PAYLOADS)))
def test_every_payload_is_printed_as_expected(path: Path) -> None:
    expected = json.loads(expected_of(path).read_text())
    assert printed(path) == (expected, 1 if expected["kind"] == "unknown" else 0)


def test_every_expectation_belongs_to_one_payload() -> None:
    expectations = sorted(PAYLOADS.rglob("*.expected.json"))
    assert expectations == sorted(map(expected_of, payload_files()))


def test_all_writings_of_the_report_in_gupshups_log_mean_the_same() -> None:
    names = (
        "delivery_report.form.txt",
        "delivery_report_object.json",
        "delivery_report_as_logged.txt",
        "delivery_report_as_documented.txt",
        "delivery_report_in_the_log.txt",
    )
    first, *others = (printed(PAYLOADS / "seed" / name) for name in names)
    assert others == [first] * len(others)
