"""One WhatsApp number at 80 messages a second, by several workers: how far off in any ten seconds?

By the simulator's book, so what counts is when Gupshup reads a request.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from contextlib import ExitStack

from campaigns.models import Outbox
from campaigns.tasks import send_due
from tests.benchmarks.measuring import say, wait_until
from tests.benchmarks.people import make_project
from tests.benchmarks.programs import gateway, worker
from tests.benchmarks.sending import WARM_UP, launched
from tests.gateway_simulator import SimulatorClient

RATE = 80
WORKERS = 3
WINDOW = 10.0  # seconds
MOST = 60 * RATE
WARM_UP_RATE = 1000


def run(size: int) -> None:
    """A minute of it at most, whatever the size."""
    count = max(min(size, MOST), 2 * int(WINDOW) * RATE)
    with gateway() as simulator, ExitStack() as stack:
        for _ in range(WORKERS):
            stack.enter_context(
                worker("config", queue="send", pool="threads", gateway=simulator.gateway_url)
            )
        _send(WARM_UP, WARM_UP_RATE)
        simulator.reset()
        _send(count, RATE)
        times = _times(simulator)
    errors = errors_of(times)
    worst = max(abs(min(errors)), abs(max(errors)))
    seconds = times[-1] - times[0]
    print(
        f"{count:,} messages by {WORKERS} workers in {seconds:.1f} s: {count / seconds:.2f}/s; "
        f"in any {WINDOW:.0f} s between {min(errors):+.2%} and {max(errors):+.2%}"
    )
    say("rate_80", size=count, worst_error=worst, workers=WORKERS)


def _send(count: int, rate: int) -> None:
    campaign_run = launched(make_project(people=count, rate=rate))
    for _ in range(WORKERS):
        send_due.delay()
    wait_until(lambda: not Outbox.objects.filter(run=campaign_run).exists())


def _times(simulator: SimulatorClient) -> list[float]:
    return sorted(row["time"] for row in simulator.book() if row["method"] == "sendmessage")


def errors_of(times: Sequence[float]) -> list[float]:
    """Shares of what ten seconds should hold; of all windows between the first and the last."""
    wanted = RATE * WINDOW
    return [
        count / wanted - 1
        for start in times
        if start + WINDOW <= times[-1]
        for count in (
            bisect_right(times, start + WINDOW) - bisect_left(times, start),  # both ends in it
            bisect_left(times, start + WINDOW) - bisect_right(times, start),  # and neither
        )
    ]
