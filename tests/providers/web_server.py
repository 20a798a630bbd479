"""A web server in a thread that answers byte for byte what a test wants."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[bytes], bytes]
"""From a request's head to all that is written back before the connection is closed."""


@dataclass
class WebServer:
    url: str
    requests: list[bytes] = field(default_factory=list)


def answer(body: bytes = b"", *headers: str, status: str = "200 OK", length: int = -1) -> bytes:
    """`length`: what is claimed, where it is not the truth."""
    claimed = len(body) if length < 0 else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {claimed}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(location: str, *, status: str = "302 Found") -> bytes:
    return answer(b"", f"Location: {location}", status=status)


@contextmanager
def web_server(
    respond: Answer,
    *,
    host: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
    pause: float = 0.0,
) -> Iterator[WebServer]:
    """`pause`: seconds before each byte of the answer."""
    listening = socket.create_server((host, 0), family=_family(host))
    scheme = "https" if tls else "http"
    shown = f"[{host}]" if ":" in host else host
    server = WebServer(f"{scheme}://{shown}:{listening.getsockname()[1]}")
    over = threading.Event()

    def serve(plain: socket.socket) -> None:
        with suppress(OSError), _wrapped(plain, tls) as connection:
            head = _read_head(connection)
            server.requests.append(head)
            _write(connection, respond(head), pause, over)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _wrapped(plain: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    return tls.wrap_socket(plain, server_side=True) if tls else plain


def _read_head(connection: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read and (more := connection.recv(65536)):
        read += more
    return read


def _write(connection: socket.socket, raw: bytes, pause: float, over: threading.Event) -> None:
    if not pause:
        connection.sendall(raw)
        return
    for byte in raw:
        if over.wait(pause):
            return
        connection.sendall(bytes([byte]))
