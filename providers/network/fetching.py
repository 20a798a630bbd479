"""Guarded fetching: the only code that opens an address which somebody else has named.

https only. Whatever the address is called and however it is spelt, each connection is checked at
the last moment, when its socket is made for one IP address: a private, loopback, link-local or
metadata address gets none, so nothing depends on what a name meant a moment ago. Every redirect
passes the same gate. No cookies, no proxy, no credentials, no decompression.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address

from aiohttp import (
    AddrInfoType,
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientError,
    ClientResponse,
    ClientSession,
    DummyCookieJar,
    InvalidURL,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.abc import AbstractResolver
from aiohttp.typedefs import LooseHeaders
from django.conf import settings
from yarl import URL

from providers.network.public_addresses import Address, is_own_network, is_public

TOTAL_SECONDS = 10.0
LIMIT = 16 * 1024 * 1024  # bytes
MOST_REDIRECTS = 3
LONGEST_URL = 2_000
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_REDIRECTS = {301, 302, 303, 307, 308}
_HEADERS = {"User-Agent": "Kabootar", "Accept-Encoding": "identity"}


class FetchRefusal(StrEnum):
    """Why nothing was fetched; `FetchRefused.reason`."""

    URL = "url"
    NOT_HTTPS = "not_https"
    UNKNOWN_HOST = "unknown_host"
    PRIVATE = "private"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    REDIRECTS = "redirects"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    BROKEN = "broken"


_WORDS: Mapping[FetchRefusal, str] = {
    FetchRefusal.URL: "This is not a complete web address. It looks like https://example.com/picture.jpg.",
    FetchRefusal.NOT_HTTPS: "Only addresses that begin with https:// are opened.",
    FetchRefusal.UNKNOWN_HOST: "No server of this name was found. Please check the spelling.",
    FetchRefusal.PRIVATE: "This address leads into a private network. It must be open to "
    "everybody.",
    FetchRefusal.UNREACHABLE: "The server of this address does not answer.",
    FetchRefusal.TLS: "The server's certificate is not valid for this address.",
    FetchRefusal.REDIRECTS: f"The address was forwarded more than {MOST_REDIRECTS} times.",
    FetchRefusal.TOO_LARGE: "What the address holds is too large.",
    FetchRefusal.TOO_SLOW: "The server took longer than a few seconds.",
    FetchRefusal.BROKEN: "The server broke off, or its answer can't be read.",
}


class FetchRefused(Exception):  # noqa: N818 -- a refusal is an ordinary outcome here
    """Nothing was fetched. Its text is for the person who named the address. `announced` is the
    size in bytes that the server gave of what is too large, 0 where it gave none."""

    def __init__(self, reason: FetchRefusal, *, announced: int = 0) -> None:
        super().__init__(_WORDS[reason])
        self.reason = reason
        self.announced = announced


@dataclass(frozen=True, slots=True)
class Fetched:
    """The server's answer, whatever its status. `content_type` is lower case and without
    parameters, empty where none was given; `url` is the one that answered, after redirects."""

    status: int
    content_type: str
    body: bytes
    url: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How names are looked up, certificates checked, and who counts as public."""

    resolver: AbstractResolver | None = None
    tls: ssl.SSLContext | bool = True
    is_public: Callable[[Address], bool] = is_public


@dataclass(frozen=True, slots=True)
class _Asked:
    url: URL
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    follows: bool = True

    def forwarded_to(self, location: str) -> "_Asked":
        """Headers may hold secrets: they stay with the server they are meant for."""
        try:
            url = _checked(self.url.join(URL(location)))
        except ValueError:
            raise FetchRefused(FetchRefusal.BROKEN) from None
        headers = self.headers if url.origin() == self.url.origin() else {}
        return _Asked(url, self.method, headers=headers)


def fetch(
    url: str,
    *,
    limit: int = LIMIT,
    seconds: float | None = None,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] = {},
    follow_redirects: bool = True,
    surroundings: Surroundings = Surroundings(),
) -> Fetched:
    """Blocks for at most so many seconds, 10 by default; not from inside a running event loop.
    `limit` is in bytes. Raises FetchRefused. A redirect of a request that brings a body is not
    followed, it is the answer."""
    asked = _Asked(_read_url(url), method, body, headers, follow_redirects and body is None)
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(_fetch_in_time(asked, limit, surroundings, seconds))
    finally:
        # Not asyncio.run: it would also wait for a name look-up that has been given up.
        loop.close()


def _read_url(text: str) -> URL:
    try:
        return _checked(URL(text.strip()))
    except ValueError:
        raise FetchRefused(FetchRefusal.URL) from None


