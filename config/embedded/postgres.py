"""One PostgreSQL cluster in a folder, reachable over a Unix socket alone."""

import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.embedded.errors import RunOverError
from config.embedded.processes import find
from config.embedded.programs import Program

_INITDB = (
    "--username=postgres",
    "--auth=trust",  # the socket lies in a folder that only its owner may enter
    "--encoding=UTF8",
    "--no-sync",
    "--no-instructions",
)
# The same on every machine; older ones than 17 have none of their own, and take the system's.
_LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
_LOCALE_BEFORE_17 = ("--locale=C.UTF-8",)
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "max_connections": "200",  # each thread of each process may keep one
    "shared_buffers": "256MB",
}
# What a server of production is given, too (compose.yaml): its own defaults are for tiny machines.
_DURABLE: Mapping[str, str] = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}
_NOT_DURABLE: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_STATUS_LINE = 7  # of postmaster.pid: "ready" once the server takes connections


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """binaries: the installation; home: a folder of its own; sockets: a short path."""

    binaries: Path
    home: Path
    sockets: Path
    log: Path
    account: str | None
    durable: bool

    @property
    def url(self) -> str:
        """Understood by Django, psycopg and psql alike."""
        return f"postgres://postgres@/postgres?host={quote(str(self.sockets))}"

    @property
    def is_new(self) -> bool:
        return not self._data.exists()

    def clear_unfinished(self) -> None:
        if self._unfinished.exists():
            shutil.rmtree(self._unfinished)

    def initializing(self) -> Program:
        """Into a folder beside the real one: a half-made cluster must not look like a whole one."""
        locale = _LOCALE if self._version() >= 17 else _LOCALE_BEFORE_17
        return Program(
            name="initdb",
            command=[self.binaries / "bin" / "initdb", "-D", self._unfinished, *_INITDB, *locale],
            output=self.log,
            user=self.account,
            folder=self.home,
        )

    def keep_initialized(self) -> None:
        self._unfinished.rename(self._data)

    def serving(self) -> Program:
        settings = {**_SETTINGS, **(_DURABLE if self.durable else _NOT_DURABLE)}
        options = [f"--{name}={value}" for name, value in settings.items()]
        return Program(
            name="postgres",
            command=[
                self.binaries / "bin" / "postgres",
                *("-D", self._data),
                *("-k", self.sockets),
                *options,
            ],
            output=self.log,
            stop_signal=signal.SIGINT,  # SIGTERM would wait for the last client to leave
            grace=5.0,
            user=self.account,
            folder=self.home,
        )

    def is_ready(self) -> bool:
        lines = self._lock_lines()
        return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"

    def clear_stale_lock(self) -> None:
        """A killed server that nobody has reaped yet, or a foreign process with its number,
        would keep PostgreSQL from starting; and an old "ready" must not pass for a new one."""
        lines = self._lock_lines()
        process = find(int(lines[0])) if lines and lines[0].strip().isdigit() else None
        if process and process.name == "postgres" and process.state != "Z":
            raise RunOverError(f"A PostgreSQL (process {process.pid}) already uses {self._data}.")
        self._lock_file.unlink(missing_ok=True)

    def _version(self) -> int:
        """The major one, out of `postgres (PostgreSQL) 15.18 (Debian …)`."""
        said = subprocess.run(  # noqa: S603 - the program that we are about to run anyway
            [self.binaries / "bin" / "postgres", "--version"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return int(said.split(")")[1].split(".")[0])

    @property
    def _data(self) -> Path:
        return self.home / "data"

    @property
    def _unfinished(self) -> Path:
        return self.home / "data.unfinished"

    @property
    def _lock_file(self) -> Path:
        return self._data / "postmaster.pid"

    def _lock_lines(self) -> list[str]:
        try:
            return self._lock_file.read_text().splitlines()
        except FileNotFoundError:
            return []
