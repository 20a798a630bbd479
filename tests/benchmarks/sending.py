"""One campaign end to end with one sending worker: claimed, personalized, sent, recorded.

`vs_naive` compares CPU seconds of worker, PostgreSQL and Redis per 1,000 messages with a task per
message; `vs_limit` the worker's with the same HTTP client sending ready-made requests, without
Django, Celery and a database.
"""

import subprocess
import sys
from time import sleep

from django.db import connection

from campaigns.models import Campaign, CampaignStatus, Message, Outbox, Run, State
from campaigns.running.launching import launch
from campaigns.running.opening_runs import open_run
from campaigns.sending.loop import LINGER
from campaigns.tasks import send_due
from providers.models import Project
from tests.benchmarks.measuring import Spent, measured, peak_mb, say, wait_until
from tests.benchmarks.naive import baseline
from tests.benchmarks.people import make_campaign, make_project
from tests.benchmarks.programs import gateway, worker

FASTEST = 5000  # messages per second: more than one process reaches
NAIVE_SIZE = 1000
WARM_UP = 500


def run(size: int) -> None:
    with gateway() as simulator:
        ours = _ours(size, simulator.gateway_url)
        limit = cost_of_the_client_alone(size, simulator.gateway_url)
        theirs = baseline.send(NAIVE_SIZE, simulator.gateway_url)
    own, per_worker = ours.cpu_per_1000(size), ours.cpu_per_1000(size, "worker")
    naive = theirs.cpu_per_1000(NAIVE_SIZE)
    print(
        f"ours:  {size / ours.seconds:,.0f} messages/s; CPU s per 1,000: worker {per_worker:.3f}, "
        f"PostgreSQL {ours.cpu_per_1000(size, 'postgres'):.3f}, all {own:.3f}"
    )
    print(f"naive: {NAIVE_SIZE / theirs.seconds:,.0f} messages/s; CPU s per 1,000: all {naive:.3f}")
    print(f"limit: CPU s per 1,000 of the HTTP client alone {limit:.3f}")
    say(
        "sending",
        size=size,
        messages_per_s=size / ours.seconds,
        cpu_s_per_1000=per_worker,
        cpu_s_per_1000_all=own,
        vs_naive=naive / own,
        vs_limit=limit / per_worker,
    )


def launched(project: Project) -> Run:
    campaign = make_campaign(project)
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.LAUNCHING)
    run = open_run(campaign)
    launch(run.pk)
    return run


def _ours(size: int, gateway_url: str) -> Spent:
    """Only the steady part is measured: a first small campaign opens the connections."""
    warm_up = make_project(people=WARM_UP, rate=FASTEST)
    project = make_project(people=size, rate=FASTEST)
    with worker("config", queue="send", pool="threads", gateway=gateway_url) as pid:
        send(launched(warm_up), WARM_UP)
        rested()
        campaign_run = launched(project)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE campaigns_message, campaigns_outbox")
        with measured(worker=pid) as spent:
            send(campaign_run, size)
        print(f"memory of the worker at its peak: {peak_mb(pid):.0f} MB")
    return spent


def rested() -> None:
    """A sender stays for a moment after its last message. What is launched meanwhile would be under
    way before anybody measures."""
    sleep(LINGER + 1)


def send(campaign_run: Run, size: int) -> None:
    send_due.delay()
    wait_until(lambda: not Outbox.objects.filter(run=campaign_run).exists())
    sent = Message.objects.filter(run=campaign_run, state=State.SENT).count()
    if sent != size:
        raise RuntimeError(f"{sent} of {size} messages were sent")


def cost_of_the_client_alone(size: int, gateway_url: str) -> float:
    """CPU seconds per 1,000 of providers/gateway alone, in a process of its own."""
    output = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.client_alone", gateway_url, str(size)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return float(output.split()[-1])
