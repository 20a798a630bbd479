"""Whoever comes alone is served at once; those who wait meanwhile are served in one go."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from providers.process.together import NotServedError, Together

LONG = 10.0  # seconds; nobody waits so long unless something is wrong


class Counter:
    """Serves numbers, doubled; the first group only when it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.began, self.goes_on = threading.Event(), threading.Event()

    def __call__(self, asked: Sequence[int]) -> list[int]:
        self.groups.append(list(asked))
        self.began.set()
        assert self.goes_on.wait(LONG)
        if -1 in asked:
            raise ValueError("no such number")
        return [2 * number for number in asked]


def behind_the_first(
    together: Together[int, int], counter: Counter, numbers: Sequence[int]
) -> list["Future[int]"]:
    """One who leads, and the others, who come while it does."""
    with ThreadPoolExecutor(1 + len(numbers)) as threads:
        asked = [threads.submit(together.ask, 0)]
        assert counter.began.wait(LONG)
        asked += [threads.submit(together.ask, number) for number in numbers]
        until(lambda: len(together._waiting) == len(numbers))
        counter.goes_on.set()
    return asked


def until(done: Callable[[], bool]) -> None:
    for _ in range(1000):
        if done():
            return
        threading.Event().wait(LONG / 1000)
    raise TimeoutError


def test_one_alone_is_served_at_once() -> None:
    counter = Counter()
    counter.goes_on.set()
    together = Together(counter, most=10)

    assert [together.ask(1), together.ask(2)] == [2, 4]
    assert counter.groups == [[1], [2]]


def test_those_who_come_meanwhile_are_served_in_one_go() -> None:
    counter = Counter()

    asked = behind_the_first(Together(counter, most=10), counter, range(1, 8))

    assert [each.result() for each in asked] == [0, 2, 4, 6, 8, 10, 12, 14]
    assert [sorted(group) for group in counter.groups] == [[0], [1, 2, 3, 4, 5, 6, 7]]


def test_of_too_many_the_rest_is_handed_over() -> None:
    counter = Counter()

    asked = behind_the_first(Together(counter, most=3), counter, range(1, 8))

    assert [each.result() for each in asked] == [0, 2, 4, 6, 8, 10, 12, 14]
    assert [len(group) for group in counter.groups] == [1, 3, 3, 1]


def test_what_breaks_is_told_to_all_of_the_group_and_to_nobody_else() -> None:
    counter = Counter()
    together = Together(counter, most=10)

    first, *others = behind_the_first(together, counter, [5, -1])

    assert first.result() == 0
    assert [type(each.exception()) for each in others] == [ValueError, ValueError]
    assert together.ask(6) == 12


def test_an_answer_too_few_is_told_to_nobody_as_anothers() -> None:
    together: Together[int, int] = Together(lambda asked: asked[1:], most=10)

    with pytest.raises(ValueError, match="shorter"):
        together.ask(1)
    with pytest.raises(ValueError, match="shorter"):
        together.ask(2)


def test_who_finds_too_many_waiting_is_refused() -> None:
    together: Together[int, int] = Together(Counter(), most=10, most_waiting=0)

    with pytest.raises(NotServedError):
        together.ask(1)
