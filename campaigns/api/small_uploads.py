"""Calls with an event or a few, as shops make them all day. Of all that come at the same moment it
is asked in one go whose they are and whether so many may be made, and they are stored in one go.

This is the short way of what the view does, for calls that show nothing unusual. Whatever is not
well, in whatever way, goes through the view from its beginning, which finds out what to say of it.
Until then nothing is stored of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from time import time
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone

from campaigns.audience.uploads.uploading_events import Call
from campaigns.audience.uploads.uploading_in_company import MOST_RECORDS, upload_calls
from campaigns.audience.uploads.verdicts import Verdict
from providers.api.base import ANSWERS, SMALL_BYTES, bearer, head_of
from providers.api.bodies import announced_bytes, read_object
from providers.api.problems import Problem
from providers.api_keys.ceilings import Spent, spend_each, under_way
from providers.api_keys.reading import KeptKeys
from providers.api_keys.recognizing import KeyRefused, Shown, recognize_each, shown
from providers.models import ApiKey, Scope
from providers.network.client_address import client_address
from providers.together import Together
from providers.watch.actors import Actor

View = Callable[..., Any]
Told = Callable[[Sequence[Verdict]], dict[str, Any]]

MOST_TOGETHER = 500  # records
MOST_KEYS = 1_000
UNUSUAL = ("HTTP_IDEMPOTENCY_KEY", "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING")


@dataclass(frozen=True, slots=True)
class Small:
    """A call that may go the short way."""

    shown: Shown
    records: Sequence[object]


@dataclass(frozen=True, slots=True)
class Done:
    verdicts: Sequence[Verdict]
    spent: Spent | None


def in_company(view: View, told: Told) -> View:
    """In place of the view: the short way, where that can be gone."""

    @wraps(view)
    def answer(request: HttpRequest, **place: Any) -> Any:
        done = _done(request)
        return view(request, **place) if done is None else _written(told(done.verdicts), done.spent)

    return answer


def _done(request: HttpRequest) -> Done | None:
    call = None if connection.in_atomic_block else _small(request)
    if call is None:
        return None
    try:
        return _company(call.shown.public_id).ask(call)
    except (DatabaseError, InterfaceError):
        return None


def _small(request: HttpRequest) -> Small | None:
    meta = request.META
    if (
        request.method != "POST"
        or meta.get("QUERY_STRING")
        or any(name in meta for name in UNUSUAL)
    ):
        return None
    key = shown(bearer(request), address=client_address(meta))
    if key is None or announced_bytes(request) > SMALL_BYTES:
        return None
    body = _body_of(request)
    records = body.get("records")
    if len(body) > 1 or not isinstance(records, list) or len(records) > MOST_RECORDS:
        return None
    return Small(key, records)


def _body_of(request: HttpRequest) -> dict[str, Any]:
    """Empty where it can't be read."""
    try:
        return read_object(request)
    except Problem:
        return {}
    except UnreadablePostError:
        # It can't be read again; who sent it is told that it is too short.
        request._body = b""  # noqa: SLF001
        return {}


def _written(told: dict[str, Any], spent: Spent | None) -> HttpResponse:
    head = {"Allow": "POST, OPTIONS", "Cache-Control": "no-store", **head_of(spent)}
    content = ANSWERS.render(told)
    return HttpResponse(content, headers=head, content_type=ANSWERS.media_type)


@lru_cache(maxsize=MOST_KEYS)
def _company(_public_id: str) -> Together[Small, Done | None]:
    """Of one key: nobody waits for others'."""
    return Together(_Serving().serve, most=MOST_TOGETHER, weigh=lambda call: len(call.records))


class _Serving:
    """For one thread at a time."""

    def __init__(self) -> None:
        self._kept = KeptKeys()

    def serve(self, calls: Sequence[Small]) -> list[Done | None]:
        """None for each that has to go through the view."""
        keys = recognize_each([call.shown for call in calls], kept=self._kept, at=timezone.now())
        begun = dict(_begun(keys))
        try:
            return _stored(calls, begun)
        finally:
            for key in begun.values():
                under_way.end(key.pk, is_small=True)


def _begun(keys: Sequence[ApiKey | KeyRefused]) -> Iterator[tuple[int, ApiKey]]:
    """Those that may do it, by their places."""
    for place, key in enumerate(keys):
        if isinstance(key, KeyRefused) or Scope.WRITE not in key.scopes:
            continue
        if under_way.begin(key.pk, is_small=True):
            yield place, key


def _stored(calls: Sequence[Small], keys: dict[int, ApiKey]) -> list[Done | None]:
    done: list[Done | None] = [None for _ in calls]
    spent = dict(zip(keys, spend_each([key.pk for key in keys.values()], now=time()), strict=True))
    places = [place for place, each in spent.items() if each is None or not each.is_over]
    if not places:
        return done
    asked = [
        Call(keys[place].project, calls[place].records, Actor(None, keys[place]))
        for place in places
    ]
    for place, verdicts in zip(places, upload_calls(asked, create_people=False), strict=True):
        if not isinstance(verdicts, Exception):
            done[place] = Done(verdicts, spent[place])
    return done
