"""A flood of questions to a store that hangs: one thread waits for it, and nobody waits long."""

import threading

import pytest

from config.ops.answers_in_time import Question


def test_a_flood_asks_once_and_what_comes_late_is_taken_by_those_who_ask_then() -> None:
    asked, goes_on = [], threading.Event()

    def hang() -> str:
        asked.append(threading.current_thread().name)
        goes_on.wait(30)
        return "here"

    question = Question(hang, patience=0.05)
    for _ in range(50):
        with pytest.raises(TimeoutError):
            question.ask().wait()
    late = question.ask()
    goes_on.set()
    assert (late.answer.result(timeout=30), len(asked)) == ("here", 1)
    # The next question is asked anew.
    assert (question.ask().answer.result(timeout=30), len(asked)) == ("here", 2)


def test_what_went_wrong_is_raised_where_somebody_waits() -> None:
    def fail() -> None:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        Question(fail, patience=30.0).ask().wait()
