"""manage.py check_people: what an import would make of these bytes."""

import json
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command

Json = dict[str, Any]


def checked(content: str | bytes, *, country: str = "IN") -> Json:
    raw = content.encode() if isinstance(content, str) else content
    with TemporaryDirectory() as folder:
        file = Path(folder) / "people.csv"
        file.write_bytes(raw)
        out = StringIO()
        failed = False
        try:
            call_command("check_people", str(file), "--country", country, stdout=out)
        except SystemExit as end:
            failed = end.code == 1
    found: Json = json.loads(out.getvalue())
    assert failed == ("error" in found)
    assert found.pop("file") == str(file)
    return found


def outcome(content: str | bytes) -> tuple[int, int, list[int]]:
    """Rows, good rows, and the numbers of those refused."""
    found = checked(content)
    return found["rows"], found["good"], [row["row"] for row in found["refused"]]


def kinds(content: str | bytes) -> list[str]:
    return [column["as"] for column in checked(content)["columns"]]
