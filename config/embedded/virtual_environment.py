"""Makes .venv and installs exactly what requirements-dev.txt lists; run by `make setup`.

Runs on the machine's own Python, without any dependency. uv installs in two seconds what takes pip
thirty; its own pin stands in the same file. Where there is no uv, pip does it all.
"""

import sys
from collections.abc import Sequence
from itertools import dropwhile
from pathlib import Path

from config.embedded.errors import RunOverError
from config.embedded.listening import say
from config.embedded.places import temporary_home
from config.embedded.programs import Program
from config.embedded.supervising import Supervisor

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements-dev.txt"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"  # `make` compares its age with that of the requirements

Command = Sequence[str | Path]


def main() -> int:
    try:
        with Supervisor(scratch_in=temporary_home()) as supervisor:
            _install(supervisor)
    except RunOverError as over:
        sys.stderr.write(f"{over.message}\n")
        return over.exit_code
    STAMP.touch()
    return 0


def _install(supervisor: Supervisor) -> None:
    if not STAMP.exists():
        say("Making .venv …")
        _must_succeed(supervisor, "venv", [sys.executable, "-m", "venv", VENV])
    say("Installing the pinned dependencies …")
    if not _uv_installs(supervisor):
        say("uv could not do it; pip takes half a minute …")
        _must_succeed(supervisor, "pip", _pip_install(REQUIREMENTS))


def _uv_installs(supervisor: Supervisor) -> bool:
    pinned_uv = supervisor.scratch / "uv.txt"
    pinned_uv.write_text(_block_of("uv", REQUIREMENTS.read_text()))
    sync: Command = [
        VENV / "bin" / "uv",
        "pip",
        "sync",
        "--quiet",
        "--require-hashes",
        REQUIREMENTS,
    ]
    return (
        supervisor.run(_step("uv", [*_pip_install(pinned_uv), "--only-binary", ":all:"])) == 0
        and supervisor.run(_step("uv", [*sync, "--python", PYTHON])) == 0
    )


def _pip_install(requirements: Path) -> Command:
    pip: Command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    return [*pip, "install", "--require-hashes", "-r", requirements]


def _must_succeed(supervisor: Supervisor, name: str, command: Command) -> None:
    if code := supervisor.run(_step(name, command)):
        raise RunOverError(f"make setup: {name} failed (exit code {code}).")


def _step(name: str, command: Command) -> Program:
    return Program(name=name, command=command, folder=ROOT)


def _block_of(package: str, requirements: str) -> str:
    """The line that pins the package, with the hashes on the lines that continue it."""
    block = []
    lines = requirements.splitlines()
    for line in dropwhile(lambda line: not line.startswith(f"{package}=="), lines):
        block.append(line)
        if not line.endswith("\\"):
            break
    return "\n".join(block)


if __name__ == "__main__":
    sys.exit(main())
