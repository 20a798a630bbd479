"""An answer that is given before the request's body was read says `Connection: close`.

The server closes such a connection, but does not always say so. Whoever sends the next request on
it, a proxy above all, then gets no answer.
"""

from collections.abc import Iterable
from typing import Any

from config.ops.forwarded_proto import Application

CLOSE = ("Connection", "close")


class Body:
    """The server's, with what was read of it counted."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.read_so_far = 0

    def read(self, size: int = -1) -> bytes:
        return self._counted(self._stream.read(size))

    def readline(self, size: int = -1) -> bytes:
        return self._counted(self._stream.readline(size))

    def _counted(self, part: bytes) -> bytes:
        self.read_so_far += len(part)
        return part


def closing_after_unread_bodies(application: Application) -> Application:
    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = _length(environ)
        if not length:
            return application(environ, start_response)
        body = environ["wsgi.input"] = Body(environ["wsgi.input"])

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            unread = body.read_so_far < length
            return start_response(status, [*headers, CLOSE] if unread else headers, *error)

        return application(environ, start)

    return answer


def _length(environ: dict[str, Any]) -> float:
    """Nobody knows that of a body in chunks, which is never read."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return float("inf")
    length: str = environ.get("CONTENT_LENGTH", "")
    return float(length) if length.isascii() and length.isdigit() else 0
