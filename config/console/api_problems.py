"""Below /api/ everything that is wrong is a problem in JSON, whoever answers: a middleware that
refuses a request before it reaches a view has an HTML page for it."""

import json
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest
from django.http.response import HttpResponse, HttpResponseBase

from providers.api.problems import BROKE, MEDIA_TYPE, NOT_FOUND, Problem, told

ADDRESSES = "/api/"
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
        if not is_of_api(request) or not isinstance(response, HttpResponse):
            return response
        is_wrong = response.status_code >= HTTPStatus.MULTIPLE_CHOICES
        if is_wrong and response.headers.get("Content-Type") != MEDIA_TYPE:
            become(response, _problem_of(request, response))
        return response


def is_of_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(ADDRESSES) or request.path_info == ADDRESSES.rstrip("/")


def become(response: HttpResponse, problem: Problem) -> HttpResponse:
    """The same answer with other words: what middlewares have written into its head stays."""
    response.status_code = problem.status
    response.content = json.dumps(told(problem)).encode()
    response.headers["Content-Type"] = MEDIA_TYPE
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
