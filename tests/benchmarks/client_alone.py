"""The gateway client with nothing around it: the limit of what sending can cost."""

import asyncio
import sys
import time

from providers.gateway.client import GatewayClient
from providers.gateway.requests import Credentials, TextTemplate
from providers.gateway.settings import GatewaySettings
from tests.gateway_simulator import HSM_PASSWORD, HSM_USER

IN_FLIGHT = 384


async def send(url: str, count: int) -> float:
    """CPU seconds for `count` messages."""
    settings = GatewaySettings(
        send_url=url,
        template_url=url,
        total_timeout=20.0,
        connect_timeout=5.0,
        keepalive=15.0,
        concurrency=400,
    )
    credentials = Credentials(user_id=HSM_USER, password=HSM_PASSWORD)
    async with GatewayClient(settings) as client:
        numbers = iter(range(count))

        async def sender() -> None:
            for number in numbers:
                await client.call(request(number), credentials)

        started = time.process_time()
        await asyncio.gather(*(sender() for _ in range(IN_FLIGHT)))
        return time.process_time() - started


def request(number: int) -> TextTemplate:
    return TextTemplate(
        phone=f"91{7000000000 + number}",
        template_id="4711001",
        variables=("Asha", "Pune", "120"),
        button_url_param="s1",
        msg_id=f"{number}-1",
        extra=f"1|1658264893|20220720|{number}|0",
    )


if __name__ == "__main__":
    messages = int(sys.argv[2])
    print(asyncio.run(send(sys.argv[1], messages)) / messages * 1000)
