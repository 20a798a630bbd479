"""What the lines of a log belong to: a request, a task, a run. Ids only, no names of people."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token

Marks = Mapping[str, int | str]
_marks: ContextVar[Marks] = ContextVar("marks", default={})  # noqa: B039  nobody changes it


def marks() -> Marks:
    return _marks.get()


@contextmanager
def marked(**ids: int | str) -> Iterator[None]:
    """Every line that is written inside bears them, those of the outside too."""
    token = begin(**ids)
    try:
        yield
    finally:
        end(token)


def start_anew(**ids: int | str) -> None:
    """Until this thread does so again."""
    _marks.set(ids)


def begin(**ids: int | str) -> Token[Marks]:
    """Where a block is no choice: what begins here must `end`, in the same thread."""
    return _marks.set({**_marks.get(), **ids})


def end(token: Token[Marks]) -> None:
    _marks.reset(token)
