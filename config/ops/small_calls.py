"""Calls with a few events are answered before Django makes a request of them.

What it does with a request before and after its view is the same for all of them, and took longer
than all that is done for one alone. Whatever shows anything unusual goes through Django from its
beginning, and so does what was begun here and could not be ended.
"""

import logging
from collections.abc import Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from campaigns.api.small_uploads import Answer, answered
from config.ops import request_log
from config.ops.forwarded_proto import Application

logger = logging.getLogger(__name__)

ADDRESS, PAGE = "/api/v1/events", "api_campaigns:events"
# All that Django's middlewares look at, of a call of this address.
LOOKED_AT = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT")  # fmt: skip
OURS = "config."

Head = Sequence[tuple[str, str]]


def answering_small_calls(application: Application) -> Application:
    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        is_one = environ["PATH_INFO"] == ADDRESS and environ["REQUEST_METHOD"] == "POST"
        usual = usual_head(*map(environ.get, LOOKED_AT)) if is_one else None
        if usual is None:
            return application(environ, start_response)
        number, started = request_log.begin_request()
        small = _answered(environ)
        if small is None:
            return application(environ, start_response)
        own = (("X-Request-Id", number), ("Content-Length", str(len(small.content))))
        start_response("200 OK", [*small.head.items(), *usual, *own])
        request_log.note_request("POST", PAGE, 200, started)
        return [small.content]

    return answer


def _answered(environ: dict[str, Any]) -> Answer | None:
    stream = environ["wsgi.input"]

    def body() -> bytes:
        """Who reads it again gets the same, if it is less than was promised."""
        try:
            text: bytes = stream.read(int(environ["CONTENT_LENGTH"]))
        except OSError:
            text = b""
        environ["wsgi.input"] = BytesIO(text)
        return text

    try:
        return answered(environ, body)
    except Exception:
        # Nothing is stored of it; or, where it is, the repeat finds it.
        logger.exception("A small call goes the long way")
        return None


@lru_cache(maxsize=1_000)
def usual_head(*looked_at: str | None) -> Head | None:
    """What Django's middlewares write into the head of each answer. None where they answer
    themselves: who asks for a host that is not ours, or without TLS."""
    environ = {name: value for name, value in zip(LOOKED_AT, looked_at, strict=True) if value}
    environ |= {"REQUEST_METHOD": "POST", "PATH_INFO": ADDRESS, "wsgi.input": BytesIO()}  # type: ignore[dict-item]
    middlewares = [name for name in settings.MIDDLEWARE if not name.startswith(OURS)]
    handle: Any = _nothing
    for name in reversed(middlewares):
        handle = import_string(name)(handle)
    try:
        response = handle(WSGIRequest(environ))
    except SuspiciousOperation:
        return None
    if response.status_code != 200:
        return None
    return [pair for pair in response.items() if pair[0] not in ("Content-Type", "Content-Length")]


def _nothing(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()
