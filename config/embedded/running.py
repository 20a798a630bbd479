"""Both stores around one command."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from config.embedded.local_folder import LocalFolder, announced, locked, make_private
from config.embedded.places import temporary_home
from config.embedded.programs import Program, require
from config.embedded.stores import Storage, start_stores
from config.embedded.supervising import Supervisor


def run(command: Sequence[str], *, keep: Path | None, durable: bool) -> int:
    """Returns the command's exit code. keep: the folder whose data outlast the run; these are
    durable in any case, data that are thrown away only if asked for."""
    require(command[0])
    with ExitStack() as stack:
        folder = LocalFolder(keep) if keep else None
        if folder:
            stack.enter_context(locked(folder))
        supervisor = stack.enter_context(Supervisor(scratch_in=temporary_home()))
        urls = start_stores(
            supervisor, storage(supervisor, folder, durable=durable), given=os.environ
        )
        if folder:
            stack.enter_context(announced(folder, urls))
        name = Path(command[0]).name
        return supervisor.run_in_foreground(
            Program(name=name, command=command, environment=urls, output="terminal", grace=10.0)
        )


def storage(
    supervisor: Supervisor, folder: LocalFolder | None, *, durable: bool = False
) -> Storage:
    if folder is None:
        return Storage(keep=None, logs=supervisor.scratch, durable=durable)
    make_private(folder.data)
    make_private(folder.logs)
    return Storage(keep=folder.data, logs=folder.logs, durable=True)
