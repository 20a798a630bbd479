"""A disk that fills up: a small tmpfs in a mount namespace of this process' own, so that nothing of
the machine's is touched. It takes the right to mount.
"""

import ctypes
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

SKIPPED = "this machine lets nobody mount a disk of their own"
MIB = 1024 * 1024
_OWN_MOUNTS = 0x00020000  # CLONE_NEWNS


@cache
def may_mount() -> bool:
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/tmp"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


@cache
def have_own_mounts() -> None:
    """From now on what this thread starts sees mounts that nobody else sees."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_OWN_MOUNTS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    run("mount", "--make-rprivate", "/")


@contextmanager
def small_disk(place: Path, *, size: int = MIB) -> Iterator[None]:
    """At a folder that is there."""
    have_own_mounts()
    run("mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", place)
    try:
        yield
    finally:
        run("umount", "--lazy", place)  # a test may have a file open there


def fill(disk: Path) -> Path:
    """To the last byte. The file that takes it up."""
    filler = disk / "filler"
    for size in (MIB, 512):
        with filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(size))
    return filler


def run(*command: str | Path) -> str:
    return subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, text=True
    ).stdout
