"""For whatever changes something: a call with an Idempotency-Key is done once, however often it
comes."""

import json
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.utils.crypto import salted_hmac
from rest_framework.request import Request
from rest_framework.response import Response

from providers.api.base import AsciiJson
from providers.api.bodies import unpacked
from providers.api.problems import Problem
from providers.api_keys.answering_once import Answered, answer_once

Handler = Callable[..., Response]

_NAME = re.compile(r"[!-~]{1,255}", re.ASCII)
UNREADABLE = (
    "An Idempotency-Key has 1 to 255 visible characters of ASCII, like a UUID, with or without "
    "quotes around it."
)


def once(handle: Handler) -> Handler:
    """Of a method that answers with JSON. Without an Idempotency-Key it does nothing."""

    @wraps(handle)
    def handled(view: Any, request: Request, **place: Any) -> Response:
        name = _name_of(request)
        if not name:
            return handle(view, request, **place)
        answered = answer_once(
            view.key,
            name,
            call=_digest_of(request),
            do=lambda: _kept(handle(view, request, **place)),
        )
        headers = {"Idempotency-Replayed": "true"} if answered.is_repeated else None
        return Response(json.loads(answered.body), answered.status, headers=headers)

    handled.is_done_once = True  # type: ignore[attr-defined]
    return handled


def _name_of(request: Request) -> str:
    """The specification has it quoted; many send it bare."""
    given = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if given is None:
        return ""
    name: str = given.strip()
    if len(name) >= 2 and name[0] == name[-1] == '"':
        name = name[1:-1]
    if not _NAME.fullmatch(name):
        raise Problem(HTTPStatus.BAD_REQUEST, "idempotency.unreadable", UNREADABLE)
    return name


def _digest_of(request: Request) -> str:
    """Keyed, since a body may be nothing but a phone. Of what is packed the content counts: packed
    again it may have other bytes."""
    what = f"{request.method} {request.get_full_path()}\n".encode() + unpacked(request)
    return salted_hmac("providers.api_call", what, algorithm="sha256").hexdigest()


def _kept(response: Response) -> Answered:
    return Answered(response.status_code, AsciiJson().render(response.data).decode())
