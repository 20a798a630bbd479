"""The gateway's answers, in the shapes that its documents print."""

import random
import socket
import struct
import time

from aiohttp import web

HTML_PAGE = b"<html><body><h1>We are down for maintenance</h1></body></html>"


def accepted(*, phone: str, external_id: str, wants_json: bool) -> web.Response:
    if not wants_json:
        return web.Response(text=f"success | {phone} | {external_id}\n")
    body = (
        f'{{"response":{{"id":"{external_id}","phone":"{phone}","details":"","status":"success"}}}}'
    )
    return web.Response(text=body, content_type="application/json")


def refused(*, code: str, details: str, phone: str, wants_json: bool) -> web.Response:
    """HTTP 200 all the same; the code stands in `id`."""
    if not wants_json:
        return web.Response(text=f"error | {code} | {details}\n")
    entry = {"id": code, "phone": phone, "details": details, "status": "error"}
    return web.json_response({"response": entry})


def html(status: int) -> web.Response:
    return web.Response(status=status, body=HTML_PAGE, content_type="text/html")


def empty() -> web.Response:
    return web.Response(body=b"", content_type="application/json")


def cut(request: web.BaseRequest) -> web.Response:
    """A reset, not an orderly end: what the client sees when a process dies."""
    transport = request.transport
    if transport is not None:
        opened: socket.socket = transport.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


class MessageIds:
    """19 digits, a dash, and the caller's msg_id or 15 to 18 digits."""

    def __init__(self) -> None:
        self._next = 4 * 10**18 + time.time_ns() // 1000 % 10**15 * 1000

    def new(self, msg_id: str) -> str:
        self._next += random.randint(1, 999)  # noqa: S311  no secret: it only looks like Gupshup's
        return f"{self._next}-{msg_id or self._tail()}"

    @staticmethod
    def _tail() -> str:
        return str(random.randint(10**14, 10**18 - 1))  # noqa: S311
