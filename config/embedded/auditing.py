"""Known weaknesses of the pinned packages: `make audit`.

pip-audit asks the database of PyPI, package by package. Where that can't be reached it finds
nothing and says that all is well, so then the pins are listed with their release dates, oldest
first, for a person to look at.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements.txt"  # what production installs

Package = Mapping[str, Any]


def main() -> int:
    answered = [package for package in _asked(REQUIREMENTS) if "skip_reason" not in package]
    if answered:
        text, code = verdict(answered)
        sys.stdout.write(text)
        return code
    sys.stdout.write("Nobody could be asked for known weaknesses. The pins by their age:\n")
    sys.stdout.write(by_age(_locked(REQUIREMENTS)))
    return 0


def verdict(packages: Sequence[Package]) -> tuple[str, int]:
    """What is known, and 1 where another version would mend it."""
    found = [(package, weakness) for package in packages for weakness in package["vulns"]]
    lines = [
        f"{package['name']} {package['version']}: {weakness['id']}, mended in "
        f"{', '.join(weakness['fix_versions']) or 'no version yet'}\n"
        for package, weakness in found
    ]
    can_be_mended = any(weakness["fix_versions"] for _, weakness in found)
    lines.append(f"{len(packages)} packages were looked up, {len(found)} weaknesses found.\n")
    return "".join(lines), int(can_be_mended)


def by_age(packages: Sequence[Package]) -> str:
    dated = sorted(
        (_released(package), package["name"], package["version"]) for package in packages
    )
    return "".join(f"  {date:%Y-%m-%d}  {name} {version}\n" for date, name, version in dated)


def _released(package: Package) -> datetime:
    """When its first file was put up."""
    files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
    moment: datetime = min(file["upload-time"] for file in files)
    return moment


def _asked(requirements: Path) -> list[Package]:
    """What pip-audit heard of each package; nothing where it could not even begin."""
    options = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]
    run = subprocess.run(  # noqa: S603 - nothing in it comes from outside
        [sys.executable, "-m", "pip_audit", *options, "--requirement", requirements],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        dependencies: list[Package] = json.loads(run.stdout)["dependencies"]
    except ValueError:
        return []
    return dependencies


def _locked(requirements: Path) -> list[Package]:
    with tempfile.TemporaryDirectory() as scratch:
        lock = Path(scratch) / "pylock.toml"
        subprocess.run(  # noqa: S603 - nothing in it comes from outside
            [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--no-deps",
             "--format", "pylock.toml", requirements, "--output-file", lock],
            check=True,
        )  # fmt: skip
        packages: list[Package] = tomllib.loads(lock.read_text())["packages"]
        return packages


if __name__ == "__main__":
    sys.exit(main())
