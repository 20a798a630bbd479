"""python -m providers.simulator --port 9300 [--callback-base URL] …"""

import argparse
import asyncio
import json
import signal
from pathlib import Path
from typing import Any

from providers.simulator.client import (
    ACCOUNT,
    HSM_PASSWORD,
    HSM_USER,
    TWO_WAY_PASSWORD,
    TWO_WAY_USER,
)
from providers.simulator.options import Options, changed_options
from providers.simulator.server import Simulator


def main() -> None:
    try:
        asyncio.run(_run(_arguments()))
    except KeyboardInterrupt:
        return


async def _run(arguments: argparse.Namespace) -> None:
    options = changed_options(Options(), json.loads(arguments.options))
    simulator = Simulator(host=arguments.host, port=arguments.port, options=options)
    if arguments.demo_account:
        simulator.parts.accounts.register(_demo_account(arguments))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with simulator:
        # Tests and the demo wait for this line.
        print(f"simulator: {simulator.url}", flush=True)  # noqa: T201
        await stop.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m providers.simulator",
        description="A Gupshup stand-in for development. It has no login: keep it on this machine.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1")
    add("--port", type=int, default=9300, help="0 takes a free one (default: 9300)")
    add("--options", default="{}", metavar="JSON", help="as POST /_sim/options takes them")
    add("--demo-account", action=argparse.BooleanOptionalAction, default=True)
    add("--hsm-user", default=HSM_USER)
    add("--hsm-password", default=HSM_PASSWORD)
    add("--two-way-user", default=TWO_WAY_USER)
    add("--two-way-password", default=TWO_WAY_PASSWORD)
    add("--number", default=ACCOUNT["number"], help="the business number")
    add("--callback-base", default="", metavar="URL", help="Kabootar's public address")
    add("--callback-key", default="", help="the last part of the callback URLs")
    add("--templates", type=Path, metavar="FILE", help="JSON list of templates; none: any id")
    return parser.parse_args()


def _demo_account(arguments: argparse.Namespace) -> dict[str, Any]:
    base, key = arguments.callback_base.rstrip("/"), arguments.callback_key
    account = {
        "name": "demo",
        "hsm_user": arguments.hsm_user,
        "hsm_password": arguments.hsm_password,
        "two_way_user": arguments.two_way_user,
        "two_way_password": arguments.two_way_password,
        "number": arguments.number,
        "status_url": f"{base}/gupshup/status?a={key}" if base else "",
        "response_url": f"{base}/gupshup/response?a={key}" if base else "",
    }
    if arguments.templates is not None:
        account["templates"] = json.loads(arguments.templates.read_text(encoding="utf-8"))
    return account


if __name__ == "__main__":
    main()
