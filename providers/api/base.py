"""What every address of the API does first: whose key it is, and whether it may do that now."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from time import time
from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils import timezone
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from providers.api import problems
from providers.api.bodies import WEIGHT, announced_bytes
from providers.api.chosen_fields import names_in, only, some_of
from providers.api.operations import Operation
from providers.api.queries import Reader, read_query
from providers.api_keys.ceilings import (
    Spent,
    Weight,
    calls_of_projects,
    most_at_once,
    most_of_a_project,
    spend,
    under_way,
)
from providers.api_keys.recognizing import check_address, check_scope, recognize
from providers.models import ApiKey, Project, Scope
from providers.network.client_address import client_address
from providers.watch.actors import Actor

SMALL_BYTES = 16 * 1024
# Where a call was counted before it came here, its `Spent`. No header can be called so.
COUNTED = "kabootar.counted"
# Where as many of its key wait already as may be under way.
CROWDED = "kabootar.crowded"
TOO_MANY = "This key has made its {limit} calls of this minute. Call again in {seconds} s."
TOO_MANY_AT_ONCE = "{most} calls of this key are under way. Make the next when one has ended."
TOO_MANY_OF_PROJECT = (
    "{most} calls of this project's keys are under way. Make the next when one has ended."
)


class JsonAlone(BaseContentNegotiation):
    """Whatever a caller accepts: there is nothing else to give."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        of_it = (one for one in parsers if one.media_type == request.content_type.partition(";")[0])
        return next(of_it, None)

    def select_renderer(
        self, _request: Request, renderers: Any, _format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class AsciiJson(JSONRenderer):
    """Half of a surrogate pair, which a text of somebody may have, can only stand as an escape."""

    ensure_ascii = True

    def get_indent(self, *_: object) -> None:
        """Nobody may ask for one."""


ANSWERS = AsciiJson()


class ApiView(APIView):
    """`scopes`: by the method, what its key must have; without a word for it, any key will do."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    renderer_classes = [AsciiJson]
    parser_classes = []
    content_negotiation_class = JsonAlone
    metadata_class = None
    scopes: Mapping[str, Scope] = {}
    small_bytes = -1  # up to which a body is a small one
    operations: ClassVar[Mapping[str, Operation]] = {}

    key: ApiKey
    query: Mapping[str, Any]
    wanted: frozenset[str] | None = None
    spent: Spent | None = None
    is_small = False
    is_under_way = False
    is_among_projects = False
    weight: Weight | None = None

    def dispatch(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch(*args, **kwargs)
        finally:
            if self.is_under_way:
                under_way.end(self.key.pk, is_small=self.is_small)
            if self.is_among_projects:
                calls_of_projects.end(self.key.project_id)
            if self.weight:
                self.weight.end()

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # Request and view form a ring through what only parsers need. Cut open, it is freed at
        # once, and does not wait for the garbage collector with all that its body was made into.
        made = super().initialize_request(request, *args, **kwargs)
        made.parser_context.clear()
        return made

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> None:
        # In place of what the framework would find out anew for each call: that there is one form
        # of answers, one version, nobody signed in, and no permission or throttle of its own.
        request.accepted_renderer, request.accepted_media_type = ANSWERS, ANSWERS.media_type
        check_address(request.get_full_path())
        address = client_address(request.META)
        self.key = recognize(self.shown_key(request), address=address, at=timezone.now())
        counted = request.META.get(COUNTED)
        self.spent = counted or spend(self.key.pk, now=time())
        if self.spent and self.spent.is_over:
            seconds = self.spent.resets_in
            words = TOO_MANY.format(limit=self.spent.limit, seconds=seconds)
            raise _too_many(words, seconds=seconds)
        self._begin(request)
        method = "GET" if request.method == "HEAD" else request.method or ""
        if scope := self.scopes.get(method):
            check_scope(self.key, scope)
        query = read_query(request, self.readers(method))
        self.wanted = query.pop("fields", None)
        self.query = query

    def _begin(self, request: Request) -> None:
        self.is_small = self.is_about_little(request)
        is_crowded = CROWDED in request.META
        self.is_under_way = not is_crowded and under_way.begin(self.key.pk, is_small=self.is_small)
        if not self.is_under_way:
            most = most_at_once(is_small=self.is_small)
            raise _too_many(TOO_MANY_AT_ONCE.format(most=most), seconds=1)
        self.is_among_projects = calls_of_projects.begin(self.key.project_id)
        if not self.is_among_projects:
            raise _too_many(TOO_MANY_OF_PROJECT.format(most=most_of_a_project()), seconds=1)
        self.weight = request.META[WEIGHT] = Weight(self.key.project_id)

    def is_about_little(self, request: Request) -> bool:
        """Whether it is over soon and takes next to no memory: of such more may be under way."""
        return request.method == "POST" and announced_bytes(request.META) <= self.small_bytes

    def shown_key(self, request: Request) -> str:
        """Empty where there is none."""
        return bearer(request.META)

    def readers(self, method: str) -> Mapping[str, Reader]:
        if method != "GET":
            return {}
        told = self.operations.get(method)
        names = names_in(told.answer) if told else ()
        return {**self.parameters(), **({"fields": some_of(names)} if names else {})}

    def parameters(self) -> Mapping[str, Reader]:
        """Of the address, behind its question mark, and what reads them."""
        return {}

    @property
    def project(self) -> Project:
        return self.key.project

    @property
    def actor(self) -> Actor:
        return Actor(None, self.key)

    def get_exception_handler(self) -> Callable[..., Response]:
        return problems.answer

    def finalize_response(self, request: Request, response: Any, *args: Any, **more: Any) -> Any:
        if self.wanted is not None and response.status_code == HTTPStatus.OK:
            response.data = only(self.wanted, response.data)
        answer = super().finalize_response(request, response, *args, **more)
        answer["Cache-Control"] = "no-store"
        for name, value in head_of(self.spent).items():
            answer[name] = value
        if isinstance(answer, Response):  # a file is none, and does not hold its view
            answer.add_post_render_callback(_cut_loose)
        return answer


def _cut_loose(answer: Response) -> None:
    """From its view, which holds the answer and all that was read of the call: cut open, that ring,
    too, is freed at once."""
    answer.renderer_context.clear()  # type: ignore[attr-defined]


def head_of(spent: Spent | None) -> dict[str, str]:
    """What an answer says of a call of its key."""
    if spent is None:
        return {}
    return {
        "RateLimit-Policy": f'"key";q={spent.limit};w=60',
        "RateLimit": f'"key";r={spent.left};t={spent.resets_in}',
    }


def bearer(meta: Mapping[str, Any]) -> str:
    """The key that a call shows; empty where there is none."""
    kind, _space, key = meta.get("HTTP_AUTHORIZATION", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else ""


def _too_many(words: str, *, seconds: int) -> problems.Problem:
    headers = {"Retry-After": str(seconds)}
    return problems.Problem(HTTPStatus.TOO_MANY_REQUESTS, "key.too_many", words, headers=headers)
