"""POST /GatewayAPI/rest: read, decide (which enters it in the book), and only then answer."""

import asyncio
import json
import random
from collections.abc import Mapping
from time import monotonic

from aiohttp import web

from providers.simulator import answers
from providers.simulator.behaviours import Answering
from providers.simulator.book import Book
from providers.simulator.checks import missing
from providers.simulator.deciding import Decider, Decision
from providers.simulator.forms import read_form

LOOK_EVERY = 0.05


class Gateway:
    def __init__(self, *, decider: Decider, book: Book) -> None:
        self._decider = decider
        self._book = book

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self._book.opened()
        try:
            encoded = (await request.read()).decode("utf-8", "replace")
            form = read_form(encoded or request.query_string)
            decision = self._decider.decide(form)
            return await self._answer(request, form, decision)
        finally:
            self._book.closed()

    async def _answer(
        self, request: web.BaseRequest, form: Mapping[str, str], decision: Decision
    ) -> web.StreamResponse:
        options = self._decider.options
        pause = options.latency + decision.extra_seconds
        if options.latency_jitter:
            pause += random.uniform(0.0, options.latency_jitter)  # noqa: S311
        if decision.answering is Answering.HANG:
            await _hang(request, options.hang_seconds)
        elif pause:
            await asyncio.sleep(pause)
        if decision.answering is Answering.NORMAL:
            return _success(form, decision)
        return _trouble(request, form, decision)


async def _hang(request: web.BaseRequest, seconds: float) -> None:
    """Until the client gives up, at the longest."""
    end = monotonic() + seconds
    while monotonic() < end and request.transport is not None:
        await asyncio.sleep(LOOK_EVERY)


def _success(form: Mapping[str, str], decision: Decision) -> web.Response:
    if decision.page is not None:
        body = json.dumps({"data": decision.page.rows, "meta": {"total": decision.page.total}})
        return web.Response(text=body, content_type="application/json")
    return answers.accepted(
        phone=form.get("send_to") or form.get("phone_number", ""),
        external_id=decision.external_id,
        wants_json=form.get("format", "").lower() == "json",
    )


def _trouble(
    request: web.BaseRequest, form: Mapping[str, str], decision: Decision
) -> web.StreamResponse:
    if decision.answering is Answering.ERROR:
        refusal = decision.refusal or missing("method")
        return answers.refused(
            code=refusal.code,
            details=refusal.details,
            phone=form.get("send_to", ""),
            wants_json=form.get("format", "").lower() == "json",
        )
    if decision.answering is Answering.THROTTLED:
        return web.Response(status=429, text="Too many requests")
    if decision.answering is Answering.UNAVAILABLE:
        return answers.html(503)
    if decision.answering is Answering.BAD_GATEWAY:
        return answers.html(502)
    if decision.answering is Answering.HTML:
        return answers.html(200)
    if decision.answering is Answering.EMPTY:
        return answers.empty()
    return answers.cut(request)
