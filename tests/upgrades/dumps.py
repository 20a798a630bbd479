"""Dumps of the database, one a release: a folder with everything that an installation had.

`database.sql` is plain SQL, `files/` is MEDIA_ROOT, `known.json` holds the secrets that the
installation ran with, and what somebody who used it has in hand: a cookie, a link, a code.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection

from config.embedded import binaries

ALL = Path(__file__).resolve().parent / "dumps"
# What depends on the version of PostgreSQL or says nothing: a dump must load into any.
NOT_KEPT = re.compile(r"(SET |SELECT pg_catalog\.set_config|\\(un)?restrict |--)")
MOMENT = re.compile(r"'(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?\+00'")


@dataclass(frozen=True, slots=True)
class Dump:
    folder: Path

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def known(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / "known.json").read_text())
        return read

    def sql(self, *, ended: datetime) -> str:
        """As if the installation had gone down at that moment: a dump does not grow old."""
        text = (self.folder / "database.sql").read_text()
        later = ended - datetime.fromisoformat(self.known["made_at"])
        return MOMENT.sub(lambda found: _moved(found, by=later), text)

    def keep(self, known: dict[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "database.sql").write_text(dumped())
        (self.folder / "known.json").write_text(json.dumps(known, indent=2) + "\n")


def all_dumps() -> list[Dump]:
    return [Dump(folder) for folder in sorted(ALL.iterdir()) if folder.is_dir()]


def dumped() -> str:
    """The database that Django is connected to, schema and rows."""
    program = binaries.postgres_folder() / "bin" / "pg_dump"
    options = ["--no-owner", "--no-privileges", "--no-comments", "--rows-per-insert=1000"]
    text = subprocess.run(
        [program, *options, connection.settings_dict["NAME"]],
        env=os.environ | _connecting() | {"PGTZ": "UTC"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    lines = [line for line in text.splitlines() if not NOT_KEPT.match(line)]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip() + "\n"


@contextmanager
def database(name: str) -> Iterator[None]:
    """Django's connection leads to a new, empty database of this name meanwhile."""
    settings, before = connection.settings_dict, connection.settings_dict["NAME"]
    _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        connection.close()
        settings["NAME"] = name
        yield
    finally:
        connection.close()
        settings["NAME"] = before
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


def load(sql: str) -> None:
    with _connected(connection.settings_dict["NAME"]) as fresh:
        fresh.execute(sql.encode())


def _moved(found: re.Match[str], *, by: timedelta) -> str:
    # To a whole second: two moments that are the same stay so.
    moment = datetime.fromisoformat(f"{found[1]}+00:00") + by
    return f"'{moment:%Y-%m-%d %H:%M:%S}{found[2] or ''}+00'"


def _execute(statement: str) -> None:
    with _connected("postgres") as maintenance:
        maintenance.execute(statement.encode())


def _connected(name: str) -> "psycopg.Connection[Any]":
    given = connection.get_connection_params()
    wanted = {key: given[key] for key in ("host", "port", "user", "password") if key in given}
    return psycopg.connect(**wanted, dbname=name, autocommit=True)


def _connecting() -> dict[str, str]:
    given = connection.settings_dict
    names = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "PASSWORD": "PGPASSWORD"}
    return {pg: str(given[name]) for name, pg in names.items() if given[name]}
