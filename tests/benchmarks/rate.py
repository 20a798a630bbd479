"""One WhatsApp number at 80 messages a second, by several workers: how far off in any ten seconds,
and how soon do its reports show?

By the simulator's book, so what counts is when Gupshup reads a request. `visible_p99_s` is from a
report's being stored, just before its POST is answered, to its time being seen on the message's
row, which is looked at ten times a second.
"""

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime

from django.db import connection
from django.utils import timezone

from callbacks.models import Receipt
from campaigns.models import Event, EventName, Message, Outbox
from campaigns.tasks import send_due
from providers.connection.callback_urls import current_key, whole_key
from providers.models import Project
from tests.benchmarks.measuring import say, wait_until
from tests.benchmarks.people import make_project
from tests.benchmarks.programs import beat, gateway, receiver, worker
from tests.benchmarks.sending import WARM_UP, launched
from tests.gateway_simulator import SimulatorClient

RATE = 80
WORKERS = 3
WINDOW = 10.0  # seconds
MOST = 60 * RATE
WARM_UP_RATE = 1000
REPORTING = {"reports": True, "delays": {"sent": 0.2, "delivered": 0.5, "read": 0.8}}
LOOKED_EVERY = 0.1  # seconds


def run(size: int) -> None:
    """A minute of it at most, whatever the size."""
    count = max(min(size, MOST), 2 * int(WINDOW) * RATE)
    with gateway(**REPORTING) as simulator, ExitStack() as stack:
        for _ in range(WORKERS):
            stack.enter_context(
                worker("config", queue="send", pool="threads", gateway=simulator.gateway_url)
            )
        callbacks = stack.enter_context(
            receiver("config.wsgi_callbacks:application", settings="config.settings.callbacks")
        )
        stack.enter_context(worker("config", queue="callbacks", pool="prefork", gateway=""))
        stack.enter_context(beat())
        _send(make_project(people=WARM_UP, rate=WARM_UP_RATE))
        warm_up = len(simulator.book())
        project = make_project(people=count, rate=RATE)
        key = whole_key(current_key(project))
        simulator.register(status_url=f"{callbacks.url}/gupshup/status?a={key}")
        with _looked_at(project) as seen:
            _send(project)
            wait_until(lambda: len(seen) == count)
        times = _times(simulator, since=warm_up)
    visible = _visible_p99(project, seen)
    errors = errors_of(times)
    worst = max(abs(min(errors)), abs(max(errors)))
    seconds = times[-1] - times[0]
    print(
        f"{count:,} messages by {WORKERS} workers in {seconds:.1f} s: {count / seconds:.2f}/s; "
        f"in any {WINDOW:.0f} s between {min(errors):+.2%} and {max(errors):+.2%}"
    )
    print(f"reports are seen {visible:.2f} s after they were stored (99 %)")
    say("rate_80", size=count, worst_error=worst, visible_p99_s=visible, workers=WORKERS)


@contextmanager
def _looked_at(project: Project) -> Iterator[dict[int, datetime]]:
    """Message → when it was first seen to be read."""
    seen: dict[int, datetime] = {}
    is_over = threading.Event()
    read = Message.objects.filter(project=project, read_at__isnull=False).values_list(
        "pk", flat=True
    )

    def look() -> None:
        while not is_over.wait(LOOKED_EVERY):
            found = [pk for pk in read.all() if pk not in seen]
            seen.update(dict.fromkeys(found, timezone.now()))
        connection.close()

    thread = threading.Thread(target=look, name="looking")
    thread.start()
    try:
        yield seen
    finally:
        is_over.set()
        thread.join()


def _visible_p99(project: Project, seen: dict[int, datetime]) -> float:
    stored = dict(Receipt.objects.filter(project=project).values_list("pk", "received_at"))
    told = Event.objects.filter(project=project, name=EventName.VIEWED)
    waits = sorted(
        (seen[message] - stored[source]).total_seconds()
        for message, source in told.values_list("message", "source")
        if message in seen and source in stored
    )
    return waits[int(len(waits) * 0.99)]


def _send(project: Project) -> None:
    campaign_run = launched(project)
    for _ in range(WORKERS):
        send_due.delay()
    wait_until(lambda: not Outbox.objects.filter(run=campaign_run).exists())


def _times(simulator: SimulatorClient, *, since: int) -> list[float]:
    """`since` is a place in the book."""
    return sorted(row["time"] for row in simulator.book(since) if row["method"] == "sendmessage")


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
