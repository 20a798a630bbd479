"""Servers that answer byte for byte what a test wants, and the client's settings for them."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from providers.gateway.requests import Credentials, SessionText
from providers.gateway.settings import GatewaySettings

LOGIN = Credentials(user_id="2000000002", password="two-way-password")
ACCEPTED = b'{"response":{"id":"5145722132009541678-7-1","phone":"","status":"success"}}'


def message(number: int = 7) -> SessionText:
    return SessionText(
        phone="919000000011", text="Hello", msg_id=f"{number}-1", extra=f"0|0|0|{number}|0"
    )


def settings_for(url: str, **changes: float) -> GatewaySettings:
    return GatewaySettings(
        send_url=url,
        template_url=url,
        total_timeout=changes.get("total_timeout", 5.0),
        connect_timeout=changes.get("connect_timeout", 2.0),
        keepalive=changes.get("keepalive", 15.0),
        concurrency=int(changes.get("concurrency", 20)),
    )


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class Served:
    """What one server has seen. `requests` are the bodies, in the order of their reading."""

    url: str = ""
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Served], Awaitable[None]]


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[Served]:
    served = Served()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await handler(reader, writer, served)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    scheme = "https" if tls else "http"
    served.url = f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/GatewayAPI/rest"
    try:
        yield served
    finally:
        server.close()


async def read_request(reader: asyncio.StreamReader, served: Served) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    body = await reader.readexactly(length)
    served.requests.append(body)
    return body


def answering(raw: bytes) -> Handler:
    """The same bytes to every request, on connections that are kept."""

    async def handler(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, served: Served
    ) -> None:
        while True:
            await read_request(reader, served)
            writer.write(raw)
            await writer.drain()

    return handler


def answering_and_closing(raw: bytes) -> Handler:
    async def handler(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, served: Served
    ) -> None:
        await read_request(reader, served)
        writer.write(raw)
        await writer.drain()

    return handler


def self_signed(folder: Path, *names: str) -> ssl.SSLContext:
    """A server's side of TLS with a certificate that nobody has signed but itself; it is kept as
    server.pem, and holds for 127.0.0.1 and the given names."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ip_address("127.0.0.1")), *map(x509.DNSName, names)]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
