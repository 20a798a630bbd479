"""A line for every request of the console, and what all lines that it causes bear.

The line names the page, not its address: some addresses hold the key of an invitation.
"""

import logging
from collections.abc import Callable
from time import monotonic
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from providers.watch.marks import begin, start_anew

logger = logging.getLogger(__name__)

DIGITS = 18  # of a row: int() takes no thousands of them
ROWS = {"campaigns_campaign": "campaign", "campaigns_message": "message",
    "campaigns_import": "import", "callbacks_receipt": "receipt"}  # fmt: skip
QUIET = ("healthz", "readyz", "metrics", "callback_")  # there are many, and rows tell of callbacks


class RequestLogMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The mark stays until the next request: Django complains of this one when we are done."""
        number, started = begin_request()
        response = self._get_response(request)
        response["X-Request-Id"] = number
        match = request.resolver_match
        page = match.view_name if match else "nowhere"
        if not page.startswith(QUIET):
            note_request(request.method or "", page, response.status_code, started)
        return response

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, arguments: dict[str, Any]
    ) -> None:
        """The row that the page is about."""
        match = request.resolver_match
        model = "_".join((match.url_name or "").split("_")[:2]) if match else ""
        row = str(arguments.get("object_id", ""))
        if model in ROWS and row.isdecimal() and len(row) <= DIGITS:
            begin(**{ROWS[model]: int(row)})


def begin_request() -> tuple[str, float]:
    """Its number, which all lines bear that it causes, and when that was."""
    number = uuid4().hex[:16]
    start_anew(request=number)
    return number, monotonic()


def note_request(method: str, page: str, status: int, started: float) -> None:
    took = (monotonic() - started) * 1000
    logger.info("%s %s %s %.0f ms", method, page, status, took)
