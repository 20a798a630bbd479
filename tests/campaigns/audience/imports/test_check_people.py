"""manage.py check_people: a file in, what an import would make of it out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from campaigns.audience.imports.cautioning import REPEATED
from campaigns.audience.imports.people_rows import NOT_AN_IDENTITY
from campaigns.audience.imports.reading import EMPTY_FILE
from tests.campaigns.audience.imports.checked import Json, checked

ROOT = Path(__file__).parents[4]
# Runs manage.py, and ends the process where anything touches a socket.
WITHOUT_SOCKETS = """
import os, runpy, sys
def refuse(event, _arguments):
    if event.startswith("socket."):
        os.write(2, b"a socket was opened")
        os._exit(99)
sys.addaudithook(refuse)
sys.argv = ["manage.py", *sys.argv[1:]]
runpy.run_path("manage.py", run_name="__main__")
"""


def run(*arguments: str) -> tuple[int, Json, str]:
    stores = {"DATABASE_URL": "postgres://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SOCKETS, "check_people", *arguments],
        cwd=ROOT,
        env={**os.environ, **stores, "DJANGO_SETTINGS_MODULE": "config.settings.local"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, json.loads(done.stdout), done.stderr


def test_a_file_is_judged_without_database_and_without_sockets(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "identity,Phone,Name,City,Age\n"
        "u-1,9000011122,Asha,Pune,30\n"
        "null,+919000011123,Nobody,,\n"
        "u-1,+919000011124,Asha Rao,Delhi,31\n"
    )
    assert run(str(file)) == (
        0,
        {
            "file": str(file),
            "encoding": "utf-8",
            "delimiter": ",",
            "columns": [
                {"name": "identity", "as": "identity", "type": None},
                {"name": "Phone", "as": "phone", "type": None},
                {"name": "Name", "as": "name", "type": None},
                {"name": "City", "as": "property", "type": "text", "property": "City"},
                {"name": "Age", "as": "property", "type": "number", "property": "Age"},
            ],
            "rows": 3,
            "good": 2,
            "refused": [{"row": 3, "reason": NOT_AN_IDENTITY}],
            "repeated": 1,
            "warnings": [REPEATED.format(label="identity", n=1, rows=3)],
            "first": {
                "identity": "u-1",
                "phone": "+919000011122",
                "name": "Asha",
                "properties": {"City": "Pune", "Age": 30},
            },
        },
        "",
    )


def test_a_file_that_is_refused_as_a_whole_says_why(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("\n")
    assert run(str(file)) == (1, {"file": str(file), "error": EMPTY_FILE}, "")


def test_national_numbers_are_those_of_the_country_that_is_named() -> None:
    content = "identity,Phone\nu-1,9000011122\n"
    judged = [checked(content, country=country)["good"] for country in ("IN", "SG")]
    assert judged == [1, 0]


@pytest.mark.parametrize("name", ["nowhere.csv", "no\0file"])
def test_a_file_that_is_not_there_is_called_so(name: str) -> None:
    with pytest.raises(CommandError, match="Cannot read"):
        call_command("check_people", name)


def test_dates_of_which_some_are_none_are_dates_and_each_wrong_one_is_named() -> None:
    rows = "".join(f"u-{n},Asha,{'soon' if n % 9 == 0 else '2026-01-31'}\n" for n in range(1, 86))
    found = checked(f"identity,Name,Last order\n{rows}")
    assert found["columns"][2]["type"] == "date"
    assert [one["row"] for one in found["incomplete"]] == [10, 19, 28, 37, 46, 55, 64, 73, 82]


def test_a_column_of_which_most_is_a_number_is_text_and_that_is_said() -> None:
    cells = [*["1200"] * 8, "12a", "n/a", "?", "", "many"]
    rows = "".join(f"u-{n},{cell}\n" for n, cell in enumerate(cells))
    found = checked(f"identity,Spent\n{rows}")
    assert found["columns"][1]["type"] == "text"
    assert found["warnings"][-1] == (
        "In “Spent” 8 of the first 12 values are numbers and 4 are not (rows 10, 11, 12 and 1 "
        "more), so it is read as text. To keep the numbers, choose “Number” there; the others are "
        "left out then."
    )
