"""A program that posts callbacks over kept-open connections, and says how long each answer took.

A process of its own, so that its work is not counted as the receiver's. Requests are made before
the clock starts. Prints one line of JSON.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

CONNECTIONS = 64


@dataclass(frozen=True)
class Posted:
    """`statuses` counts the answers by status; times in milliseconds."""

    seconds: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]

    def check(self, count: int, *, status: int = 200) -> None:
        if self.statuses != {str(status): count}:
            raise RuntimeError(f"not all of {count} were answered {status}: {self.statuses}")


def post(
    url: str, bodies: Path, *, content_type: str, connections: int = CONNECTIONS, key: str = ""
) -> Posted:
    """`bodies`: a file with one body a line. `key`: of the API."""
    command = [sys.executable, "-m", "tests.benchmarks.posting", url, str(bodies), content_type]
    output = subprocess.run(
        [*command, str(connections)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"POSTING_KEY": key},
    ).stdout
    return Posted(**json.loads(output))


def post_one(url: str, body: bytes) -> None:
    """From this process, and over a connection of its own."""
    request = Request(url, body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        assert answer.status == 200


class Connection(asyncio.Protocol):
    """One request at a time. The receiver's answers come with a Content-Length."""

    def __init__(self, requests: deque[bytes], done: asyncio.Event) -> None:
        self.requests, self.done = requests, done
        self.times: list[float] = []
        self.statuses: dict[str, int] = {}
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.send()

    def send(self) -> None:
        if not self.requests:
            self.done.set()
            self.transport.close()
            return
        self.started = time.perf_counter()
        self.transport.write(self.requests.popleft())

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _length(head):
            return
        self.times.append(time.perf_counter() - self.started)
        status = head[9:12].decode()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.buffer = b""
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.is_set():
            self.statuses["lost"] = self.statuses.get("lost", 0) + 1
        self.done.set()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


async def post_all(url: str, bodies: list[bytes], content_type: str, connections: int) -> Posted:
    parts = urlsplit(url)
    assert parts.hostname
    requests = deque(_request(f"{parts.path}?{parts.query}", b, content_type) for b in bodies)
    ends = [asyncio.Event() for _ in range(connections)]
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    made = [
        await loop.create_connection(
            lambda e=end: Connection(requests, e), parts.hostname, parts.port
        )
        for end in ends
    ]
    await asyncio.gather(*(end.wait() for end in ends))
    seconds = time.perf_counter() - started
    protocols = [protocol for _, protocol in made]
    times = sorted(t * 1000 for protocol in protocols for t in protocol.times)
    statuses: dict[str, int] = {}
    for protocol in protocols:
        for status, n in protocol.statuses.items():
            statuses[status] = statuses.get(status, 0) + n
    return Posted(seconds, times[len(times) // 2], times[int(len(times) * 0.99)], statuses)


def _request(path: str, body: bytes, content_type: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\n"
    )
    if key := os.environ.get("POSTING_KEY"):
        head += f"Authorization: Bearer {key}\r\n"
    head += "\r\n"
    return head.encode() + body


if __name__ == "__main__":
    lines = Path(sys.argv[2]).read_bytes().splitlines()
    print(
        json.dumps(
            asyncio.run(post_all(sys.argv[1], lines, sys.argv[3], int(sys.argv[4]))).__dict__
        )
    )
