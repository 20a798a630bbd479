"""Calls as CleverTap's server API takes them, so that a program that feeds it feeds Kabootar by
another host name: who calls, and how it is told what went wrong. What they do is in their apps.

Its account id is our key's id, its passcode the key. It knows no Idempotency-Key, nor do these.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, NoReturn

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from providers.api.base import ApiView
from providers.api.problems import Problem, problem_of
from providers.models.api_key import BEGINNING

ADDRESSES = "/1/"
MEDIA_TYPE = "application/json"
MOST_RECORDS = 1_000
# The statuses that its clients know; what has another one here is a bad request there.
_THEIRS = {400, 401, 403, 404, 405, 409, 429, 500, 503}
# In its own words, where it has some.
_SAID = {
    "key.missing": "Account ID is not valid",
    "key.unknown": "Account ID is not valid",
}
NO_SUCH_CALL = (
    "Kabootar has no such call. Of CleverTap's it knows upload, subscribe, profile.json, "
    "profiles.json, delete/profiles.json, counts/profiles.json, counts/events.json, "
    "counts/trends.json, counts/top.json, and of targets create.json, stop.json, list.json and "
    "result.json."
)


class CleverTapView(ApiView):
    def shown_key(self, request: Request) -> str:
        """The passcode may be the whole key, or what of it stands behind the id."""
        account: str = request.META.get("HTTP_X_CLEVERTAP_ACCOUNT_ID", "").strip()
        passcode: str = request.META.get("HTTP_X_CLEVERTAP_PASSCODE", "").strip()
        if not account or not passcode:
            return ""
        own = f"{BEGINNING}{account.removeprefix(BEGINNING).rstrip('_')}_"
        return own + passcode.removeprefix(own)

    def get_exception_handler(self) -> Callable[..., Response]:
        return answer


class NoSuchCall(CleverTapView):
    """Only who shows a key learns what there is not."""

    def readers(self, _method: str) -> NoReturn:
        raise Problem(HTTPStatus.NOT_FOUND, "not_found", NO_SUCH_CALL)


def answer(error: Exception, _context: Mapping[str, Any]) -> Response:
    """The framework's handler of exceptions, for these views."""
    set_rollback()
    problem = problem_of(error)
    return Response(told(problem), status_of(problem), headers=dict(problem.headers))


def status_of(problem: Problem) -> HTTPStatus:
    return problem.status if problem.status in _THEIRS else HTTPStatus.BAD_REQUEST


def told(problem: Problem) -> dict[str, Any]:
    parts = [f"{part.path}: {part.detail}" for part in problem.errors]
    words = _SAID.get(problem.code) or " ".join([problem.detail, *parts])
    return {"status": "fail", "error": words, "code": int(status_of(problem))}
