"""Which folders another account can get into, and where to go when it can't.

PostgreSQL refuses to run as root, so root runs it as `nobody`, who must be able to reach the
binaries, the data and the socket. No folder that exists already is ever opened up for that.
"""

import hashlib
import os
import pwd
import shutil
import stat
import tempfile
from pathlib import Path

from config.embedded.errors import RunOverError

# Root's data where the project itself lies in a closed folder, such as root's home.
OPEN_HOME = Path("/var/lib/kabootar-local")
_SOCKET_PATH_LIMIT = 107  # bytes, of sockaddr_un; Redis would cut a longer one silently
_LONGEST_SOCKET = "kabootar-12345678/postgres/.s.PGSQL.5432"


def server_account() -> str | None:
    """Who runs PostgreSQL: None means ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody").pw_name
    except KeyError:
        raise RunOverError(
            "PostgreSQL can't run as root and there is no account 'nobody' to run it:"
            " start as an ordinary user, or set DATABASE_URL."
        ) from None


def temporary_home() -> Path:
    """Where scratch folders go: short enough for a socket, and open enough."""
    for home in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - mkdtemp inside
        fits = len(os.fsencode(home / _LONGEST_SOCKET)) <= _SOCKET_PATH_LIMIT
        if fits and (os.geteuid() != 0 or is_open(home)):
            return home
    raise RunOverError("No temporary folder with a short path is open to all: set TMPDIR.")


def is_open(path: Path) -> bool:
    """Everybody may pass through all folders down to it, and read or enter it."""
    path = path.resolve()
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


def open_home_of(folder: Path) -> Path:
    """The same for the same folder, at every start."""
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return OPEN_HOME / name


def make_for(account: str | None, folder: Path) -> Path:
    """A folder that only `account` (None: ourselves) may enter; new parents can be passed."""
    for new in reversed([parent for parent in folder.parents if not parent.exists()]):
        new.mkdir()
        new.chmod(0o711 if account else 0o700)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    if account:
        shutil.chown(folder, account, pwd.getpwnam(account).pw_gid)
    return folder
