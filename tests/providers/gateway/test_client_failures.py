"""The client when things break: worth a retry before the first byte has left, in doubt after it."""

import asyncio
import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic

import pytest

from providers.gateway.client import GatewayClient
from providers.gateway.requests import Credentials
from providers.gateway.results import Answer, Verdict
from tests.gateway_simulator import TWO_WAY_PASSWORD, TWO_WAY_USER, running_simulator
from tests.providers.gateway.servers import (
    ACCEPTED,
    LOGIN,
    Handler,
    Served,
    answering,
    answering_and_closing,
    http,
    message,
    read_request,
    self_signed,
    serving,
    settings_for,
)

Outcome = tuple[Verdict, str, int | None]


def outcome(answer: Answer) -> Outcome:
    return answer.verdict, answer.code, answer.http_status


def call(url: str, login: Credentials = LOGIN, **settings: float) -> Answer:
    async def go() -> Answer:
        async with GatewayClient(settings_for(url, **settings)) as client:
            return await client.call(message(), login)

    return asyncio.run(go())


def call_to(handler: Handler, **settings: float) -> tuple[Answer, Served]:
    async def go() -> tuple[Answer, Served]:
        async with (
            serving(handler) as served,
            GatewayClient(settings_for(served.url, **settings)) as client,
        ):
            return await client.call(message(), LOGIN), served

    return asyncio.run(go())


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def reset(writer: asyncio.StreamWriter) -> None:
    opened = writer.get_extra_info("socket")
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def test_a_refused_connection_is_worth_a_retry() -> None:
    answer = call(f"http://127.0.0.1:{closed_port()}/")
    assert outcome(answer) == (Verdict.RETRY, "unreachable", None)


def test_a_name_that_nobody_knows_is_worth_a_retry() -> None:
    answer = call("http://gateway.invalid/GatewayAPI/rest")
    assert outcome(answer) == (Verdict.RETRY, "unreachable", None)
    assert answer.detail.endswith("(gateway.invalid: name not found)")


def test_an_address_that_is_none_is_worth_a_retry() -> None:
    assert call("http://").verdict is Verdict.RETRY


def test_a_gateway_that_speaks_no_tls_is_worth_a_retry() -> None:
    async def handler(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _: Served
    ) -> None:
        await reader.read(100)
        writer.write(http(ACCEPTED))
        await writer.drain()

    async def go() -> Answer:
        async with serving(handler) as served:
            url = served.url.replace("http:", "https:")
            async with GatewayClient(settings_for(url)) as client:
                return await client.call(message(), LOGIN)

    assert outcome(asyncio.run(go())) == (Verdict.RETRY, "tls_failed", None)


def test_a_certificate_that_nobody_signed_is_not_trusted(tmp_path: Path) -> None:
    async def go() -> tuple[Answer, Served]:
        async with (
            serving(answering(http(ACCEPTED)), self_signed(tmp_path)) as served,
            GatewayClient(settings_for(served.url)) as client,
        ):
            return await client.call(message(), LOGIN), served

    answer, served = asyncio.run(go())
    assert (outcome(answer), served.requests) == ((Verdict.RETRY, "tls_failed", None), [])


def test_waiting_in_vain_for_a_free_connection_is_worth_a_retry() -> None:
    async def go(url: str) -> list[Answer]:
        settings = settings_for(url, concurrency=1, connect_timeout=0.2)
        async with GatewayClient(settings) as client:
            calls = [client.call(message(number), LOGIN) for number in range(2)]
            return await asyncio.gather(*calls)

    with running_simulator(latency=1.0) as gateway:
        answers = asyncio.run(go(gateway.gateway_url))
        read = gateway.state()["requests"]
    assert [outcome(answer) for answer in answers] == [
        (Verdict.ACCEPTED, "", 200),
        (Verdict.RETRY, "connect_timed_out", None),
    ]
    assert read == 1


@contextmanager
def nobody_at_the_door() -> Iterator[str]:
    """A listener whose queue is full: a new connection neither comes about nor is refused."""
    with socket.socket() as listener, ExitStack() as queue:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            waiting = queue.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.parametrize("limit", ["connect_timeout", "total_timeout"])
