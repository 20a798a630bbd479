"""The async client: one request in, one answer out, on connections that are kept.

It does not retry, pace or pick credentials. A failure before the first byte of the request was
handed to the socket is worth a retry; after it, everything that is no readable answer is in doubt.
"""

import ssl
from math import inf
from time import monotonic
from types import TracebackType
from typing import Self

from aiohttp import ClientConnectorDNSError, ClientConnectorError
from aiohttp.http_exceptions import HttpProcessingError

from providers.gateway import codes
from providers.gateway.answers import Reply, read_answer
from providers.gateway.codes import send_code
from providers.gateway.encoding import encode_call
from providers.gateway.requests import Credentials, GatewayRequest
from providers.gateway.results import Answer
from providers.gateway.settings import GatewaySettings
from providers.gateway.template_list import TemplatePage, read_page
from providers.gateway.wire import AnswerTooLargeError, Progress, Wire

ANSWER_BYTES = 64 * 1024
LIST_BYTES = 32 * 1024 * 1024


class GatewayClient:
    """For one event loop; it connects at its first call. Close it, or use `async with`."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._wire: Wire | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._wire is not None:
            await self._wire.close()
            self._wire = None

    async def call(
        self, request: GatewayRequest, credentials: Credentials, *, before: float = inf
    ) -> Answer:
        """Nothing is sent from `before` on, on the monotonic clock: that is worth a retry. Raises
        nothing but CancelledError; a cancelled call may have been sent."""
        reply = await self._exchange(request, credentials, longest=ANSWER_BYTES, before=before)
        if isinstance(reply, Answer):
            return reply
        return read_answer(reply, request, credentials, self._settings.extra_codes)

    async def list_templates(
        self, request: GatewayRequest, credentials: Credentials
    ) -> TemplatePage:
        """One page of the account's templates. Raises nothing but CancelledError."""
        reply = await self._exchange(request, credentials, longest=LIST_BYTES)
        if isinstance(reply, Answer):
            return TemplatePage(answer=reply)
        return read_page(reply, request, credentials, self._settings.extra_codes)

    async def _exchange(
        self,
        request: GatewayRequest,
        credentials: Credentials,
        *,
        longest: int,
        before: float = inf,
    ) -> Reply | Answer:
        progress, started = Progress(), monotonic()
        try:
            if self._wire is None:
                self._wire = Wire(self._settings)
            body = await self._wire.post(
                request.endpoint,
                encode_call(request, credentials),
                longest=longest,
                before=before,
                progress=progress,
            )
        except Exception as error:  # noqa: BLE001  every failure is an answer to the caller
            return _failure(error, progress, self._settings, monotonic() - started)
        status = progress.http_status or 0
        return Reply(http_status=status, body=body, seconds=monotonic() - started)


def _failure(
    error: Exception, progress: Progress, settings: GatewaySettings, seconds: float
) -> Answer:
    code = _code_after_writing(error) if progress.writing else _code_before_writing(error)
    known = send_code(code, settings.extra_codes)
    return Answer(
        verdict=known.consequence.verdict,
        code=code,
        detail=f"{known.meaning} ({_name(error)})",
        scope=known.consequence.scope,
        slow_down=known.consequence.slow_down,
        http_status=progress.http_status,
        seconds=seconds,
    )


def _code_before_writing(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return codes.CONNECT_TIMED_OUT
    if isinstance(error, ssl.SSLError | ssl.CertificateError):
        return codes.TLS_FAILED
    return codes.UNREACHABLE


def _code_after_writing(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return codes.TIMED_OUT
    if isinstance(error, AnswerTooLargeError):
        return codes.TOO_LARGE
    if isinstance(error, HttpProcessingError):
        return codes.UNREADABLE
    return codes.CONNECTION_LOST


def _name(error: Exception) -> str:
    """What the system said about a connection; otherwise the kind only, never a text that might
    quote the request."""
    if isinstance(error, ssl.SSLError | ssl.CertificateError):
        return type(error).__name__
    if isinstance(error, ClientConnectorDNSError):
        return f"{error.host}: name not found"
    if isinstance(error, ClientConnectorError):
        return f"{error.host}:{error.port}: {error.os_error.strerror or 'no connection'}"
    return type(error).__name__
