"""The command as people run it: its own process, no database, no socket."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[3]
SEED = ROOT / "tests/payloads/seed"
LIMIT = 1024 * 1024

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


def run(*arguments: str, given: bytes = b"") -> tuple[int, bytes, bytes]:
    stores = {"DATABASE_URL": "postgres://127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SOCKETS, "parse_callback", *arguments],
        cwd=ROOT,
        env={**os.environ, **stores, "DJANGO_SETTINGS_MODULE": "config.settings.local"},
        input=given,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def printed(file: Path) -> dict[str, object]:
    out = StringIO()
    call_command("parse_callback", str(file), stdout=out)
    found: dict[str, object] = json.loads(out.getvalue())
    return found


def expected(name: str) -> object:
    return json.loads((SEED / f"{name}.expected.json").read_text())


def test_a_file_is_understood_without_database_and_without_sockets() -> None:
    code, out, err = run(str(SEED / "delivery_report.form.txt"))
    assert (code, json.loads(out), err) == (0, expected("delivery_report"), b"")


def test_standard_input_is_a_body_beside_a_query_string() -> None:
    query = "a=KEY?externalId=12-34&status=FAILURE&errCode=003&deliveredTS=1658264959000"
    code, out, err = run("-", "--content-type", "text/plain", "--query", query)
    assert (code, err) == (0, b"")
    assert json.loads(out) == {
        "kind": "delivery",
        "facts": [
            {
                "kind": "delivery",
                "external_id": "12-34",
                "msg_id": "34",
                "extra": None,
                "status": "failed",
                "cause": None,
                "code": "003",
                "phone": None,
                "at": "2022-07-19T21:09:19Z",
            }
        ],
        "rejected": [],
    }


def test_an_unknown_callback_is_printed_with_its_reason_and_exits_with_1() -> None:
    code, out, err = run("-", given=b'{"hello": "world"}')
    assert (code, err) == (1, b"")
    found = json.loads(out)
    assert (found["kind"], found["facts"], len(found["rejected"])) == ("unknown", [], 1)


def test_a_missing_file_is_one_clear_line() -> None:
    line = b"CommandError: Cannot read missing.json: No such file or directory\n"
    assert run("missing.json") == (1, b"", line)


@pytest.mark.parametrize("address", ["https://example.com/gupshup/status?", "/status?", "?", ""])
def test_a_query_file_may_hold_a_whole_address(tmp_path: Path, address: str) -> None:
    file = tmp_path / "call.query.txt"
    file.write_text(f"{address}a=KEY?externalId=12-34&status=READ\n")
    found = printed(file)
    assert (found["kind"], "KEY" in str(found)) == ("delivery", False)


@pytest.mark.parametrize("name", [".", "\0", "\udcff", "x" * 5_000])
def test_what_cannot_be_read_is_no_traceback(name: str) -> None:
    with pytest.raises(CommandError, match=r"^Cannot read [^\n]+$"):
        call_command("parse_callback", name)


def test_a_file_of_one_byte_more_than_a_callback_may_have_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes(b" " * (LIMIT + 1))
    with pytest.raises(CommandError, match="is larger than 1,048,576 bytes"):
        call_command("parse_callback", str(file))


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_bytes((SEED / "inbound_text.json").read_bytes().ljust(LIMIT))
    assert printed(file) == expected("inbound_text")
