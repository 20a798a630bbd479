"""Does a message cost more where there are many? 10,000, 100,000 and a million of them, one after
the other in the same tables: a campaign to so many is launched, and its first messages are sent.

One worker does it all, so its memory is seen to stay flat, too.
"""

import time

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
                sent, spent = _first_messages(people, pid, simulator)
                own, per_worker = spent.cpu_per_1000(sent), spent.cpu_per_1000(sent, "worker")
                first = first or own
                peak = peak_mb(pid)
                print(
                    f"{people:>9,} in the campaign: {sent / spent.seconds:,.0f} messages/s; CPU s "
                    f"per 1,000: worker {per_worker:.3f}, PostgreSQL "
                    f"{spent.cpu_per_1000(sent, 'postgres'):.3f}; {peak:.0f} MB"
                )
                say(
                    "growth",
                    size=people,
                    cpu_s_per_1000=per_worker,
                    cpu_s_per_1000_all=own,
                    vs_smallest=own / first,
                    peak_mb=peak,
                )


def _first_messages(people: int, pid: int, simulator: SimulatorClient) -> tuple[int, Spent]:
    """How many were sent while it was measured, and what that took."""
    campaign_run = launched(make_project(people=people, rate=FASTEST))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE campaigns_message, campaigns_outbox, campaigns_profile")
    before = _requests(simulator)
    send_due.delay()
    wait_until(lambda: _requests(simulator) >= before + WARM_UP)
    reset_peak(pid)
    started = _requests(simulator)
    with measured(worker=pid) as spent:
        wait_until(lambda: _requests(simulator) >= started + MEASURED)
    sent = _requests(simulator) - started
    _pause(campaign_run)
    return sent, spent


def _requests(simulator: SimulatorClient) -> int:
    return int(simulator.state()["requests"])


def _pause(campaign_run: Run) -> None:
    """What is left stays where it is, as that of a paused campaign does."""
    Campaign.objects.filter(pk=campaign_run.campaign_id).update(status=CampaignStatus.PAUSED)
    claimed = Outbox.objects.filter(run=campaign_run, state=OutboxState.CLAIMED)
    wait_until(lambda: not claimed.exists())
    time.sleep(2)  # until the sending task has ended, too
