"""The simulator put together: its parts behind one listener."""

import asyncio
from contextlib import suppress
from typing import Self

from aiohttp import web

from providers.simulator.control import Control
from providers.simulator.gateway import Gateway
from providers.simulator.options import Options
from providers.simulator.page import page_file
from providers.simulator.parts import Parts

BACKLOG = 4096
GATEWAY_PATH = "/GatewayAPI/rest"


class Simulator:
    """`async with` it inside the event loop it shall run in."""

    def __init__(self, *, host: str, port: int, options: Options | None = None) -> None:
        self._host, self._port = host, port
        self.parts = Parts(options or Options())
        self._gateway = Gateway(decider=self.parts.decider, book=self.parts.book)
        self._control = Control(self.parts, refuse_for=self._stop_listening)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    async def __aenter__(self) -> Self:
        self._server = web.Server(self._handle, access_log=None)
        await self._listen()
        await self.parts.courier.start()
        self._keep(asyncio.create_task(self.parts.idle.watch()))
        self._keep(asyncio.create_task(self.parts.shopping.tell()))
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.parts.people.forget()
        for task in list(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await self.parts.courier.stop()
        self._hang_up()
        await self._server.shutdown(timeout=0.1)

    def _stop_listening(self, seconds: float) -> None:
        """Nobody listens for so long: a new connection is refused, a kept one is reset."""
        self._keep(asyncio.create_task(self._refuse(seconds)))

    async def _refuse(self, seconds: float) -> None:
        await asyncio.sleep(0.05)  # lets the answer to this very order leave
        self._hang_up()
        await asyncio.sleep(seconds)
        await self._listen()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(
            self._server, self._host, self._port, backlog=BACKLOG
        )
        self._port = self._listener.sockets[0].getsockname()[1]

    def _hang_up(self) -> None:
        self._listener.close()
        for connection in self._server.connections:
            if connection.transport is not None:
                connection.transport.abort()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == GATEWAY_PATH:
            self.parts.idle.busy(request)
            try:
                return await self._gateway.handle(request)
            finally:
                self.parts.idle.rests(request)
        found = page_file(request.path) if request.method == "GET" else None
        return found or await self._control.handle(request)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
