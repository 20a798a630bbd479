"""Two faces of the client for code that is not async.

`call_now` is for a single message, with an event loop of its own for that one call. `GatewayLoop`
is for a worker process: an event loop in a thread, and one client whose connections are kept for
the life of the process.
"""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

from providers.gateway.client import GatewayClient
from providers.gateway.requests import Credentials, GatewayRequest, ListTemplates
from providers.gateway.results import Answer
from providers.gateway.settings import GatewaySettings, gateway_settings
from providers.gateway.template_list import TemplatePage

Result = TypeVar("Result")


def call_now(
    request: GatewayRequest, credentials: Credentials, settings: GatewaySettings | None = None
) -> Answer:
    """Blocks up to the total time-out. Not from inside a running event loop."""
    return _run(lambda client: client.call(request, credentials), settings)


def list_now(
    request: ListTemplates, credentials: Credentials, settings: GatewaySettings | None = None
) -> TemplatePage:
    """As `call_now`, for one page of the account's templates."""
    return _run(lambda client: client.list_templates(request, credentials), settings)


def _run(
    work: Callable[[GatewayClient], Awaitable[Result]], settings: GatewaySettings | None
) -> Result:
    async def once() -> Result:
        async with GatewayClient(settings or gateway_settings()) as client:
            return await work(client)

    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(once())
    finally:
        # Not asyncio.run: it would also wait for a name look-up that has been given up.
        loop.close()


class GatewayLoop:
    """Coroutines submitted from any thread run beside each other in one thread of this process."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.client = GatewayClient(settings)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, Result]) -> Future[Result]:
        """The future may be cancelled; the coroutine is then cancelled too."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self, timeout: float = 5.0) -> None:
        """Cancels what still runs, closes the connections and ends the thread. A second call does
        nothing."""
        if self._loop.is_closed():
            return
        with suppress(TimeoutError):
            self.submit(self._wind_up()).result(timeout)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout)

    async def _wind_up(self) -> None:
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.client.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()


class _Kept:
    """The loop of this process. A forked child starts without one: threads don't survive a fork."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.loop: GatewayLoop | None = None
        self.inherited: list[GatewayLoop] = []

    def forget_in_child(self) -> None:
        """The parent's is kept unused: collecting it would close the parent's connections."""
        self.lock = threading.Lock()
        if self.loop is not None:
            self.inherited.append(self.loop)
        self.loop = None


_kept = _Kept()
os.register_at_fork(after_in_child=_kept.forget_in_child)


def gateway_loop() -> GatewayLoop:
    """This process's loop, started at the first call, with the settings of that moment."""
    with _kept.lock:
        if _kept.loop is None:
            _kept.loop = GatewayLoop(gateway_settings())
        return _kept.loop


def close_gateway_loop(timeout: float = 5.0) -> None:
    """For the end of a worker process; the next `gateway_loop()` starts a new one."""
    with _kept.lock:
        kept, _kept.loop = _kept.loop, None
    if kept is not None:
        kept.close(timeout)
