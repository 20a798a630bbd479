"""The whole product on one machine: what `make demo` and `make smoke` start."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from config.embedded.errors import RunOverError, StopAskedError
from config.embedded.layout import Layout, environment_of, product
from config.embedded.listening import say
from config.embedded.local_folder import announced, local_folder, local_secrets, locked, new_secrets
from config.embedded.places import temporary_home
from config.embedded.ports import Ports
from config.embedded.probing import accepts, is_healthy
from config.embedded.programs import Output, Program
from config.embedded.running import storage
from config.embedded.stores import start_stores
from config.embedded.supervising import Supervisor

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 240.0  # seconds, on a busy machine; what ends meanwhile is noticed at once
_TAIL = 30  # lines of each log after a failed smoke run


def demo() -> int:
    """In the foreground until Ctrl-C; a second start finds the data of the first."""
    folder = local_folder(ROOT)
    with ExitStack() as stack:
        stack.enter_context(locked(folder))
        supervisor = stack.enter_context(Supervisor(scratch_in=temporary_home()))
        ports = stack.enter_context(Ports())
        say("Starting PostgreSQL and Redis …")
        urls = start_stores(supervisor, storage(supervisor, folder), given=os.environ)
        stack.enter_context(announced(folder, urls))
        layout = Layout.on(ports, web=8000, callbacks=8001, simulator=8002)
        environment = environment_of(
            layout, stores=urls, secrets=local_secrets(ROOT), media=folder.media
        )
        _migrate(supervisor, environment)
        say("Starting the console, the workers and the Gupshup simulator …")
        _start_product(supervisor, layout, environment, logs=None)
        _manage(supervisor, environment, "load_demo", output="console")
        say(welcome(layout, environment))
        try:
            supervisor.watch()
        except StopAskedError:
            say("\nStopping. Your data stay for the next `make demo`.")
            return 0


def smoke() -> int:
    """The exit code of `manage.py smoke`, which plays through the demo on data of its own."""
    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor(scratch_in=temporary_home()))
        ports = stack.enter_context(Ports())
        urls = start_stores(supervisor, storage(supervisor, None), given={})
        layout = Layout.on(ports, web=0, callbacks=0, simulator=0)
        environment = environment_of(
            layout, stores=urls, secrets=new_secrets(), media=supervisor.scratch / "media"
        )
        _migrate(supervisor, environment)
        logs = supervisor.scratch / "logs"
        logs.mkdir()
        try:
            _start_product(supervisor, layout, environment, logs=logs)
            code = supervisor.run_in_foreground(
                _management_program("smoke", environment, output="terminal")
            )
        except RunOverError:
            _show(logs)
            raise
        if code != 0:
            _show(logs)
        return code


def _migrate(supervisor: Supervisor, environment: dict[str, str]) -> None:
    say("Preparing the database …")
    _manage(supervisor, environment, "migrate", output=supervisor.scratch / "migrate.log")


def _start_product(
    supervisor: Supervisor, layout: Layout, environment: dict[str, str], *, logs: Path | None
) -> None:
    supervisor.start(
        *product(layout, environment, root=ROOT, scratch=supervisor.scratch, logs=logs)
    )
    supervisor.wait_until(
        lambda: (
            accepts(layout.simulator) and is_healthy(layout.web) and is_healthy(layout.callbacks)
        ),
        what="The console",
        seconds=START_LIMIT,
    )


def _manage(
    supervisor: Supervisor, environment: dict[str, str], command: str, *, output: Output
) -> None:
    if code := supervisor.run(_management_program(command, environment, output=output)):
        if isinstance(output, Path):
            say(output.read_text(errors="replace"))
        raise RunOverError(f"`manage.py {command}` failed (exit code {code}).")


def _management_program(command: str, environment: dict[str, str], *, output: Output) -> Program:
    return Program(
        name=command,
        command=[sys.executable, ROOT / "manage.py", command],
        environment=environment,
        output=output,
        folder=ROOT,
    )


def welcome(layout: Layout, environment: dict[str, str]) -> str:
    """Where everything is, and how to get in."""
    return f"""
  Kabootar is running.

    Console    {layout.web_url}/
    User       {environment["KABOOTAR_DEMO_USER"]}
    Password   {environment["KABOOTAR_DEMO_PASSWORD"]}
    Simulator  {layout.simulator_url}/

  Messages go to that simulator of Gupshup on this machine: nobody gets a real one. There you play
  the customer.
  Ctrl-C stops everything.
"""


def _show(logs: Path) -> None:
    for log in sorted(logs.iterdir()):
        lines = log.read_text(errors="replace").splitlines()[-_TAIL:]
        say("\n".join([f"== {log.stem}", *lines]))
