"""python -m tests.benchmarks.gateway_client [messages]

What one message costs in our client, and in aiohttp's session for comparison: alternating rounds
against the simulator, CPU seconds of this process per 1,000 messages.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

from aiohttp import ClientSession, ClientTimeout, TCPConnector

from providers.gateway.client import GatewayClient
from providers.gateway.encoding import encode_call
from providers.gateway.requests import Credentials, TextTemplate
from providers.gateway.results import Verdict
from providers.gateway.settings import GatewaySettings
from tests.gateway_simulator import HSM_PASSWORD, HSM_USER, simulator_process

ROUNDS = 3
IN_FLIGHT = 400
LOGIN = Credentials(user_id=HSM_USER, password=HSM_PASSWORD)
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}

Send = Callable[[int], Awaitable[None]]


async def with_our_client(url: str, count: int) -> tuple[float, float]:
    settings = GatewaySettings(
        send_url=url,
        template_url=url,
        total_timeout=20.0,
        connect_timeout=5.0,
        keepalive=15.0,
        concurrency=IN_FLIGHT,
    )
    async with GatewayClient(settings) as client:

        async def send(number: int) -> None:
            answer = await client.call(_template(number), LOGIN)
            assert answer.verdict is Verdict.ACCEPTED, answer

        return await _cost(send, count)


async def with_the_session(url: str, count: int) -> tuple[float, float]:
    """One encoded body for all, and the answer is not looked at."""
    body = encode_call(_template(0), LOGIN)
    timeout = ClientTimeout(total=20.0, connect=5.0)
    async with ClientSession(connector=TCPConnector(limit=IN_FLIGHT), timeout=timeout) as session:

        async def send(_: int) -> None:
            async with session.post(url, data=body, headers=HEADERS) as response:
                await response.read()

        return await _cost(send, count)


async def _cost(send: Send, count: int) -> tuple[float, float]:
    """CPU seconds per 1,000, and messages per second."""
    numbers = iter(range(count))

    async def sender() -> None:
        for number in numbers:
            await send(number)

    started, cpu = time.monotonic(), time.process_time()
    await asyncio.gather(*[sender() for _ in range(IN_FLIGHT)])
    spent, seconds = time.process_time() - cpu, time.monotonic() - started
    return spent / count * 1000, count / seconds


def _template(number: int) -> TextTemplate:
    return TextTemplate(
        phone=f"9190000{number % 99_000:05d}",
        template_id="100",
        variables=("Asha Rao", "20 % off", "tomorrow, 5 pm"),
        button_url_param="tea/7?from=sale",
        has_parts=True,
        msg_id=f"{number}-1",
        extra=f"9|1658264893|20220720|{number}|0",
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    quiet = {"require_opt_in": False, "reports": False, "behaviours": False, "latency": 0.15}
    with simulator_process(**quiet) as gateway:
        for measure in (with_our_client, with_the_session) * ROUNDS:
            cpu, rate = asyncio.run(measure(gateway.gateway_url, count))
            print(f"{measure.__name__:18} {cpu:.3f} CPU s per 1,000   {rate:,.0f} messages/s")
            gateway.reset()


if __name__ == "__main__":
    main()
