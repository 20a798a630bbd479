"""The supervisor itself, with small shell programs in the place of servers."""

import signal
import textwrap

from tests.config.runs import finish, python, started

SCRIPT = """
import sys
from config.embedded.errors import RunOverError
from config.embedded.listening import say
from config.embedded.programs import Program
from config.embedded.supervising import Supervisor

def shell(name, code, **more):
    return Program(name=name, command=["sh", "-c", code], **more)

LASTING = "trap 'echo stopped; exit' TERM; echo up; while :; do sleep 0.05; done"

try:
    with Supervisor() as supervisor:
{body}
except RunOverError as over:
    say(over.message)
    sys.exit(over.exit_code)
"""


def script(body: str) -> list[str]:
    return python(SCRIPT.format(body=textwrap.indent(textwrap.dedent(body), " " * 8)))


def test_lines_carry_the_name_of_their_program_and_the_last_layer_stops_first() -> None:
    run = script("""
        supervisor.start(shell("store", LASTING))
        supervisor.run(shell("pause", "sleep 0.3"))
        supervisor.start(shell("web", LASTING))
        supervisor.run(shell("task", "sleep 0.3; echo done; printf unfinished"))
    """)

    done = finish(run)

    assert done.out.splitlines() == [
        "store          | up",
        "web            | up",
        "task           | done",
        "task           | unfinished",
        "web            | stopped",
        "store          | stopped",
    ]


def test_when_one_program_ends_all_are_stopped_and_its_name_is_said() -> None:
    run = script("""
        supervisor.start(shell("store", LASTING))
        supervisor.start(shell("web", "sleep 0.3; echo out of luck; exit 3"))
        supervisor.watch()
    """)

    done = finish(run)

    assert (done.code, done.out.splitlines()) == (
        1,
        [
            "store          | up",
            "web            | out of luck",
            "store          | stopped",
            "web ended by itself (exit code 3); everything else was stopped.",
        ],
    )


def test_the_log_of_a_program_that_ended_is_quoted() -> None:
    run = script("""
        log = supervisor.scratch / "web.log"
        supervisor.start(shell("web", "echo Error: no luck; echo bye; exit 3", output=log))
        supervisor.watch()
    """)

    done = finish(run)

    assert done.out.splitlines()[-1].endswith("It said: Error: no luck")


def test_ctrl_c_ends_what_ignores_it_after_its_grace() -> None:
    run = script("""
        supervisor.start(shell("deaf", "trap '' TERM; echo up; sleep 60 & wait; sleep 60", grace=1))
        supervisor.watch()
    """)

    with started(run) as running:
        running.signal(signal.SIGINT)
        done = running.finish()

        assert (done.code, done.out) == (130, "Stopped by SIGINT.\n")
        assert running.left() == []


def test_a_program_that_never_gets_ready_ends_the_run() -> None:
    run = script("""
        supervisor.start(shell("slow", "sleep 60"))
        supervisor.wait_until(lambda: False, what="The slow one", seconds=0.2)
    """)

    done = finish(run)

    assert (done.code, done.out) == (1, "The slow one did not answer within 0 seconds.\n")


def test_a_program_that_cannot_start_does_not_hide_the_others_of_its_layer() -> None:
    run = script("""
        missing = Program(name="web", command=["/no/such/program"])
        supervisor.start(shell("first", LASTING), missing)
    """)

    done = finish(run)  # would wait in vain if the first one had been left running

    assert done.code == 126
    assert done.out.splitlines()[-1].startswith("web did not start: ")
