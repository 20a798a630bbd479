import json
import signal
import sys

import pytest

from tests.config.runs import (
    EMBEDDED,
    NO_STORES,
    SHOW_URLS,
    WAIT,
    Finished,
    finish,
    python,
    started,
)

RUN = [*EMBEDDED, "run", "--"]

USE_BOTH = """
import os, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as postgres:
    postgres.execute("CREATE TABLE mark (id int)")
    print(postgres.execute("SELECT count(*) FROM mark").fetchone()[0])
store = redis.Redis.from_url(os.environ["REDIS_URL"])
print(store.incr("mark"))
store.close()
"""


def test_a_command_finds_both_stores_and_its_exit_code_comes_back() -> None:
    done = finish([*RUN, *python(USE_BOTH + "raise SystemExit(7)")])

    assert done == Finished(code=7, out="0\n1\n", errors=[])


def test_two_runs_at_the_same_moment_do_not_meet() -> None:
    both = python(SHOW_URLS + USE_BOTH + "input()")
    with started([*RUN, *both]) as first, started([*RUN, *both]) as second:
        assert first.urls["DATABASE_URL"] != second.urls["DATABASE_URL"]
        assert first.urls["REDIS_URL"] != second.urls["REDIS_URL"]
        outputs = [run.finish().out for run in (first, second)]

    assert outputs == ["0\n1\n", "0\n1\n"]


def test_what_is_set_already_is_not_started() -> None:
    done = finish([*RUN, *python(SHOW_URLS)], NO_STORES)

    assert (done.code, json.loads(done.out)) == (0, NO_STORES)


def test_only_the_missing_store_is_started() -> None:
    given = {"DATABASE_URL": NO_STORES["DATABASE_URL"]}

    with started([*RUN, *python(SHOW_URLS + WAIT)], given) as run:
        assert run.urls["DATABASE_URL"] == given["DATABASE_URL"]
        assert (run.scratch / "redis.sock").is_socket()
        assert not (run.scratch / "data" / "postgres").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_reaches_the_command_and_then_nothing_is_left(number: signal.Signals) -> None:
    answer = f"""
import signal, sys
signal.signal({int(number)}, lambda *_: sys.exit(9))
"""
    with started([*RUN, *python(answer + SHOW_URLS + WAIT)]) as run:
        scratch = run.scratch
        run.signal(number)
        done = run.finish()

        assert done == Finished(code=9, out="", errors=[])
        assert (run.left(), scratch.exists()) == ([], False)


def test_nothing_is_left_after_the_supervisor_was_killed() -> None:
    with started([*RUN, *python(SHOW_URLS + WAIT)]) as run:
        scratch = run.scratch
        run.signal(signal.SIGKILL)

        assert run.leaves_nothing(seconds=10), run.left()
        assert not scratch.exists()


def test_nothing_is_left_after_the_caller_was_killed() -> None:
    caller = ["sh", "-c", '"$@"; true', "sh", *RUN, *python(SHOW_URLS + WAIT)]
    with started(caller) as run:
        scratch = run.scratch
        run.signal(signal.SIGKILL)

        assert run.leaves_nothing(seconds=10), run.left()
        assert not scratch.exists()


STUBBORN = """
trap '' INT TERM HUP
setsid sh -c 'trap "" INT TERM HUP; sleep 60' &
echo ready
sleep 60 & wait; sleep 60
"""


def test_a_command_that_ignores_everything_and_its_strays_die_with_the_supervisor() -> None:
    with started([*RUN, "sh", "-c", STUBBORN], NO_STORES) as run:
        assert len(run.family) >= 5  # supervisor, guardian, command, its two children
        run.signal(signal.SIGKILL)

        assert run.leaves_nothing(seconds=10), run.left()


def test_strays_of_a_command_that_has_ended_die_with_it() -> None:
    stray = "setsid sleep 60 >&- 2>&- & echo ready; sleep 0.5"
    with started([*RUN, "sh", "-c", stray], NO_STORES) as run:
        done = run.finish()

        assert (done.code, run.left()) == (0, [])


def test_a_command_that_does_not_exist_is_one_clear_line() -> None:
    done = finish([*RUN, "no-such-command"])

    assert done == Finished(code=127, out="", errors=["no-such-command: command not found."])


def test_a_store_that_dies_ends_the_run_with_one_clear_line() -> None:
    kill_redis = """
import os, redis
store = redis.Redis.from_url(os.environ["REDIS_URL"])
os.kill(store.info()["process_id"], 9)
"""
    with started([*RUN, *python(SHOW_URLS + kill_redis + WAIT)]) as run:
        scratch = run.scratch
        done = run.finish()

        assert (done.code, len(done.errors)) == (1, 1)
        assert done.errors[0].startswith("redis ended by itself (exit code 137);")
        assert (run.left(), scratch.exists()) == ([], False)


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({}, "set DATABASE_URL to a PostgreSQL of your own."),
        ({"DATABASE_URL": "postgres://elsewhere"}, "set REDIS_URL to a Redis of your own."),
    ],
)
def test_without_a_wheel_one_clear_line_says_what_to_set(
    given: dict[str, str], advice: str
) -> None:
    without_wheels = [sys.executable, "-S", "-m", "config.embedded"]

    done = finish([*without_wheels, "run", "--", "/bin/true"], {**given, "PATH": "/nowhere"})

    assert (done.code, done.out, len(done.errors)) == (1, "", 1)
    assert done.errors[0].endswith(advice)