def test_no_connection_in_time_is_worth_a_retry(limit: str) -> None:
    with nobody_at_the_door() as url:
        answer = call(url, **{limit: 0.3})
    assert outcome(answer) == (Verdict.RETRY, "connect_timed_out", None)


@pytest.mark.parametrize("behaviour", ["hang", "hang_accepted"])
def test_no_answer_in_time_leaves_the_message_in_doubt(behaviour: str) -> None:
    with running_simulator(behaviour=behaviour) as gateway:
        gateway.inbound("919000000011", text="Hi")
        answer = call(gateway.gateway_url, total_timeout=0.3)
        read = gateway.state()["requests"]
    assert (outcome(answer), read) == ((Verdict.IN_DOUBT, "timed_out", None), 1)


@pytest.mark.parametrize("behaviour", ["reset", "reset_accepted"])
def test_a_reset_after_reading_leaves_the_message_in_doubt(behaviour: str) -> None:
    with running_simulator(behaviour=behaviour) as gateway:
        answer = call(gateway.gateway_url)
        read = gateway.state()["requests"]
    assert (outcome(answer), read) == ((Verdict.IN_DOUBT, "connection_lost", None), 1)


def test_a_reset_before_reading_leaves_the_message_in_doubt() -> None:
    async def handler(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: Served) -> None:
        await asyncio.sleep(0.1)
        reset(writer)

    answer, served = call_to(handler)
    assert (outcome(answer), served.requests) == ((Verdict.IN_DOUBT, "connection_lost", None), [])


def test_a_connection_closed_without_an_answer_leaves_the_message_in_doubt() -> None:
    answer, served = call_to(answering_and_closing(b""))
    assert (outcome(answer), len(served.requests)) == (
        (Verdict.IN_DOUBT, "connection_lost", None),
        1,
    )


def test_a_kept_connection_that_dies_under_a_request_is_not_tried_again() -> None:
    async def handler(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, served: Served
    ) -> None:
        await read_request(reader, served)
        if len(served.requests) == 1:
            writer.write(http(ACCEPTED))
            await read_request(reader, served)

    async def go() -> tuple[list[Answer], Served]:
        async with (
            serving(handler) as served,
            GatewayClient(settings_for(served.url)) as client,
        ):
            return [await client.call(message(), LOGIN) for _ in range(2)], served

    answers, served = asyncio.run(go())
    assert [outcome(answer) for answer in answers] == [
        (Verdict.ACCEPTED, "", 200),
        (Verdict.IN_DOUBT, "connection_lost", None),
    ]
    assert (len(served.requests), served.connections) == (2, 1)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"success | 919000000011 | 1\r\n\r\n", (Verdict.IN_DOUBT, "unreadable", None)),
        (b"\x00\x01\x02\x03\r\n\r\n", (Verdict.IN_DOUBT, "unreadable", None)),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + ACCEPTED,
            (Verdict.IN_DOUBT, "connection_lost", 200),
        ),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
            (Verdict.IN_DOUBT, "connection_lost", 200),
        ),
        (b"HTTP/1.1 200 OK\r\nContent-", (Verdict.IN_DOUBT, "connection_lost", None)),
        (http(b""), (Verdict.IN_DOUBT, "unreadable", 200)),
        (http(b"<html>down</html>"), (Verdict.IN_DOUBT, "unreadable", 200)),
        (
            http(b"\x1f\x8b\x08\x00", "Content-Encoding: gzip"),
            (Verdict.IN_DOUBT, "unreadable", 200),
        ),
        (http(b"x" * 1_000_000), (Verdict.IN_DOUBT, "too_large", 200)),
        (http(ACCEPTED, status="502 Bad Gateway"), (Verdict.IN_DOUBT, "http_502", 502)),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (Verdict.IN_DOUBT, "unreadable", 204)),
    ],
)
def test_what_is_no_answer_leaves_the_message_in_doubt(raw: bytes, expected: Outcome) -> None:
    answer, served = call_to(answering_and_closing(raw))
    assert (outcome(answer), len(served.requests)) == (expected, 1)


