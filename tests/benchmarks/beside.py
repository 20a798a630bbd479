"""How much longer sending takes while something else goes on, in turns with sending alone."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from statistics import median

from tests.benchmarks.measuring import measured, say
from tests.benchmarks.people import make_project
from tests.benchmarks.programs import gateway, worker
from tests.benchmarks.sending import launched, send

RATE, PAIRS, WARM_UP = 1_000, 3, 500  # messages a second

Meanwhile = Callable[[], AbstractContextManager[None]]


def say_slowdown(
    bench: str, meanwhile: Meanwhile, *, size: int, sent: int, **figures: float
) -> None:
    pairs = slowdowns(meanwhile, sent)
    shown = ", ".join(f"{alone:.1f} and {beside:.1f} s" for alone, beside in pairs)
    print(f"{sent:,} messages at {RATE:,}/s, alone and beside it: {shown}")
    slowdown = median(beside / alone for alone, beside in pairs) - 1
    say(bench, size=size, sending_slowdown=slowdown, **figures)


def slowdowns(meanwhile: Meanwhile, sent: int) -> list[tuple[float, float]]:
    """How long sending takes alone, and while something else goes on, by pairs."""
    with (
        gateway() as simulator,
        worker("config", queue="send", pool="threads", gateway=simulator.gateway_url),
    ):
        seconds_of_sending(WARM_UP)  # opens the connections
        return [_pair(meanwhile, sent) for _ in range(PAIRS)]


def _pair(meanwhile: Meanwhile, sent: int) -> tuple[float, float]:
    alone = seconds_of_sending(sent)
    with meanwhile():
        return alone, seconds_of_sending(sent)


def seconds_of_sending(messages: int) -> float:
    campaign_run = launched(make_project(people=messages, rate=RATE))
    with measured() as spent:
        send(campaign_run, messages)
    return spent.seconds
