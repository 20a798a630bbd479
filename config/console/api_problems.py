"""Below /api/ and /1/ everything that is wrong is told in JSON, whoever answers: a middleware that
refuses a request before it reaches a view has an HTML page for it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase

from providers.api import clevertap, problems
from providers.api.problems import BROKE, NOT_FOUND, Problem


@dataclass(frozen=True, slots=True)
class Manner:
    """How what is wrong is told below an address."""

    addresses: str
    media_type: str
    told: Callable[[Problem], dict[str, Any]]
    status_of: Callable[[Problem], HTTPStatus]

    def is_of(self, request: HttpRequest) -> bool:
        path = request.path_info
        return path.startswith(self.addresses) or path == self.addresses.rstrip("/")


MANNERS = (
    Manner("/api/", problems.MEDIA_TYPE, problems.told, lambda problem: problem.status),
    Manner(clevertap.ADDRESSES, clevertap.MEDIA_TYPE, clevertap.told, clevertap.status_of),
)
INSECURE = (
    "Call by https:// alone. This call came without, so whoever was on its way may have read the "
    "key: revoke it, and make a new one."
)
WRONG = {
    HTTPStatus.BAD_REQUEST: (
        "request.unreadable",
        "The request can't be read: it is malformed, or names a host that is not ours.",
    ),
    HTTPStatus.FORBIDDEN: ("request.refused", "This is refused."),
    HTTPStatus.NOT_FOUND: ("not_found", NOT_FOUND),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "method_not_allowed",
        "This address has no such method.",
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "too_much",
        "This was too much at once. Call again after as many seconds as Retry-After says.",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "unavailable",
        "This can't be done now, and nothing was changed. Call again a little later.",
    ),
}


class ApiProblemsMiddleware:
    """The first of all, so that nothing answers outside of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        manner = manner_of(request)
        if manner is None or not isinstance(response, HttpResponse):
            return response
        is_wrong = response.status_code >= HTTPStatus.MULTIPLE_CHOICES
        if is_wrong and response.headers.get("Content-Type") != manner.media_type:
            become(response, _problem_of(request, response), manner)
        return response


def manner_of(request: HttpRequest) -> Manner | None:
    """None for what no program calls."""
    return next((manner for manner in MANNERS if manner.is_of(request)), None)


def become(response: HttpResponse, problem: Problem, manner: Manner) -> HttpResponse:
    """The same answer with other words: what middlewares have written into its head stays."""
    response.status_code = manner.status_of(problem)
    response.content = json.dumps(manner.told(problem)).encode()
    response.headers["Content-Type"] = manner.media_type
    response.headers["Content-Length"] = str(len(response.content))
    response.headers["Cache-Control"] = "no-store"
    del response.headers["Location"]
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response


def _problem_of(request: HttpRequest, response: HttpResponse) -> Problem:
    """Nothing of ours leads elsewhere: what would is an address that is written another way, or a
    call that came without TLS."""
    status = HTTPStatus(response.status_code)
    if status < HTTPStatus.BAD_REQUEST:
        if not request.is_secure() and response.headers.get("Location", "").startswith("https://"):
            return Problem(HTTPStatus.FORBIDDEN, "request.insecure", INSECURE)
        status = HTTPStatus.NOT_FOUND
    if status not in WRONG:
        return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "broke", BROKE)
    return Problem(status, *WRONG[status])
