"""Whatever goes wrong is answered as problem details (RFC 9457): a code for programs that never
changes, words for who reads them, and per wrong part of the body where it stands.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from psycopg.errors import QueryCanceled
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import set_rollback

from providers.refusals import Refusal
from providers.watch.full_disk import is_full

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds, where nobody knows better
RETRY_AFTER_CODES = {"key.day_spent": 3_600}
STATUSES = {
    "key.missing": HTTPStatus.UNAUTHORIZED,
    "key.unknown": HTTPStatus.UNAUTHORIZED,
    "key.revoked": HTTPStatus.UNAUTHORIZED,
    "key.ended": HTTPStatus.UNAUTHORIZED,
    "key.elsewhere": HTTPStatus.FORBIDDEN,
    "key.scope": HTTPStatus.FORBIDDEN,
    "key.in_address": HTTPStatus.BAD_REQUEST,
    "key.day_spent": HTTPStatus.TOO_MANY_REQUESTS,
    "key.sends_alone": HTTPStatus.FORBIDDEN,
    "segment.estimate": HTTPStatus.SERVICE_UNAVAILABLE,
    "segment.counts_already": HTTPStatus.SERVICE_UNAVAILABLE,
    "idempotency.unreadable": HTTPStatus.BAD_REQUEST,
    "idempotency.running": HTTPStatus.CONFLICT,
}
NOT_FOUND = "There is nothing at this address."
UNAVAILABLE = (
    "The database can't be reached now, and nothing was changed. Call again a little later."
)
NO_ROOM = "There is no room on the server, so nothing was changed. Tell your operator."
TOO_LONG = "The database took too long, so it was stopped, and nothing was changed. Ask for less."
BROKE = "Something broke on our side, and nothing was changed. The operator finds it in the log."
UNREADABLE = "The request can't be read: it ended too early, or is malformed."


@dataclass(frozen=True, slots=True)
class WrongPart:
    """`path` leads into the body, like “records.3.phone”."""

    path: str
    code: str
    detail: str


def wrong_value(path: str, words: str) -> WrongPart:
    return WrongPart(path, "wrong_value", words)


class Problem(Exception):  # noqa: N818 -- an ordinary outcome, not an error
    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        errors: Sequence[WrongPart] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers = errors, headers or {}


def answer(error: Exception, _context: Mapping[str, Any]) -> Response:
    """The framework's handler of exceptions, for every view of the API."""
    set_rollback()
    problem = problem_of(error)
    headers = dict(problem.headers)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="Kabootar"'
    return Response(told(problem), problem.status, headers=headers, content_type=MEDIA_TYPE)


def told(problem: Problem) -> dict[str, Any]:
    body = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "code": problem.code,
        "detail": problem.detail,
    }
    return body | {"errors": [asdict(part) for part in problem.errors]} if problem.errors else body


def problem_of(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case Refusal():
            return _of_refusal(error)
        case APIException():
            return Problem(HTTPStatus(error.status_code), error.default_code, str(error.detail))
        case Http404() | PermissionDenied():
            return Problem(HTTPStatus.NOT_FOUND, "not_found", NOT_FOUND)
        case UnreadablePostError() | RequestDataTooBig() | SuspiciousOperation():
            return Problem(HTTPStatus.BAD_REQUEST, "request.unreadable", UNREADABLE)
    return _of_ours(error)


def _of_refusal(refusal: Refusal) -> Problem:
    status = STATUSES.get(refusal.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    after = RETRY_AFTER_CODES.get(refusal.code, RETRY_AFTER)
    passing = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
    headers = {"Retry-After": str(after)} if status in passing else {}
    return Problem(status, refusal.code, str(refusal), headers=headers)


def _of_ours(error: Exception) -> Problem:
    if words := _passing(error):
        logger.warning("A call of the API could not be served: %s", type(error).__name__)
        headers = {"Retry-After": str(RETRY_AFTER)}
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return Problem(status, "unavailable", words, headers=headers)
    logger.error("A call of the API broke", exc_info=error)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "broke", BROKE)


def _passing(error: Exception) -> str:
    """What is said of it; empty where it may not work later either."""
    if is_full(error):
        return NO_ROOM
    if not isinstance(error, OperationalError | InterfaceError):
        return ""
    return TOO_LONG if isinstance(error.__cause__, QueryCanceled) else UNAVAILABLE
