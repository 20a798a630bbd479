"""Calls with an event or a few, as shops make them all day. Of all that come at the same moment it
is asked in one go whose they are and whether so many may be made, and they are stored in one go.

This is the short way of what the view does, for calls that show nothing unusual. Whatever is not
well, in whatever way, goes through the view from its beginning, which finds out what to say of it.
Until then nothing is stored of it.
"""

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from time import time
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone

from campaigns.api.uploads import told
from campaigns.audience.uploads.uploading_events import Call
from campaigns.audience.uploads.uploading_in_company import MOST_RECORDS, Verdicts, upload_calls
from campaigns.audience.uploads.verdicts import Outcome, Verdict
from providers.api.base import ANSWERS, COUNTED, CROWDED, SMALL_BYTES, bearer, head_of
from providers.api.bodies import announced_bytes, is_json, object_in
from providers.api.problems import Problem
from providers.api.warm_connections import warm_connections
from providers.api_keys.ceilings import Spent, calls_of_projects, spend_each, under_way, waiting
from providers.api_keys.reading import KeptKeys
from providers.api_keys.recognizing import KeyRefused, Shown, project_of, recognize_each, shown
from providers.models import ApiKey, Scope
from providers.network.client_address import client_address
from providers.process.together import Together
from providers.watch.actors import Actor

View = Callable[..., Any]
Meta = MutableMapping[str, Any]
Body = Callable[[], bytes]

MOST_TOGETHER = 500  # records
MOST_KEYS = MOST_KINDS = 1_000
UNUSUAL = ("HTTP_IDEMPOTENCY_KEY", "HTTP_CONTENT_ENCODING", "HTTP_TRANSFER_ENCODING")
TRIED = "kabootar.short_way_tried"  # no header of a request can be called so


@dataclass(frozen=True, slots=True)
class Small:
    """A call that may go the short way."""

    shown: Shown
    records: Sequence[object]


@dataclass(frozen=True, slots=True)
class Done:
    """`verdicts` is None where the call was counted, and is to go through the view yet."""

    verdicts: Sequence[Verdict] | None
    spent: Spent | None


@dataclass(frozen=True, slots=True)
class Answer:
    """200, with this."""

    head: dict[str, str]
    content: bytes


def in_company(view: View) -> View:
    """In place of the view: the short way, where that can be gone."""

    @wraps(view)
    def answer(request: HttpRequest, **place: Any) -> Any:
        small = answered(request.META, lambda: _body_of(request))
        if small is None:
            return view(request, **place)
        return HttpResponse(small.content, headers=small.head)

    return answer


def answered(meta: Meta, body: Body) -> Answer | None:
    """Of a call of that address. None where it has to go through the view, for which `meta` then
    says what was done of it already. `body` is asked for once, and only of what is small."""
    if TRIED in meta or connection.in_atomic_block:
        return None
    meta[TRIED] = True
    done = _done(meta, body)
    if done is None:
        return None
    if done.verdicts is None:
        meta[COUNTED] = done.spent
        return None
    head = {
        "Content-Type": ANSWERS.media_type,
        "Allow": "POST, OPTIONS",
        "Cache-Control": "no-store",
        **head_of(done.spent),
    }
    return Answer(head, _content_of(done.verdicts))


def _done(meta: Meta, body: Body) -> Done | None:
    call = _small(meta, body)
    if call is None:
        return None
    project_id = project_of(call.shown.public_id)
    if project_id is None or not calls_of_projects.begin(project_id):
        return None
    try:
        return _in_company(call, meta)
    except (DatabaseError, InterfaceError):
        return None
    finally:
        calls_of_projects.end(project_id)


def _in_company(call: Small, meta: Meta) -> Done | None:
    showing = call.shown.public_id, call.shown.secret
    if not waiting.begin(showing, is_small=True):  # each holds a thread, however long it waits
        meta[CROWDED] = True
        return None
    try:
        return _company(call.shown.public_id).ask(call)
    finally:
        waiting.end(showing, is_small=True)


def _small(meta: Meta, body: Body) -> Small | None:
    if (
        meta.get("REQUEST_METHOD") != "POST"
        or meta.get("QUERY_STRING")
        or any(name in meta for name in UNUSUAL)
        or not 0 < announced_bytes(meta) <= SMALL_BYTES
        or not is_json(meta)
    ):
        return None
    key = shown(bearer(meta), address=client_address(meta))
    records = _records_in(body(), announced_bytes(meta)) if key else None
    return Small(key, records) if key and records is not None else None


def _records_in(text: bytes, length: float) -> list[object] | None:
    """None where there is anything else in it, or it can't be read."""
    try:
        body = object_in(text) if len(text) == length else {}
    except Problem:
        return None
    records = body.get("records")
    is_small = isinstance(records, list) and len(body) == 1 and len(records) <= MOST_RECORDS
    return records if is_small else None


def _body_of(request: HttpRequest) -> bytes:
    try:
        return request.body
    except UnreadablePostError:
        # It can't be read again; who sent it is told that it is too short.
        request._body = b""  # noqa: SLF001
        return b""


def _content_of(verdicts: Sequence[Verdict]) -> bytes:
    if any(verdict.code or verdict.left_out for verdict in verdicts):
        return ANSWERS.render(told(verdicts))
    return _plain(tuple(verdict.outcome for verdict in verdicts))


@lru_cache(maxsize=MOST_KINDS)
def _plain(outcomes: tuple[Outcome, ...]) -> bytes:
    """Nearly all answers are the same few."""
    return ANSWERS.render(told([Verdict(outcome) for outcome in outcomes]))


@lru_cache(maxsize=MOST_KEYS)
def _company(_public_id: str) -> Together[Small, Done | None]:
    """Of one key: nobody waits for others'."""
    return Together(_Serving().serve, most=MOST_TOGETHER, weigh=lambda call: len(call.records))


class _Serving:
    """For one thread at a time."""

    def __init__(self) -> None:
        self._kept = KeptKeys()

    def serve(self, calls: Sequence[Small]) -> list[Done | None]:
        """None for each that has to go through the view from its beginning."""
        with warm_connections.lent():
            return self._serve(calls)

    def _serve(self, calls: Sequence[Small]) -> list[Done | None]:
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
    for place, each in spent.items():
        done[place] = Done(None, each)
    places = [place for place, each in spent.items() if each is None or not each.is_over]
    asked = [
        Call(keys[place].project, calls[place].records, Actor(None, keys[place]))
        for place in places
    ]
    for place, verdicts in zip(places, _uploaded(asked), strict=True):
        if not isinstance(verdicts, Exception):
            done[place] = Done(verdicts, spent[place])
    return done


def _uploaded(asked: Sequence[Call]) -> Sequence[Verdicts]:
    try:
        return upload_calls(asked, create_people=False) if asked else []
    except (DatabaseError, InterfaceError) as error:
        return [error for _ in asked]
