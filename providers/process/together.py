"""What many threads ask for at the same moment is done for all of them in one go.

The first of those who wait leads: it serves all that wait with it, tells each its answer, and hands
over to the next. Whoever comes alone is served at once, so nobody ever waits for company.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class NotServedError(Exception):
    """Too many wait, or it took too long; what was asked for is not begun, or goes on unheard."""


class Together(Generic[Asked, Answer]):
    def __init__(
        self,
        serve: Callable[[Sequence[Asked]], Sequence[Answer]],
        *,
        most: int,
        weigh: Callable[[Asked], int] = lambda _asked: 1,
        most_waiting: int | None = None,
        patience: float | None = None,
    ) -> None:
        """`serve` gives an answer to each, in their order; what it raises is raised for all. `most`
        by `weigh` is done in one go, or one more. `most_waiting` wait, each for `patience` seconds;
        without these as many as come, and as long as it takes."""
        self._serve, self._most, self._weigh = serve, most, weigh
        self._most_waiting, self._patience = most_waiting, patience
        self._lock = threading.Lock()
        self._waiting: deque[_Ticket[Asked, Answer]] = deque()
        self._is_led = False

    def ask(self, asked: Asked) -> Answer:
        """Raises NotServedError, and what `serve` raises."""
        ticket = self._queue(asked)
        if ticket.leads or self._is_handed_over_to(ticket):
            self._lead()
        return ticket.told()

    def _queue(self, asked: Asked) -> "_Ticket[Asked, Answer]":
        ticket: _Ticket[Asked, Answer] = _Ticket(asked)
        with self._lock:
            if self._most_waiting is not None and len(self._waiting) >= self._most_waiting:
                raise NotServedError
            self._waiting.append(ticket)
            ticket.leads = not self._is_led
            self._is_led = True
        return ticket

    def _is_handed_over_to(self, ticket: "_Ticket[Asked, Answer]") -> bool:
        """Waits until the ticket is served, or has to lead."""
        if not ticket.wait(self._patience):
            with self._lock:
                if not ticket.leads and ticket in self._waiting:
                    self._waiting.remove(ticket)
        return ticket.leads

    def _lead(self) -> None:
        group = self._next_group()
        try:
            answers = self._serve([ticket.asked for ticket in group])
            for ticket, answer in zip(group, answers, strict=True):
                ticket.answers = [answer]
        except Exception as error:  # noqa: BLE001  it is raised where somebody waits for it
            for ticket in group:
                ticket.error = error
        finally:
            self._hand_over(group)

    def _next_group(self) -> "list[_Ticket[Asked, Answer]]":
        group: list[_Ticket[Asked, Answer]] = []
        weight = 0
        with self._lock:
            while self._waiting and weight < self._most:
                group.append(self._waiting.popleft())
                weight += self._weigh(group[-1].asked)
        return group

    def _hand_over(self, group: "Sequence[_Ticket[Asked, Answer]]") -> None:
        with self._lock:
            self._is_led = bool(self._waiting)
            if self._is_led:
                self._waiting[0].leads = True
                self._waiting[0].wake()
        for ticket in group:
            if not ticket.leads:
                ticket.wake()


class _Ticket(Generic[Asked, Answer]):
    """Of one who waits. Everything but the waiting itself happens under the lock, or in the hands
    of who leads."""

    __slots__ = ("_turn", "answers", "asked", "error", "leads")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answers: list[Answer] = []
        self.error: Exception | None = None
        self.leads = False
        self._turn = threading.Lock()
        self._turn.acquire()

    def wait(self, seconds: float | None) -> bool:
        return self._turn.acquire(timeout=-1 if seconds is None else seconds)

    def wake(self) -> None:
        self._turn.release()

    def told(self) -> Answer:
        if self.error is not None:
            raise self.error
        if not self.answers:
            raise NotServedError
        return self.answers[0]