def _checked(url: URL) -> URL:
    """Raises ValueError too, where a part of it can't be read."""
    if url.scheme not in {"", "https", "http"}:
        raise FetchRefused(FetchRefusal.NOT_HTTPS)
    is_complete = url.scheme and url.raw_host and _HOST.fullmatch(url.raw_host) and url.port
    if not is_complete or url.user is not None or len(str(url)) > LONGEST_URL:
        raise FetchRefused(FetchRefusal.URL)
    return url


async def _fetch_in_time(
    asked: _Asked, limit: int, surroundings: Surroundings, seconds: float | None
) -> Fetched:
    try:
        async with asyncio.timeout(TOTAL_SECONDS if seconds is None else seconds):
            return await _follow(asked, limit, surroundings)
    except TimeoutError:
        raise FetchRefused(FetchRefusal.TOO_SLOW) from None


async def _follow(asked: _Asked, limit: int, surroundings: Surroundings) -> Fetched:
    for _ in range(1 + MOST_REDIRECTS):
        answer = await _ask(asked, limit, surroundings)
        if isinstance(answer, Fetched):
            return answer
        asked = asked.forwarded_to(answer)
    raise FetchRefused(FetchRefusal.REDIRECTS)


async def _ask(asked: _Asked, limit: int, surroundings: Surroundings) -> Fetched | str:
    """The answer, or where it redirects to."""
    gate = _Gate(asked.url.scheme, surroundings.is_public)
    connector = TCPConnector(
        resolver=surroundings.resolver or ThreadedResolver(),
        ssl=surroundings.tls,
        use_dns_cache=False,
        force_close=True,
        socket_factory=gate.open_socket,
    )
    try:
        async with ClientSession(
            connector=connector, cookie_jar=DummyCookieJar(), auto_decompress=False
        ) as session:
            return await _exchange(session, asked, limit)
    except (ClientError, OSError, ValueError) as error:
        raise FetchRefused(gate.why_not(error)) from None


async def _exchange(session: ClientSession, asked: _Asked, limit: int) -> Fetched | str:
    headers: LooseHeaders = {**_HEADERS, **asked.headers}
    async with session.request(
        asked.method, asked.url, data=asked.body, headers=headers, allow_redirects=False
    ) as answer:
        location = answer.headers.get("Location", "")
        if asked.follows and location and answer.status in _REDIRECTS:
            return location
        return Fetched(
            status=answer.status,
            content_type=answer.content_type if "Content-Type" in answer.headers else "",
            body=await _read_body(answer, limit),
            url=str(asked.url),
        )


async def _read_body(answer: ClientResponse, limit: int) -> bytes:
    """What the server says of the length may be a lie either way."""
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchRefused(FetchRefusal.BROKEN)
    announced = answer.content_length or 0
    if answer.method != "HEAD" and announced > limit:
        raise FetchRefused(FetchRefusal.TOO_LARGE, announced=announced)
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise FetchRefused(FetchRefusal.TOO_LARGE)
    return bytes(body)


class _Gate:
    """Makes the socket of each connection, or none: the last moment before anything leaves."""

    def __init__(self, scheme: str, is_public: Callable[[Address], bool]) -> None:
        self._is_secure = scheme == "https"
        self._may_be_own = settings.FETCH_PRIVATE_TARGETS and scheme in {"https", "http"}
        self._is_public = is_public
        self._refused = False
        if not self._is_secure and not self._may_be_own:
            raise FetchRefused(FetchRefusal.NOT_HTTPS)

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _name, target = info
        if not self._may_reach(str(target[0])):
            self._refused = True
            raise OSError("This address is not opened.")
        return socket.socket(family, kind, protocol)

    def why_not(self, error: Exception) -> FetchRefusal:
        if self._refused:
            return FetchRefusal.PRIVATE if self._is_secure else FetchRefusal.NOT_HTTPS
        return next((why for kind, why in _ERRORS if isinstance(error, kind)), FetchRefusal.BROKEN)

    def _may_reach(self, text: str) -> bool:
        address = ip_address(text.partition("%")[0])
        return (self._is_secure and self._is_public(address)) or (
            self._may_be_own and is_own_network(address)
        )


_ERRORS: tuple[tuple[type[Exception], FetchRefusal], ...] = (
    (InvalidURL, FetchRefusal.URL),
    (ClientConnectorDNSError, FetchRefusal.UNKNOWN_HOST),
    (ClientConnectorCertificateError, FetchRefusal.TLS),
    (ClientConnectorSSLError, FetchRefusal.TLS),
    (ClientConnectorError, FetchRefusal.UNREACHABLE),
)
