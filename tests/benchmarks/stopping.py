"""How long a campaign to SIZE people takes to stand still, to go on, and to be over.

In full flight it is paused, resumed and stopped by the same acts as the console's buttons, beside
the workers and the beat of production. What counts is when the simulator has read a request.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from campaigns.ledger.tallies import totals
from campaigns.models import Campaign, Outbox, OutboxState, Run, RunStatus
from campaigns.running import lifecycle
from campaigns.tasks import send_due
from providers.watch.actors import SYSTEM
from tests.benchmarks.measuring import say, wait_until
from tests.benchmarks.people import make_project
from tests.benchmarks.programs import beat, gateway, worker
from tests.benchmarks.sending import FASTEST, launched
from tests.gateway_simulator import SimulatorClient

FULL_FLIGHT = 2_000  # requests after which it has begun for good
STILL = 2.0  # seconds without a request after which none is on its way
LOOK = 0.02  # seconds between two looks
LONGEST = 120.0  # seconds


@dataclass(frozen=True)
class Standstill:
    """Seconds until the last request was read, and until no worker held a message."""

    last_request: float
    nothing_held: float


def run(size: int) -> None:
    if size < 5 * FULL_FLIGHT:
        print(f"left out: {size:,} people are reached before anybody could stop it")
        return
    with gateway() as simulator, _workers(simulator.gateway_url):
        campaign_run = launched(make_project(people=size, rate=FASTEST))
        campaign = campaign_run.campaign
        send_due.delay()
        _wait_for_requests(simulator)
        paused = _standstill(lambda: lifecycle.pause(campaign, by=SYSTEM), campaign_run, simulator)
        resumed = _seconds_to_go_on(campaign, simulator)
        _wait_for_requests(simulator)
        stopped = _standstill(lambda: lifecycle.stop(campaign, by=SYSTEM), campaign_run, simulator)
        wait_until(lambda: _is_finished(campaign_run), seconds=600)
    left_out = totals([campaign_run.pk])["suppressed:campaign_stopped"]
    marked = _seconds_to_the_end(campaign_run)
    print(
        f"{size:,} people: after the pause the last request came in {paused.last_request:.2f} s, "
        f"and no worker held a message in {paused.nothing_held:.2f} s; after resuming the first "
        f"came in {resumed:.2f} s; after the stop the last came in {stopped.last_request:.2f} s, "
        f"no worker held a message in {stopped.nothing_held:.2f} s, and the {left_out:,} left out "
        f"were all marked in {marked:.1f} s"
    )
    say(
        "stopping",
        size=size,
        pause_s=max(paused.last_request, paused.nothing_held),
        resume_s=resumed,
        stop_s=max(stopped.last_request, stopped.nothing_held),
        marked_s=marked,
    )


@contextmanager
def _workers(url: str) -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(worker("config", queue="send", pool="threads", gateway=url))
        stack.enter_context(worker("config", queue="default", pool="prefork", gateway=url))
        stack.enter_context(beat())
        yield


def _standstill(
    move: Callable[[], None], campaign_run: Run, simulator: SimulatorClient
) -> Standstill:
    moved_at = time.monotonic()
    move()
    seen, seen_at = _requests(simulator), time.monotonic()
    released_at: float | None = None
    claimed = Outbox.objects.filter(run=campaign_run, state=OutboxState.CLAIMED)
    while time.monotonic() - seen_at < STILL or released_at is None:
        if time.monotonic() - moved_at > LONGEST:
            raise TimeoutError(f"requests go on {LONGEST:.0f} s after the campaign was to end")
        time.sleep(LOOK)
        if (now := _requests(simulator)) != seen:
            seen, seen_at, released_at = now, time.monotonic(), None
        elif released_at is None and not claimed.exists():
            released_at = time.monotonic()
    return Standstill(seen_at - moved_at, released_at - moved_at)


def _seconds_to_go_on(campaign: Campaign, simulator: SimulatorClient) -> float:
    before, started = _requests(simulator), time.monotonic()
    lifecycle.resume(campaign, by=SYSTEM)
    wait_until(lambda: _requests(simulator) > before)
    return time.monotonic() - started


def _wait_for_requests(simulator: SimulatorClient) -> None:
    before = _requests(simulator)
    wait_until(lambda: _requests(simulator) >= before + FULL_FLIGHT)


def _requests(simulator: SimulatorClient) -> int:
    return int(simulator.state()["requests"])


def _is_finished(campaign_run: Run) -> bool:
    return Run.objects.filter(pk=campaign_run.pk, status=RunStatus.FINISHED).exists()


def _seconds_to_the_end(campaign_run: Run) -> float:
    """From the stop to the end of the run, by the rows' own times."""
    run = Run.objects.select_related("campaign").get(pk=campaign_run.pk)
    assert run.finished_at is not None
    assert run.campaign.finished_at is not None
    return (run.finished_at - run.campaign.finished_at).total_seconds()
