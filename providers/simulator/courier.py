"""Posts callbacks: paced, batched, repeated while the other side gives no 2xx."""

import asyncio
import heapq
import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count
from time import time

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector

from providers.simulator.events import Event, Post, delivery_post
from providers.simulator.options import Options

POST_SECONDS = 15.0
FIRST_PAUSE = 0.5
SENDERS = 32


@dataclass(slots=True)
class Counts:
    posted: int = 0
    reports: int = 0
    retried: int = 0
    failed: int = 0
    """Given up after the last try."""
    statuses: dict[str, int] = field(default_factory=dict)


def _complain(task: asyncio.Task[None]) -> None:
    """A courier that broke down would look like a gateway that is silent."""
    if not task.cancelled() and (error := task.exception()) is not None:
        context = {"message": "The courier broke down", "exception": error, "task": task}
        task.get_loop().call_exception_handler(context)


class Courier:
    """`options` is read at every step, so that changes take effect at once."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.counts = Counts()
        self._numbers = count()
        self._due: list[tuple[float, int, Event | Post]] = []
        self._ready: asyncio.Queue[Post] = asyncio.Queue()
        self._underway = 0
        self._tasks: list[asyncio.Task[None]] = []
        self._session: ClientSession | None = None

    async def start(self) -> None:
        self._session = ClientSession(
            connector=TCPConnector(limit=SENDERS), timeout=ClientTimeout(total=POST_SECONDS)
        )
        self._tasks = [asyncio.create_task(self._tick())]
        self._tasks += [asyncio.create_task(self._send()) for _ in range(SENDERS)]
        for task in self._tasks:
            task.add_done_callback(_complain)

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    @property
    def waiting(self) -> int:
        """Reports and other calls that are still to be posted."""
        return len(self._due) + self._ready.qsize() + self._underway

    def schedule(self, item: Event | Post, at: float) -> None:
        heapq.heappush(self._due, (at, next(self._numbers), item))

    def post_together(self, url: str, events: list[Event]) -> None:
        behind = self.options.clock_behind
        self._ready.put_nowait(delivery_post(url, events, clock_behind=behind))

    def forget(self) -> None:
        """What is on its way arrives all the same."""
        self._due.clear()
        while not self._ready.empty():
            self._ready.get_nowait()
        self.counts = Counts()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self.options.batch_wait)
            for post in self._batched(self._due_now()):
                self._ready.put_nowait(post)

    def _due_now(self) -> list[Event | Post]:
        now, items = time(), []
        while self._due and self._due[0][0] <= now:
            items.append(heapq.heappop(self._due)[2])
        return items

    def _batched(self, items: list[Event | Post]) -> Iterable[Post]:
        by_url: dict[str, deque[Event]] = {}
        for item in items:
            if isinstance(item, Post):
                yield item
            else:
                by_url.setdefault(item.sent.account.status_url, deque()).append(item)
        for url, events in by_url.items():
            while events:
                size = random.randint(*self.options.reports_per_post)  # noqa: S311
                batch = [events.popleft() for _ in range(min(size, len(events)))]
                yield delivery_post(url, batch, clock_behind=self.options.clock_behind)

    async def _send(self) -> None:
        while True:
            post = await self._ready.get()
            self._underway += 1
            try:
                await self._deliver(post)
            finally:
                self._underway -= 1
            if self.options.callbacks_per_second:
                await asyncio.sleep(SENDERS / self.options.callbacks_per_second)

    async def _deliver(self, post: Post) -> None:
        outcome = await self._post(post)
        counts = self.counts
        counts.statuses[outcome] = counts.statuses.get(outcome, 0) + 1
        if outcome.startswith("2"):
            counts.posted += 1
            counts.reports += post.reports
        elif post.tries + 1 >= self.options.callback_tries:
            counts.failed += 1
        else:
            counts.retried += 1
            pause = FIRST_PAUSE * 2**post.tries
            self.schedule(replace(post, tries=post.tries + 1), time() + pause)

    async def _post(self, post: Post) -> str:
        """The HTTP status, or the name of what went wrong."""
        assert self._session is not None  # noqa: S101  start() was called
        headers = {"Content-Type": post.content_type}
        try:
            async with self._session.post(
                post.url, data=post.body, headers=headers, allow_redirects=False
            ) as response:
                await response.read()
                return str(response.status)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            return type(error).__name__
