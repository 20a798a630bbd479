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
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import set_rollback

from providers.refusals import Refusal

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds, where nobody knows better
STATUSES = {
    "key.missing": HTTPStatus.UNAUTHORIZED,
    "key.unknown": HTTPStatus.UNAUTHORIZED,
    "key.revoked": HTTPStatus.UNAUTHORIZED,
    "key.ended": HTTPStatus.UNAUTHORIZED,
    "key.elsewhere": HTTPStatus.FORBIDDEN,
    "key.scope": HTTPStatus.FORBIDDEN,
    "key.in_address": HTTPStatus.BAD_REQUEST,
}
NOT_FOUND = "There is nothing at this address."
UNAVAILABLE = (
    "The database can't be reached now, and nothing was changed. Call again a little later."
)
BROKE = "Something broke on our side, and nothing was changed. The operator finds it in the log."
UNREADABLE = "The request can't be read: it ended too early, or is malformed."


@dataclass(frozen=True, slots=True)
class WrongPart:
    """`path` leads into the body, like “records.3.phone”."""

    path: str
    code: str
    detail: str


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
    problem = _problem_of(error)
    headers = dict(problem.headers)
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="Kabootar"'
    return Response(_body(problem), problem.status, headers=headers, content_type=MEDIA_TYPE)


def _body(problem: Problem) -> dict[str, Any]:
    body = {
        "type": "about:blank",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "code": problem.code,
        "detail": problem.detail,
    }
    return body | {"errors": [asdict(part) for part in problem.errors]} if problem.errors else body


def _problem_of(error: Exception) -> Problem:
    match error:
        case Problem():
            return error
        case Refusal():
            status = STATUSES.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
            return Problem(status, error.code, str(error))
        case APIException():
            return Problem(HTTPStatus(error.status_code), error.default_code, str(error.detail))
        case Http404() | PermissionDenied():
            return Problem(HTTPStatus.NOT_FOUND, "not_found", NOT_FOUND)
        case UnreadablePostError() | RequestDataTooBig() | SuspiciousOperation():
            return Problem(HTTPStatus.BAD_REQUEST, "request.unreadable", UNREADABLE)
    return _of_ours(error)


def _of_ours(error: Exception) -> Problem:
    if isinstance(error, OperationalError | InterfaceError):
        logger.warning("A call of the API had no database: %s", type(error).__name__)
        headers = {"Retry-After": str(RETRY_AFTER)}
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return Problem(status, "unavailable", UNAVAILABLE, headers=headers)
    logger.error("A call of the API broke", exc_info=error)
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "broke", BROKE)
