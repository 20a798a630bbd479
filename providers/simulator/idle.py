"""Connections that stand idle are closed after a set time, as a gateway's keep-alive does."""

import asyncio
from time import monotonic

from aiohttp import web

from providers.simulator.options import Options

LOOK_EVERY = 0.05


class IdleConnections:
    def __init__(self, options: Options) -> None:
        self.options = options
        self._idle_since: dict[asyncio.Transport, float] = {}

    def busy(self, request: web.BaseRequest) -> None:
        if request.transport is not None:
            self._idle_since.pop(request.transport, None)

    def rests(self, request: web.BaseRequest) -> None:
        if self.options.idle_close and request.transport is not None:
            self._idle_since[request.transport] = monotonic()

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if self.options.idle_close:
                self._close_old(monotonic() - self.options.idle_close)

    def _close_old(self, limit: float) -> None:
        for transport, since in list(self._idle_since.items()):
            if since <= limit or transport.is_closing():
                del self._idle_since[transport]
                transport.close()