def test_a_redirect_is_not_followed() -> None:
    async def go() -> tuple[Answer, Served]:
        async with serving(answering(http(ACCEPTED))) as target:
            moved = http(b"", f"Location: {target.url}", status="307 Temporary Redirect")
            async with (
                serving(answering(moved)) as served,
                GatewayClient(settings_for(served.url)) as client,
            ):
                return await client.call(message(), LOGIN), target

    answer, target = asyncio.run(go())
    assert (outcome(answer), target.requests) == ((Verdict.IN_DOUBT, "http_307", 307), [])


def test_an_answer_that_comes_too_late_is_not_given_to_the_next_call() -> None:
    async def go(url: str) -> list[Answer]:
        settings = settings_for(url, concurrency=1, total_timeout=0.3)
        async with GatewayClient(settings) as client:
            late = await client.call(message(1), LOGIN)
            await asyncio.sleep(0.4)
            return [late, await client.call(message(2), LOGIN)]

    with running_simulator(latency=0.5) as gateway:
        asyncio.run(go(gateway.gateway_url))
        gateway.options(latency=0.0)
        late, after = asyncio.run(go(gateway.gateway_url))
    assert (late.external_id or "").endswith("-1-1")
    assert (after.external_id or "").endswith("-2-1")


def test_a_cancelled_call_says_so_and_frees_its_connection() -> None:
    async def go(url: str) -> Answer:
        settings = settings_for(url, concurrency=1)
        async with GatewayClient(settings) as client:
            call = asyncio.create_task(client.call(message(1), LOGIN))
            await asyncio.sleep(0.1)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            return await client.call(message(2), LOGIN)

    with running_simulator(latency=0.3) as gateway:
        answer = asyncio.run(go(gateway.gateway_url))
    assert (answer.verdict, (answer.external_id or "").endswith("-2-1")) == (
        Verdict.ACCEPTED,
        True,
    )


def test_an_outage_of_the_gateway_is_told_apart_by_when_it_struck() -> None:
    with running_simulator() as gateway:
        gateway.options(outage="unavailable")
        unavailable = call(gateway.gateway_url)
        gateway.options(outage="reset")
        torn = call(gateway.gateway_url)
        gateway.options(outage="")
        gateway.refuse(1.0)
        refused = call_until_refused(gateway.gateway_url)
    assert [outcome(answer) for answer in (unavailable, torn, refused)] == [
        (Verdict.RETRY, "http_503", 503),
        (Verdict.IN_DOUBT, "connection_lost", None),
        (Verdict.RETRY, "unreachable", None),
    ]


def call_until_refused(url: str) -> Answer:
    """The kept connections are reset first; that is over after a moment."""
    while (answer := call(url)).verdict is not Verdict.RETRY:
        pass
    return answer


def test_no_failure_gives_the_login_or_the_person_away(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    login = Credentials(user_id=TWO_WAY_USER, password=TWO_WAY_PASSWORD)
    answers = [call(f"http://127.0.0.1:{closed_port()}/", login)]
    with running_simulator() as gateway:
        for behaviour in ("reset", "hang", "html", "bad_gateway"):
            gateway.options(behaviour=behaviour)
            answers.append(call(gateway.gateway_url, login, total_timeout=0.3))
    shown = caplog.text + "".join([f"{answer!r}{answer.body}" for answer in answers])
    assert [
        word for word in (TWO_WAY_USER, TWO_WAY_PASSWORD, "919000000011") if word in shown
    ] == []


def test_what_comes_too_late_to_its_connection_is_not_written() -> None:
    """A process that was stopped just before may wake when somebody else has sent it."""

    async def go() -> tuple[Answer, Served]:
        async with (
            serving(answering(http(ACCEPTED))) as served,
            GatewayClient(settings_for(served.url)) as client,
        ):
            await client.call(message(1), LOGIN, before=monotonic() + 60)
            return await client.call(message(2), LOGIN, before=monotonic()), served

    answer, served = asyncio.run(go())
    assert outcome(answer) == (Verdict.RETRY, "connect_timed_out", None)
    assert len(served.requests) == 1
