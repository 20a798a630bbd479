"""The client on connections that work: kept, bounded, each answer to its own request."""

import asyncio

import pytest

from providers.gateway.client import GatewayClient
from providers.gateway.requests import Account, Credentials, OptIn, TextTemplate
from providers.gateway.results import Answer, Verdict
from tests.gateway_simulator import HSM_PASSWORD, HSM_USER, running_simulator
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
    serving,
    settings_for,
)

HSM = Credentials(user_id=HSM_USER, password=HSM_PASSWORD)
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%b\r\n0\r\n\r\n" % (
    len(ACCEPTED),
    ACCEPTED,
)


def calls_to(
    handler: Handler, *, calls: int = 1, pause: float = 0.0, **settings: float
) -> tuple[list[Answer], Served]:
    """The answers to so many calls after each other."""

    async def go() -> tuple[list[Answer], Served]:
        answers = []
        async with (
            serving(handler) as served,
            GatewayClient(settings_for(served.url, **settings)) as client,
        ):
            for number in range(calls):
                answers.append(await client.call(message(number), LOGIN))
                await asyncio.sleep(pause)
        return answers, served

    return asyncio.run(go())


def verdicts(answers: list[Answer]) -> list[tuple[Verdict, str]]:
    return [(answer.verdict, answer.code) for answer in answers]


def test_an_opt_in_and_a_template_are_accepted_by_the_gateway() -> None:
    template = TextTemplate(
        phone="919000000011", template_id="100", msg_id="7-1", extra="1|2|3|7|0"
    )

    async def go(url: str) -> tuple[Answer, Answer]:
        async with GatewayClient(settings_for(url)) as client:
            return await client.call(OptIn("919000000011"), HSM), await client.call(template, HSM)

    with running_simulator() as gateway:
        opt_in, sent = asyncio.run(go(gateway.gateway_url))
        rows = [
            {name: row[name] for name in ("method", "phone", "msg_id", "extra", "verdict")}
            for row in gateway.book()
        ]
    assert template.account is Account.HSM
    assert verdicts([opt_in, sent]) == [(Verdict.ACCEPTED, ""), (Verdict.ACCEPTED, "")]
    assert (sent.external_id or "").partition("-")[2] == "7-1"
    assert rows == [
        {
            "method": "opt_in",
            "phone": "919000000011",
            "msg_id": "",
            "extra": "",
            "verdict": "normal",
        },
        {
            "method": "sendmessage",
            "phone": "919000000011",
            "msg_id": "7-1",
            "extra": "1|2|3|7|0",
            "verdict": "normal",
        },
    ]


@pytest.mark.parametrize(
    "handler",
    [
        answering(http(ACCEPTED)),
        answering(http(ACCEPTED, "Content-Type: text/plain; charset=nonsense")),
        answering(CHUNKED),
        answering(b"HTTP/1.1 100 Continue\r\n\r\n" + http(ACCEPTED)),
        answering_and_closing(http(ACCEPTED, "Connection: close")),
        answering_and_closing(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + ACCEPTED),
        answering_and_closing(b"HTTP/1.0 200 OK\r\n\r\n" + ACCEPTED),
    ],
)
def test_an_answer_is_read_however_its_end_is_marked(handler: Handler) -> None:
    answers, served = calls_to(handler, calls=2)
    assert verdicts(answers) == [(Verdict.ACCEPTED, ""), (Verdict.ACCEPTED, "")]
    assert len(served.requests) == 2


def test_calls_after_each_other_share_one_connection() -> None:
    answers, served = calls_to(answering(http(ACCEPTED)), calls=10)
    assert (len(answers), served.connections) == (10, 1)


def test_a_connection_that_stood_idle_too_long_is_not_used_again() -> None:
    _, served = calls_to(answering(http(ACCEPTED)), calls=3, pause=0.3, keepalive=0.1)
    assert served.connections == 3


def test_a_connection_that_the_gateway_closed_is_noticed_before_the_next_call() -> None:
    async def go(url: str) -> list[Answer]:
        async with GatewayClient(settings_for(url)) as client:
            answers = []
            for number in range(3):
                answers.append(await client.call(message(number), LOGIN))
                await asyncio.sleep(0.5)
            return answers

    with running_simulator(idle_close=0.1) as gateway:
        answers = asyncio.run(go(gateway.gateway_url))
    assert verdicts(answers) == [(Verdict.ACCEPTED, "")] * 3


def test_words_nobody_asked_for_are_not_taken_as_the_next_answer() -> None:
    async def handler(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter, served: Served
    ) -> None:
        await read_request(reader, served)
        writer.write(http(ACCEPTED))
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(http(b"error | 104 | not yours"))
        await reader.read()

    answers, served = calls_to(handler, calls=2, pause=0.2)
    assert verdicts(answers) == [(Verdict.ACCEPTED, ""), (Verdict.ACCEPTED, "")]
    assert served.connections == 2


def test_many_calls_at_once_get_each_its_own_answer() -> None:
    async def go(url: str) -> list[Answer]:
        async with GatewayClient(settings_for(url, concurrency=50)) as client:
            calls = [client.call(message(number), LOGIN) for number in range(200)]
            return await asyncio.gather(*calls)

    with running_simulator(latency=0.01, latency_jitter=0.05) as gateway:
        answers = asyncio.run(go(gateway.gateway_url))
    ids = [(answer.external_id or "").partition("-")[2] for answer in answers]
    assert ids == [f"{number}-1" for number in range(200)]


def test_no_more_requests_are_open_than_the_settings_allow() -> None:
    async def go(url: str) -> None:
        async with GatewayClient(settings_for(url, concurrency=3)) as client:
            await asyncio.gather(*[client.call(message(number), LOGIN) for number in range(12)])

    with running_simulator(latency=0.05) as gateway:
        asyncio.run(go(gateway.gateway_url))
        state = gateway.state()
    assert (state["requests"], state["max_open"]) == (12, 3)


def test_a_closed_client_connects_again_when_it_is_called() -> None:
    async def go() -> list[Answer]:
        async with serving(answering(http(ACCEPTED))) as served:
            client = GatewayClient(settings_for(served.url))
            first = await client.call(message(), LOGIN)
            await client.close()
            second = await client.call(message(), LOGIN)
            await client.close()
            return [first, second]

    assert verdicts(asyncio.run(go())) == [(Verdict.ACCEPTED, "")] * 2
