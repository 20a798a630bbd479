"""Does a message cost more where there are many? 10,000, 100,000 and a million of them, one after
the other in the same tables: a campaign to so many is launched, and its first messages are sent.

One worker does it all, so its memory is seen to stay flat, too.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from campaigns.models import Campaign, CampaignStatus, Outbox, OutboxState, Run
from campaigns.tasks import send_due
from tests.benchmarks.measuring import Spent, measured, peak_mb, reset_peak, say, wait_until
from tests.benchmarks.people import make_project
from tests.benchmarks.programs import gateway, worker
from tests.benchmarks.sending import FASTEST, launched
from tests.gateway_simulator import SimulatorClient

SIZES = (10_000, 100_000, 1_000_000)
MOST_TIMES_THE_SIZE = 50
WARM_UP, MEASURED = 2_000, 5_000  # messages of each campaign
PARTS = 5  # of the measured ones, for looks at the worker's memory


@dataclass(frozen=True)
class Sent:
    """How many were sent while it was measured, what that took, and the worker's peaks of memory
    in its parts, in MB."""

    messages: int
    spent: Spent
    memory: Sequence[float]

    def cpu_per_1000(self, *programs: str) -> float:
        return self.spent.cpu_per_1000(self.messages, *programs)


def run(size: int) -> None:
    """With a small `size`, without the largest."""
    first: float | None = None
    with gateway() as simulator:
        url = simulator.gateway_url
        with worker("config", queue="send", pool="threads", gateway=url) as pid:
            for people in SIZES:
                if people > max(size, SIZES[0]) * MOST_TIMES_THE_SIZE:
                    print(f"{people:,} are left out: too many for size {size:,}")
                    continue
                sent = _first_messages(people, pid, simulator)
                first = first or sent.cpu_per_1000()
                _tell(people, sent, smallest=first)


def _tell(people: int, sent: Sent, *, smallest: float) -> None:
    own, per_worker = sent.cpu_per_1000(), sent.cpu_per_1000("worker")
    memory = " ".join(f"{peak:.0f}" for peak in sent.memory)
    print(
        f"{people:>9,} in the campaign: {sent.messages / sent.spent.seconds:,.0f} messages/s; CPU "
        f"s per 1,000: worker {per_worker:.3f}, PostgreSQL {sent.cpu_per_1000('postgres'):.3f}; "
        f"memory of the worker after each {MEASURED // PARTS:,}: {memory} MB"
    )
    say(
        "growth",
        size=people,
        cpu_s_per_1000=per_worker,
        cpu_s_per_1000_all=own,
        vs_smallest=own / smallest,
        peak_mb=max(sent.memory),
    )


def _first_messages(people: int, pid: int, simulator: SimulatorClient) -> Sent:
    campaign_run = launched(make_project(people=people, rate=FASTEST))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE campaigns_message, campaigns_outbox, campaigns_profile")
    before = _requests(simulator)
    send_due.delay()
    wait_until(lambda: _requests(simulator) >= before + WARM_UP)
    started = _requests(simulator)
    memory = []
    with measured(worker=pid) as spent:
        for part in range(1, PARTS + 1):
            reset_peak(pid)
            wanted = started + part * MEASURED // PARTS
            wait_until(lambda wanted=wanted: _requests(simulator) >= wanted)
            memory.append(peak_mb(pid))
    sent = _requests(simulator) - started
    _pause(campaign_run)
    return Sent(sent, spent, memory)


def _requests(simulator: SimulatorClient) -> int:
    return int(simulator.state()["requests"])


def _pause(campaign_run: Run) -> None:
    """What is left stays where it is, as that of a paused campaign does."""
    Campaign.objects.filter(pk=campaign_run.campaign_id).update(status=CampaignStatus.PAUSED)
    claimed = Outbox.objects.filter(run=campaign_run, state=OutboxState.CLAIMED)
    wait_until(lambda: not claimed.exists())
    time.sleep(2)  # until the sending task has ended, too
