"""One POST over a kept connection, byte for byte ours: aiohttp's connector and parser without its
session.

The session costs more than everything else a message needs (docs/gateway.md has the figures), and
it can't say whether a byte of the request had left when a call failed. The connector (names, happy
eyeballs, TLS, the pool with its limit and idle time-out) and the response parser are what is hard
to write; joining them is this file. No redirects, cookies, compression or proxies.
"""

import asyncio
from dataclasses import dataclass
from time import monotonic

from aiohttp import ClientRequest, ClientTimeout, StreamReader, TCPConnector
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from yarl import URL

from providers.gateway.requests import Endpoint
from providers.gateway.settings import GatewaySettings

DNS_SECONDS = 60


class AnswerTooLargeError(Exception):
    """The answer is longer than any that Gupshup gives."""


@dataclass(slots=True)
class Progress:
    """How far a call has come: nothing has left while `writing` is false."""

    writing: bool = False
    http_status: int | None = None


class Wire:
    """Make, use and close it inside one running event loop."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._total_timeout = settings.total_timeout
        self._connector = TCPConnector(
            limit=settings.concurrency,
            keepalive_timeout=settings.keepalive,
            ttl_dns_cache=DNS_SECONDS,
        )
        self._timeout = ClientTimeout(connect=settings.connect_timeout)
        self._targets = {
            Endpoint.SEND: _Target(URL(settings.send_url)),
            Endpoint.TEMPLATES: _Target(URL(settings.template_url)),
        }

    async def close(self) -> None:
        await self._connector.close()

    async def post(
        self, endpoint: Endpoint, body: bytes, *, longest: int, before: float, progress: Progress
    ) -> bytes:
        """The answer's body, at most about `longest` bytes; its status is noted in `progress`.
        From `before` on, on the monotonic clock, nothing is written any more: TimeoutError."""
        target = self._targets[endpoint]
        async with asyncio.timeout(self._total_timeout):
            connection, protocol = await self._connect(target)
            try:
                answer = await _exchange(protocol, target.head, body, longest, before, progress)
            except BaseException:
                connection.close()
                raise
            connection.release()
            return answer

    async def _connect(self, target: "_Target") -> tuple[Connection, ResponseHandler]:
        """A kept connection on which something has arrived since the last answer is not used: it
        would be read as the answer to the next request."""
        while True:
            connection = await self._connector.connect(target.request, [], self._timeout)
            protocol = connection.protocol
            if protocol is not None and not protocol.should_close:
                return connection, protocol
            connection.close()


class _Target:
    """What is the same in every request to one address."""

    def __init__(self, url: URL) -> None:
        self.request = ClientRequest("POST", url, loop=asyncio.get_running_loop())
        self.head = (
            f"POST {url.raw_path_qs} HTTP/1.1\r\n"
            f"Host: {url.host_port_subcomponent}\r\n"
            "User-Agent: Kabootar\r\n"
            "Accept: application/json, text/plain;q=0.9\r\n"
            "Accept-Encoding: identity\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: "
        ).encode("ascii")


async def _exchange(
    protocol: ResponseHandler,
    head: bytes,
    body: bytes,
    longest: int,
    before: float,
    progress: Progress,
) -> bytes:
    protocol.set_response_params(read_until_eof=True, auto_decompress=False)
    transport = protocol.transport
    if transport is None:
        raise ConnectionResetError
    request = b"%b%d\r\n\r\n%b" % (head, len(body), body)
    # The last moment to look: a process may be stopped anywhere, and wake much later.
    if monotonic() >= before:
        raise TimeoutError
    progress.writing = True
    transport.write(request)
    message, content = await protocol.read()
    while 100 <= message.code < 200:
        message, content = await protocol.read()
    progress.http_status = message.code
    return await _read_whole(content, longest)


async def _read_whole(content: StreamReader, longest: int) -> bytes:
    body = await content.read(longest + 1)
    while not content.at_eof():
        if len(body) > longest:
            raise AnswerTooLargeError
        body += await content.read(longest + 1 - len(body))
    return body
