"""Asking a store that may never answer: in one thread at a time, and waited for only so long."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

Found = TypeVar("Found")
GIVEN_UP = 30.0  # seconds: an answer that has not come by then is asked for anew


@dataclass(frozen=True, slots=True)
class Asked(Generic[Found]):
    patience: float  # seconds
    at: float = field(default_factory=monotonic)
    answer: Future[Found] = field(default_factory=Future)

    @property
    def is_over(self) -> bool:
        return self.answer.done() or monotonic() - self.at > GIVEN_UP

    def wait(self) -> Found:
        """Raises TimeoutError, and whatever asking raised."""
        return self.answer.result(timeout=max(0.0, self.at + self.patience - monotonic()))


class Question(Generic[Found]):
    """Whoever asks while somebody else does gets the same answer: a flood of questions costs a
    store no more than one after the other."""

    def __init__(self, question: Callable[[], Found], *, patience: float) -> None:
        self._question, self._patience = question, patience
        self._lock = threading.Lock()
        self._asked: Asked[Found] | None = None

    def ask(self) -> Asked[Found]:
        """Comes back at once."""
        with self._lock:
            if self._asked is None or self._asked.is_over:
                self._asked = Asked(self._patience)
                threading.Thread(target=self._answer, args=(self._asked,), daemon=True).start()
            return self._asked

    def _answer(self, asked: Asked[Found]) -> None:
        try:
            asked.answer.set_result(self._question())
        except Exception as error:  # noqa: BLE001  it is raised where somebody waits for it
            asked.answer.set_exception(error)
