"""What a page says that broke: why, where that is known and passes, and what to do."""

import sys
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.defaults import page_not_found, server_error
from psycopg.errors import QueryCanceled

from config.console.api_problems import become, manner_of
from providers.api.problems import problem_of
from providers.watch.full_disk import is_full

GetResponse = Callable[[HttpRequest], HttpResponseBase]
NO_ROOM = (
    "There is no room on the server",
    (
        "The server's disk is full, so nothing of this was saved. Tell your operator; once there "
        "is room, do it again."
    ),
)
TOO_LONG = (
    "This takes too long",
    (
        "The database had not finished after {seconds:g} seconds, so it was stopped, and nothing "
        "was changed. Ask for less at once, or try again when there is less to do. If it stays "
        "like this, tell your operator which page it was."
    ),
)
TOO_MUCH = (
    "Too much at once",
    (
        "You have asked for more than one person's share of the server, so this was not begun, and "
        "nothing was changed. It answers you again in {seconds} s. What you sent already goes on."
    ),
)

TOO_LARGE = (
    "You are signed out",
    (
        "This is too much to be kept here while you are signed out, so it was not taken in. Sign "
        "in again in another tab, then go back to this page and send it once more."
    ),
)


class OwnNotFound:
    """A working copy says of a wrong address what production says: Django's own page lists the
    whole map of addresses instead, to whoever tries the demo."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_djangos = settings.DEBUG and response.status_code == HTTPStatus.NOT_FOUND
        return page_not_found(request, Http404()) if is_djangos else response


def broke(request: HttpRequest) -> HttpResponse:
    """Called while the error is being handled."""
    error = sys.exc_info()[1]
    manner = manner_of(request)
    if manner is not None and isinstance(error, Exception):
        return become(HttpResponse(), problem_of(error), manner)
    heading, words = _what_is_known(error)
    if not words:
        return server_error(request)
    return _not_now(request, heading, words, status=503)


def too_much(request: HttpRequest, seconds: int) -> HttpResponse:
    heading, words = TOO_MUCH
    answer = _not_now(request, heading, words.format(seconds=seconds), status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def too_large(request: HttpRequest) -> HttpResponse:
    heading, words = TOO_LARGE
    return _not_now(request, heading, words, status=413)


def _not_now(request: HttpRequest, heading: str, words: str, *, status: int) -> HttpResponse:
    """Scripts are answered in their own form."""
    if not request.accepts("text/html"):
        return JsonResponse({"said": words, "tone": "error", "url": ""}, status=status)
    return render(None, "not_now.html", {"heading": heading, "words": words}, status=status)


def _what_is_known(error: BaseException | None) -> tuple[str, str]:
    if is_full(error):
        return NO_ROOM
    if error is not None and isinstance(error.__cause__, QueryCanceled):
        heading, words = TOO_LONG
        return heading, words.format(seconds=settings.PAGE_STATEMENT_SECONDS)
    return "", ""
