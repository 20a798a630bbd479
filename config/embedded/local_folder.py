"""What a working copy keeps under `.local/`: its data, its secrets, and where its stores answer.

Settings read it, so nothing here imports Django. Files are for their owner only.
"""

import base64
import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.embedded.processes import is_running

NOTHING_RUNS = (
    "No database: start `make demo` in another terminal, or set DATABASE_URL and REDIS_URL."
)
# Production refuses secrets that begin with it.
MADE_BY_DEMO = "demo-"

_PATIENCE = 0.3  # seconds; running_runtime() of another process holds the lock for an instant
_PATIENCE_AFTER_KILL = 15.0  # seconds; longer than a guardian needs to clean up


class FolderInUseError(Exception):
    """Another run holds the folder; the text says which process."""


@dataclass(frozen=True)
class LocalFolder:
    """Paths under a folder such as `.local`."""

    path: Path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def media(self) -> Path:
        return self.path / "media"

    @property
    def secrets(self) -> Path:
        return self.path / "env"

    @property
    def runtime(self) -> Path:
        return self.path / "runtime.json"

    @property
    def lock(self) -> Path:
        return self.path / "lock"


def local_folder(root: Path) -> LocalFolder:
    """That of the working copy at `root`."""
    return LocalFolder(root / ".local")


def running_runtime(root: Path) -> dict[str, str] | None:
    """DATABASE_URL and REDIS_URL of the demo that runs in this working copy; None if none runs."""
    folder = local_folder(root)
    if not _is_locked(folder.lock):
        return None
    try:
        found: dict[str, str] = json.loads(folder.runtime.read_text())
        return {name: found[name] for name in ("DATABASE_URL", "REDIS_URL")}
    except (OSError, ValueError, KeyError):
        return None


def local_secrets(root: Path) -> dict[str, str]:
    """SECRET_KEY, CREDENTIAL_KEYS, INSTANCE_ID and the demo's password; made at the first call."""
    file = local_folder(root).secrets
    make_private(file.parent)
    if not file.exists():
        lines = [f"{name}={value}\n" for name, value in new_secrets().items()]
        _write_once(file, "".join(lines))
    assignments = [line.partition("=") for line in file.read_text().splitlines()]
    return {name: value for name, _, value in assignments if value}


def new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": MADE_BY_DEMO + secrets.token_urlsafe(48),
        "CREDENTIAL_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "INSTANCE_ID": MADE_BY_DEMO + secrets.token_hex(8),
        "KABOOTAR_DEMO_PASSWORD": secrets.token_urlsafe(12),
    }


def make_private(folder: Path) -> None:
    """Ours alone; as root also to be passed through, for the account that runs PostgreSQL."""
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


@contextmanager
def locked(folder: LocalFolder) -> Iterator[None]:
    """Holds the folder, as do processes forked meanwhile; raises FolderInUseError."""
    make_private(folder.path)
    lock = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(lock, folder)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(lock)


@contextmanager
def announced(folder: LocalFolder, urls: Mapping[str, str]) -> Iterator[None]:
    """While it lasts, running_runtime() tells the URLs to other commands."""
    folder.runtime.unlink(missing_ok=True)
    _write_once(folder.runtime, json.dumps({**urls, "pid": os.getpid()}))
    try:
        yield
    finally:
        folder.runtime.unlink(missing_ok=True)


def _take(lock: int, folder: LocalFolder) -> None:
    began = time.monotonic()
    while not _try_to_lock(lock, fcntl.LOCK_EX):
        holder = os.pread(lock, 32, 0).decode()
        if time.monotonic() - began > _patience(holder):
            raise FolderInUseError(
                f"Kabootar already runs with the data in {folder.path} (process {holder})."
                " Stop that first."
            )
        time.sleep(0.05)


def _patience(holder: str) -> float:
    """Where the holder is dead, its guardian still cleans up: that ends soon."""
    is_alive = holder.isdigit() and is_running(int(holder))
    return _PATIENCE if is_alive else _PATIENCE_AFTER_KILL


def _is_locked(file: Path) -> bool:
    try:
        lock = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _try_to_lock(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


def _try_to_lock(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_once(file: Path, text: str) -> None:
    """All or nothing, and never readable by others; whoever comes second keeps the first's."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
