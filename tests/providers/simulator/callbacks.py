"""Somebody who takes the simulator's callbacks and keeps them as they came."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Callback:
    path: str
    content_type: str
    body: bytes
    authorization: str = ""

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def reports(self) -> list[dict[str, Any]]:
        reports: list[dict[str, Any]] = json.loads(self.form["response"])
        return reports


@dataclass
class Sink:
    """`refusals` many calls are answered 503 before it takes one."""

    url: str = ""
    refusals: int = 0
    taken: list[Callback] = field(default_factory=list)

    @property
    def status_url(self) -> str:
        return f"{self.url}/gupshup/status?a=key"

    @property
    def response_url(self) -> str:
        return f"{self.url}/gupshup/response?a=key"

    @property
    def reports(self) -> list[dict[str, Any]]:
        posts = [callback for callback in self.taken if "response" in callback.form]
        return [report for post in posts for report in post.reports]

    def wait_for(self, reached: Callable[["Sink"], bool], timeout: float = 10.0) -> None:
        deadline = time.monotonic() + timeout
        while not reached(self):
            if time.monotonic() > deadline:
                raise TimeoutError(f"not reached: {self.taken}")
            time.sleep(0.01)


@contextmanager
def taking_callbacks() -> Iterator[Sink]:
    sink = Sink()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken = sink.refusals <= 0
            sink.refusals -= 1
            if taken:
                authorization = self.headers.get("Authorization", "")
                content_type = self.headers["Content-Type"]
                sink.taken.append(Callback(self.path, content_type, body, authorization))
            self.send_response(200 if taken else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    sink.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
