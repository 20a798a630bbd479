"""The door for Gupshup's callbacks: who calls, is it small enough, store it, 200.

Nothing is parsed here: whatever is stored is answered alike, or a shape that we don't know would
come again for ever.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from rest_framework.exceptions import APIException, ParseError, PermissionDenied
from rest_framework.request import Request
from rest_framework.views import APIView

from callbacks.hints import drain_waker
from callbacks.receiving.authentication import KeysUnavailableError, keys, read_address
from callbacks.receiving.refusing import comes_from, refusals
from callbacks.receiving.slow_bodies import BodyReader, EndedEarlyError
from callbacks.receiving.storing import IncomingRequest, NotStoredError, ReceiptStore
from providers.models import CallbackRefusal

receipts = ReceiptStore(on_commit=drain_waker().wake)
bodies = BodyReader()
# With a length; without one the server would send the answer in chunks.
STORED = {"Content-Type": "application/json", "Content-Length": "2"}


class TooLarge(APIException):
    status_code = 413
    default_detail = "A callback has at most 1 MiB."
    default_code = "too_large"


class LengthRequired(APIException):
    status_code = 411
    default_detail = "Send the body with a Content-Length, not in chunks."
    default_code = "length_required"


class Unavailable(APIException):
    status_code = 503
    default_detail = "Nothing can be stored now. Please try again."
    default_code = "unavailable"


class CallbackView(APIView):
    """Both addresses: either takes either kind of callback, since accounts are set up by hand."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    parser_classes = []
    http_method_names = ["get", "head", "post"]
    endpoint = ""

    project_id: int
    query: str

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # Request and view form a ring through what only parsers need. Cut open, it is freed at
        # once; else it takes the garbage collector, and that a tenth of all the time.
        made = super().initialize_request(request, *args, **kwargs)
        made.parser_context.clear()
        return made

    def initial(self, request: Request, *_: Any, **kwargs: Any) -> None:
        """Instead of the framework's negotiation and permissions: the key in the address."""
        address = read_address(request.META["QUERY_STRING"], key_in_path=kwargs.get("key", ""))
        try:
            account = keys.account_of(address.key)
        except KeysUnavailableError:
            raise Unavailable from None
        if account is None:
            claimed = keys.claimed_project(address.key)
            raise self._refused(request, CallbackRefusal.KEY, project_id=claimed)
        if account.sources and not comes_from(request.META, account.sources):
            raise self._refused(request, CallbackRefusal.SOURCE, project_id=account.project_id)
        self.project_id, self.query = account.project_id, address.query

    @staticmethod
    def _refused(
        request: Request, reason: CallbackRefusal, *, project_id: int | None
    ) -> PermissionDenied:
        """Gupshup never asks by HEAD: that is somebody, often we, who tries the address."""
        if request.method != "HEAD":
            refusals.note(request.META, reason, project_id=project_id)
        return PermissionDenied()

    def head(self, _request: Request, **_: str) -> HttpResponseBase:
        return HttpResponse()

    def get(self, request: Request, **_: str) -> HttpResponseBase:
        return self._store(request, b"")

    def post(self, request: Request, **_: str) -> HttpResponseBase:
        try:
            body = bodies.read(request, length=_length(request))
        except EndedEarlyError:
            raise ParseError("The body ended too early.") from None
        if not body and not self.query:
            raise ParseError("There is nothing in this request.")
        return self._store(request, body)

    def _store(self, request: Request, body: bytes) -> HttpResponseBase:
        arrival = IncomingRequest(
            project_id=self.project_id,
            endpoint=self.endpoint,
            method=request.method or "",
            content_type=request.META.get("CONTENT_TYPE", "")[:200],
            query=self.query,
            body=body,
        )
        try:
            receipts.store(arrival)
        except NotStoredError:
            raise Unavailable from None
        return HttpResponse(b"{}", headers=STORED)


def _length(request: Request) -> int:
    """Before the body is read. A chunked one has no length: the server hands it over empty."""
    length = request.META.get("CONTENT_LENGTH", "")
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        raise LengthRequired
    if length and not (length.isascii() and length.isdigit()):
        raise ParseError("Content-Length is not a number.")
    size = int(length[:20] or 0)  # longer ones would take int() long
    if size > settings.CALLBACK_MAX_BYTES:
        raise TooLarge
    return size
